"""The budgets of the config file, of which each has what it is of."""

from decimal import Decimal

from scenario_usage_cli.budgets import Amount, Budget, know_no_price, parse_budgets
from scenario_usage_cli.cli.config.cost_centres import find_cost_centres
from scenario_usage_cli.cli.money import read_money
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import BUDGETS, COST_CENTRES, Config


def _convert(amount: Amount, config: Config, runtime: Runtime) -> Decimal:
    """How many CU an amount is, at the price of today in the profile.

    Raises ConfigurationError if there is none in its currency.
    """
    money = read_money(config) if amount.currency else None
    if amount.currency is None or money is None:
        return know_no_price(amount)
    if money.is_list:
        raise ConfigurationError(
            f"is in {amount.currency}, and {config.locate('cu_price')} is the list price, which is "
            "not taken for budgets",
            hint="write a price there, or how many CU the budget is",
        )
    if money.currency != amount.currency:
        own = f"{config.locate('currency')} is {money.currency or 'none'}"
        raise ConfigurationError(
            f"is in {amount.currency}, and {own}",
            hint=f"write it in {money.currency or 'CU'}, or how many CU it is",
        )
    limit = money.buy(amount.value, runtime.now())
    if limit is None:
        raise ConfigurationError(
            f"is in {amount.currency}, and no price above 0 of a CU is known for today",
            hint="write how many CU it is",
        )
    return limit


def refuse_budgets(config: Config) -> ConfigurationError:
    """The error that there are none, where some are needed."""
    return ConfigurationError(
        f"no budgets are defined: {config.path} has no [[{BUDGETS}]]",
        hint="scenario-usage help alerts shows how they are written",
    )


def find_budgets(config: Config, runtime: Runtime) -> tuple[Budget, ...]:
    """The budgets in the order of the file; none if it has none.

    A cost centre is called as the file calls it. Raises ConfigurationError for a budget that is not
    as it should be, and for one of a cost centre that is not there.
    """
    if config.budgets is None:
        return ()
    budgets = parse_budgets(
        config.budgets, str(config.path), lambda amount: _convert(amount, config, runtime)
    )
    if not any(one.cost_centre for one in budgets):
        return budgets
    centres = find_cost_centres(config, None, runtime)
    names = {name.casefold(): name for name in centres.by_name} if centres else {}
    for budget in budgets:
        if budget.cost_centre and budget.cost_centre.casefold() not in names:
            raise ConfigurationError(
                f'{BUDGETS}."{budget.name}".cost_centre in the config file {config.path} is '
                f"{budget.cost_centre!r}, which is not in [{COST_CENTRES}]",
                hint=f"there are {', '.join(names.values())}"
                if names
                else f"write the table [{COST_CENTRES}]; scenario-usage help cost-centres shows it",
            )
    return tuple(
        one._replace(cost_centre=names[one.cost_centre.casefold()]) if one.cost_centre else one
        for one in budgets
    )
