"""What is still to come: daily CU and a horizon to a sum, its interval and the interval's proof."""

from scenario_usage_cli.forecast.forecast import (
    Forecast,
    Interval,
    build_forecast,
    find_day_reached,
)
from scenario_usage_cli.forecast.trial import Trial, backtest

__all__ = ["Forecast", "Interval", "Trial", "backtest", "build_forecast", "find_day_reached"]
