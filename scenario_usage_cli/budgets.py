"""Budgets: what the entries of `[[budgets]]` in the config file mean."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import BUDGETS

PERIODS = ("month", "quarter", "year", "billing")
"""How long a budget lasts: until the next one of these begins, in the zone of the command."""
_LISTS = ("projects", "users")
_KEYS = ("name", "amount", "period", *_LISTS, "cost_centre")
_AMOUNT = re.compile(r"(?P<number>[0-9]{1,15}(\.[0-9]{1,6})?)( *(?P<unit>[A-Za-z]{2,3}))?")
_LARGEST = Decimal(10) ** 15
_DECIMALS = 6
_LONGEST = 60
"""So many characters of a value, a message shows."""
_EXAMPLE = '{ name = "Films", amount = 5000, period = "month", projects = ["Marketing*"] }'


class Amount(NamedTuple):
    """How much a budget has: CU or, with a currency, money. It is above 0."""

    value: Decimal
    currency: str | None = None
    """Its code of three capital letters; null for CU."""

    def __str__(self) -> str:
        return f"{self.value.normalize():,f} {self.currency or 'CU'}"


class Budget(NamedTuple):
    """A budget, of what its projects, users or cost centre use; without any, of the whole team."""

    name: str
    amount: Amount
    limit: Decimal
    """The same in CU."""
    period: str
    """One of `PERIODS`."""
    projects: tuple[str, ...] = ()
    """Names or ids, as --project takes them."""
    users: tuple[str, ...] = ()
    """Names, e-mails or ids, as --user takes them."""
    cost_centre: str | None = None

    @property
    def label(self) -> str:
        """Its name and period for people, and what it has if that is money: `Films (month)`."""
        money = f", {self.amount}" if self.amount.currency else ""
        return f"{self.name} ({self.period}{money})"


def know_no_price(amount: Amount) -> Decimal:
    """In CU, what is in CU; raises ConfigurationError for money."""
    if amount.currency is None:
        return amount.value
    raise ConfigurationError(
        f"is in {amount.currency}, and no price of a CU is known",
        hint=f'write cu_price = "0.0095" and currency = "{amount.currency}" in the profile, '
        "or how many CU it is",
    )


def parse_budgets(
    entries: Any, path: str, convert: Callable[[Amount], Decimal] = know_no_price
) -> tuple[Budget, ...]:
    """The budgets of the key `budgets` of a config file, in its order.

    `convert` is how many CU an amount is; it raises ConfigurationError if that is not known. So
    does this, naming the key and the file, and for what is not as it should be.
    """
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        raise _refuse(path, BUDGETS, f"must be entries under [[{BUDGETS}]]")
    found: dict[str, Budget] = {}
    for number, entry in enumerate(entries, start=1):
        budget = _parse_one(entry, path, number, convert)
        if other := found.get(budget.name.casefold()):
            where = f'{BUDGETS}."{budget.name}"'
            raise _refuse(path, where, f"has the name of another budget, {other.name!r}")
        found[budget.name.casefold()] = budget
    return tuple(found.values())


def _parse_one(
    entry: Mapping[str, Any], path: str, number: int, convert: Callable[[Amount], Decimal]
) -> Budget:
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        raise _refuse(
            path,
            f"{BUDGETS}[{number}].name",
            "is missing" if name is None else f"is {_show(name)}: it must be a text in quotes",
        )
    where = f'{BUDGETS}."{name.strip()}"'
    if unknown := [key for key in entry if key not in _KEYS]:
        raise _refuse(path, f"{where}.{unknown[0]}", f"is not known: there are {_list(_KEYS)}")
    for key in ("amount", "period"):
        if key not in entry:
            raise _refuse(path, f"{where}.{key}", "is missing")
    period = entry["period"]
    if period not in PERIODS:
        raise _refuse(
            path, f"{where}.period", f"is {_show(period)}: it must be one of {_list(PERIODS)}"
        )
    given = [key for key in (*_LISTS, "cost_centre") if key in entry]
    if given[1:]:
        raise _refuse(
            path, f"{where}.{given[1]}", f"is beside {given[0]}: a budget is of one of them"
        )
    centre = entry.get("cost_centre")
    if "cost_centre" in given and (not isinstance(centre, str) or not centre.strip()):
        raise _refuse(
            path,
            f"{where}.cost_centre",
            f"is {_show(centre)}: it must be the name of a cost centre in quotes",
        )
    amount = _parse_amount(entry["amount"], path, f"{where}.amount")
    try:
        limit = convert(amount)
    except ConfigurationError as error:
        raise _refuse(path, f"{where}.amount", error.message, hint=error.hint) from None
    return Budget(
        name.strip(),
        amount,
        limit,
        period,
        projects=_parse_texts(entry.get("projects"), path, f"{where}.projects"),
        users=_parse_texts(entry.get("users"), path, f"{where}.users"),
        cost_centre=centre and centre.strip(),
    )


def _parse_amount(value: Any, path: str, where: str) -> Amount:
    """Of a number of CU, or of a text with a number and CU or a currency."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        amount = Amount(Decimal(str(value)))
    elif isinstance(value, str) and (found := _AMOUNT.fullmatch(value.strip())):
        unit = (found["unit"] or "CU").upper()
        if unit != "CU" and len(unit) != 3:
            raise _refuse(path, where, f"is in {unit}, which is neither CU nor a currency")
        amount = Amount(Decimal(found["number"]), None if unit == "CU" else unit)
    else:
        raise _refuse(
            path,
            where,
            f'is {_show(value)}: it must be a number of CU, or a text such as "500 EUR"',
        )
    number = amount.value
    if not number.is_finite() or not 0 < number < _LARGEST:
        raise _refuse(path, where, f"is {_show(value)}: it must be above 0, and below 10^15")
    if number != round(number, _DECIMALS):
        raise _refuse(path, where, f"is {_show(value)}, with more than {_DECIMALS} decimals")
    return amount


def _parse_texts(value: Any, path: str, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise _refuse(path, where, f"is {_show(value)}: it must be a list of texts in quotes")
    if not value or not all(text.strip() for text in value):
        raise _refuse(
            path, where, f"is {_show(value)}: it must name at least one, and nothing empty"
        )
    return tuple(dict.fromkeys(text.strip() for text in value))


def _show(value: Any) -> str:
    """A value of TOML for a message, in short."""
    text = str(value) if isinstance(value, date) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _list(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _refuse(path: str, where: str, problem: str, *, hint: str = "") -> ConfigurationError:
    return ConfigurationError(
        f"{where} in the config file {path} {problem}",
        hint=hint or f"write {BUDGETS} = [{_EXAMPLE}]; scenario-usage help alerts shows more",
    )
