"""The price that amounts are made of: that of the options, or else of the profile."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import ApiError, BadArgument, ConfigurationError
from scenario_usage_cli.settings import Config

if TYPE_CHECKING:
    from scenario_usage_cli.buckets import Buckets
    from scenario_usage_cli.collect.local import Source
    from scenario_usage_cli.money import Money, Price
    from scenario_usage_cli.periods import Period
    from scenario_usage_cli.report.pricing import Pricing
    from scenario_usage_cli.report.row_stream import RowStream
    from scenario_usage_cli.report.trend import Trend
    from scenario_usage_cli.report.view import View

_PRICE, _CURRENCY = "--cu-price", "--currency"


class MoneyOptions(Protocol):
    """What the options of a command say of money."""

    @property
    def cu_price(self) -> str | None:
        """That of --cu-price."""
        ...

    @property
    def currency(self) -> str | None:
        """That of --currency."""
        ...


def read_money(config: Config, options: MoneyOptions | None = None) -> "Money | None":
    """The prices, or that the list price is wanted; None where there is no price.

    Without options, those of the profile only.

    Raises BadArgument for options that cannot be used, ConfigurationError for a profile.
    """
    price, wanted = (options.cu_price, options.currency) if options else (None, None)
    given = config.profile.cu_price if config.profile else None
    own = config.get("currency")
    if price is None and wanted is None and given is None and not own:
        return None
    # Imported here, as most runs are about CU only.
    from scenario_usage_cli.money import LIST, Money, is_list, parse_currency, parse_prices

    is_option = price is not None
    try:
        known = parse_currency(own, config.locate("currency")) if own else ""
        prices: tuple[Price, ...] = ()
        if given is not None and not (is_option or is_list(given)):
            prices = parse_prices(given, config.locate("cu_price"))
    except BadArgument as error:
        raise ConfigurationError(error.message, hint=error.hint) from None
    currency = parse_currency(wanted, _CURRENCY) if wanted else known
    if price is None and given is None:
        if wanted is None:  # the currency waits for a price of an option
            return None
        raise BadArgument(
            f"{_CURRENCY} {wanted} has no price beside it",
            hint=f"give the price of a CU with {_PRICE}, or as cu_price in the profile",
        )
    if is_list(price or given):
        own_place = f"{_CURRENCY} {currency}" if wanted else config.locate("cu_price")
        return Money(currency, (), LIST, place=f"{_PRICE} {LIST}" if is_option else own_place)
    if is_option:
        prices = parse_prices(price, _PRICE)
    if not currency:
        fault = BadArgument if is_option else ConfigurationError
        raise fault(
            f"{_PRICE if is_option else config.locate('cu_price')} is a price in no currency",
            hint=f"give its currency with {_CURRENCY} EUR, or as currency in the profile",
        )
    if prices and not is_option and known and currency != known:
        raise BadArgument(
            f"{_CURRENCY} {currency} is not that of the price: "
            f"{config.locate('currency')} is {known}",
            hint=f"give a price in {currency} with {_PRICE} as well",
        )
    return Money(currency, prices, "option" if is_option else "profile")


def check_prices(
    money: "Money | None",
    period: "Period | None",
    *,
    is_billing_period: bool = False,
    is_against: bool = False,
) -> None:
    """Raise BadArgument where a period has several prices, or where that is not known of it.

    A billing period is not asked for, and cannot be asked for in parts; the other one of a
    comparison is asked for by --against.
    """
    if money is None:
        return
    # Imported here, as everything of money.
    from scenario_usage_cli.money import check_period

    if period is not None:
        is_utc = period.timezone.upper() == "UTC"
        check_period(
            money,
            period.start,
            period.end,
            in_days=is_utc,
            is_billing_period=is_billing_period,
            is_against=is_against,
        )
    elif len(money.prices) > 1:
        what = "billing period is unknown" if is_billing_period else "answer tells no period"
        raise BadArgument(
            f"the {what}, and the price of a CU is not always the same",
            hint=f"give one price with {_PRICE}",
        )


def refuse_list_price(money: "Money | None") -> None:
    """Raise BadArgument if the list price is wanted where no API is asked."""
    if money is not None and money.is_list:
        raise _refuse_list_price()


def _refuse_list_price() -> BadArgument:
    return BadArgument(
        "--from and the list price of a CU contradict each other",
        hint=f"--from reads what is there, and asks no API; give a price with {_PRICE}",
    )


def find_list_price(money: "Money | None", client: "Source") -> "Money | None":
    """The same, with the price of the list if it is wanted.

    Raises BadArgument or, where the profile alone wants it, ConfigurationError if the list has
    none, and the client's errors; each names what wants the list price.
    """
    if money is None or not money.is_list:
        return money
    # Imported here, as everything of money.
    from http import HTTPStatus

    from scenario_usage_cli.collect.local import Local
    from scenario_usage_cli.collect.prices import fetch_list_prices
    from scenario_usage_cli.money import GIVE_PRICE, choose_list_price

    if isinstance(client, Local):
        raise _refuse_list_price()
    try:
        return choose_list_price(fetch_list_prices(client), money.currency)
    except BadArgument as error:
        fault = BadArgument if money.place.startswith("--") else ConfigurationError
        raise fault(f"{money.place}: {error.message}", hint=error.hint) from None
    except ApiError as error:
        error.message = f"{money.place}: the price list cannot be read: {error.message}"
        if error.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            error.hint = GIVE_PRICE  # the rest of the API may be there for this key
        raise


def add_amounts(
    view: "View",
    money: "Money | None",
    period: "Period | None",
    runtime: Runtime,
    *,
    before: "Period | None" = None,
) -> "View":
    """The same view, with amounts at the price of its period, if there is any price.

    Figures of the period before, if it has any, are at the price of that one.
    """
    if money is None:
        return view
    # Imported here, as everything of money.
    from scenario_usage_cli.report.pricing import price_at

    return _apply(view, price_at(money, period, before), runtime)


def add_amounts_of_quota(
    view: "View", money: "Money | None", period: "Period | None", runtime: Runtime
) -> "View":
    """The same for a quota, which is shown without amounts where there is no single price.

    It is what alerts are made of, and these must not end when a price changes.
    """
    try:
        check_prices(money, period, is_billing_period=True)
    except BadArgument as error:
        runtime.warn(f"amounts are left out: {error.message}; {error.hint}")
        return view
    return add_amounts(view, money, period, runtime)


def add_amounts_of_both(
    view: "View", money: "Money | None", after: "Period", before: "Period", runtime: Runtime
) -> "View":
    """The same for a comparison, whose periods have a price each."""
    if money is None:
        return view
    # Imported here, as everything of money.
    from scenario_usage_cli.report.pricing import price_both

    return _apply(view, price_both(money, after, before), runtime)


def add_amounts_of_trend(
    view: "View",
    money: "Money | None",
    trend: "Trend",
    read_fine: "Callable[[], Trend]",
    runtime: Runtime,
) -> "View":
    """The same for a trend; the buckets of the fine one have a price each."""
    if money is None:
        return view
    # Imported here, as everything of money.
    from scenario_usage_cli.report.pricing import price_trend

    return _apply(view, price_trend(money, trend, read_fine()), runtime)


def add_amounts_of_events(
    stream: "RowStream", money: "Money | None", warnings: list[str]
) -> "RowStream":
    """The same for events, each of which has the price of its day."""
    if money is None:
        return stream
    # Imported here, as everything of money.
    from scenario_usage_cli.report.amounts import price_stream

    return price_stream(stream, money, warnings)


def cut_at_changes(buckets: "Buckets", money: "Money | None", period: "Period") -> "Buckets":
    """The buckets, cut also where the price of a CU changes."""
    if money is None:
        return buckets
    return buckets.cut(money.list_changes(period.start, period.end))


def _apply(view: "View", pricing: "Pricing", runtime: Runtime) -> "View":
    from scenario_usage_cli.report.amounts import price_view

    for warning in pricing.describe():
        runtime.warn(warning)
    return price_view(view, pricing)
