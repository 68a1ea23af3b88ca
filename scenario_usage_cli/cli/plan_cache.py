"""The figures of the plan, kept between the prompts that show them, in a file for each account."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from scenario_usage_cli.cli.account_file import AccountFile, find_account_file, is_time
from scenario_usage_cli.report.quota_line import PlanFigures
from scenario_usage_cli.settings import Config

_DAYS = ("plan_runs_out_on", "packs_run_out_on", "last_day")


class KeptPlan(NamedTuple):
    """The figures, the instant at which they were asked, and until when they may be right."""

    figures: PlanFigures
    at: datetime
    until: datetime | None
    """The end of the billing period, or when a pack expires."""


class PlanCache:
    """The kept figures of one account."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def read(self, now: datetime) -> KeptPlan | None:
        """The figures, if there are any that are not of the future."""
        kept = self._file.read(_parse)
        return kept if kept and kept.at <= now else None

    def keep(self, kept: KeptPlan) -> None:
        """Keep them in the place of those that were."""
        figures = {
            name: None if value is None else str(value)
            for name, value in kept.figures._asdict().items()
        }
        at = int(kept.at.timestamp())
        until = int(kept.until.timestamp()) if kept.until else None
        self._file.write({"at": at, "until": until, "figures": figures}, at)


def find_plan_cache(
    environ: Mapping[str, str],
    config: Config,
    *,
    base_url: str | None,
    team: str | None,
    log: Callable[[str], None],
) -> PlanCache | None:
    """The kept figures of the account of these settings; None if none can be kept.

    `base_url` and `team` are what the options say; `log` is told why a file cannot be used.
    """
    file = find_account_file("quota", environ, config, base_url=base_url, team=team, log=log)
    return PlanCache(file) if file else None


def _parse(document: dict[str, Any]) -> KeptPlan:
    """Raises ValueError for figures that are not as they were written."""
    at: Any = document.get("at")
    until: Any = document.get("until")
    found: Any = document.get("figures")
    is_whole = isinstance(found, dict) and found.keys() == set(PlanFigures._fields)
    if not is_whole or not is_time(at) or not (until is None or is_time(until)):
        raise ValueError("it is damaged")
    try:
        figures = PlanFigures(**{name: _parse_value(name, text) for name, text in found.items()})
        return KeptPlan(figures, _parse_time(at), None if until is None else _parse_time(until))
    except (TypeError, OverflowError, OSError, InvalidOperation):
        raise ValueError("it is damaged") from None


def _parse_value(name: str, text: Any) -> Any:
    if text is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(text)
    number = Decimal(text) if isinstance(text, str) else None
    if number is None or not number.is_finite():
        raise ValueError("it is damaged")
    return number


def _parse_time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
