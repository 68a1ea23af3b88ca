"""Amounts of money beside CU: in every command and format, and absent without a price."""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len

from tests.cases import each
from tests.report.builders import charge, model
from tests.support import CREDENTIALS, Result, answer, at, run, usages

PRICE = ("--cu-price", "0.0095", "--currency", "EUR")
MONTH = ("--period", "2026-10")
CHANGE = '[{from = "2026-01-01", price = "0.01"}, {from = "2026-10-15", price = "0.02"}]'


def write_config(folder: Path, text: str) -> dict[str, str]:
    """The environment with a config file that has a profile of these lines."""
    path = folder / "config.toml"
    path.write_text(f'default_profile = "studio"\n[profiles.studio]\n{text}\n')
    path.chmod(0o600)
    return {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(path)}


def demo(*argv: str, **more: Any) -> Result:
    """A command on the built-in studio that succeeds."""
    done = run(*argv, "--demo", **more)
    assert done.code == 0, done.stderr
    return done


def read(done: Result) -> Any:
    """A JSON document, its numbers exact."""
    return json.loads(done.stdout, parse_float=Decimal, parse_int=Decimal)


def find_rows(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            yield from find_rows(one)


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    "name", ["report", "trend", "compare", "activity", "quota", "list projects", "list models"]
)
def test_the_schema_knows_amounts_and_money(name: str) -> None:
    """Also the pack of a list price, and a price that is not known."""
    schema = run("schema", name.replace(" ", "-")).json
    argv = () if name in ("quota", "list projects") else ("--last", "2d")
    document = demo(*name.split(), *argv, "--json", "--cu-price", "list").json

    assert "money" in document
    Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize(
    "argv",
    [
        ("report", *MONTH, "--by", "project,user"),
        ("trend", *MONTH, "--split", "model", "--by", "week"),
        ("trend", *MONTH, "--split", "kind"),
        ("activity", "--last", "2d", "--limit", "50"),
        ("list", "projects"),
        ("list", "people"),
        ("list", "keys"),
        ("list", "models", *MONTH),
    ],
)
def test_each_cost_has_its_amount_beside_it(argv: tuple[str, ...]) -> None:
    """The exact product, in every object that has a cost; and nothing else changes."""
    plain, priced = read(demo(*argv, "--json")), read(demo(*argv, "--json", *PRICE))

    assert priced.pop("money") == {
        "currency": "EUR",
        "price": Decimal("0.0095"),
        "source": "option",
    }
    charged = 0
    for row in find_rows(priced):
        for place, (key, cost) in enumerate([*row.items()]):
            if key in ("cost", "consumption") and not isinstance(cost, list):
                assert list(row)[place + 1] == "amount"
                amount = row.pop("amount")
                assert amount == (None if cost is None else cost * Decimal("0.0095"))
                charged += bool(cost)
    assert charged or "kind" in argv
    assert priced == plain


def test_a_quota_has_the_amount_of_what_is_used(tmp_path: Path) -> None:
    """Not of packs, budgets and counts: their use is not of the billing period, or no CU."""
    budget = '[[budgets]]\nname = "Films"\namount = "5000 CU"\nperiod = "month"'
    document = read(demo("quota", "--json", *PRICE, environ=write_config(tmp_path, budget)))

    assert {row["kind"] for row in document["limits"]} >= {"plan", "pack", "budget", "seats"}
    assert document["totals"]["amount"] == document["totals"]["used"] * Decimal("0.0095")
    for row in document["limits"]:
        is_priced = row["unit"] == "CU" and row["kind"] not in ("pack", "budget")
        assert row["amount"] == (row["used"] * Decimal("0.0095") if is_priced else None)


def test_a_quota_does_not_end_where_the_price_changes(tmp_path: Path) -> None:
    """Alerts are made of it: amounts are left out, with a warning."""
    change = CHANGE.replace("10-15", "11-10")
    environ = write_config(tmp_path, f'cu_price = {change}\ncurrency = "EUR"')
    done = demo("quota", "--json", environ=environ)

    assert done.stdout == demo("quota", "--json").stdout
    assert "warning: amounts are left out: the price of a CU changes on 2026-11-10" in done.stderr


def test_both_sides_of_a_comparison_have_amounts() -> None:
    """And their difference; what is no cost has none."""
    document = read(demo("compare", *MONTH, "--json", *PRICE))

    rows = [*document["totals"], *document["consumption"], *document["models"]]
    for row in rows:
        sides = [row[f"amount_{side}"] for side in ("before", "after", "delta")]
        if row["measure"] == "cost":
            assert sides == [row[s] * Decimal("0.0095") for s in ("before", "after", "delta")]
        else:
            assert sides == [None, None, None]


def test_the_column_of_csv_is_the_last_one() -> None:
    """It has the currency in its name, and so has the measure of the long one."""
    plain, priced = (
        demo("report", *MONTH, "--section", "models", "--csv", *more).stdout.splitlines()
        for more in ((), PRICE)
    )

    assert priced[0] == f"{plain[0]},amount_eur"
    assert [line.rpartition(",")[0] for line in priced] == plain
    events = demo("activity", "--last", "1d", "--limit", "1", "--csv", *PRICE).stdout
    assert events.splitlines()[0].endswith(",collection_id,cost,amount_eur")
    long = rows_of(demo("report", *MONTH, "--csv", *PRICE).stdout)
    costs = {(r["section"], r["id"]): r["value"] for r in long if r["measure"] == "cost"}
    amounts = {(r["section"], r["id"]): r["value"] for r in long if r["measure"] == "amount_eur"}
    assert {key: Decimal(cost) * Decimal("0.0095") for key, cost in costs.items()} == {
        key: Decimal(amount) for key, amount in amounts.items()
    }


def test_gauges_have_the_currency_as_their_unit() -> None:
    """For the totals, and for the rows."""
    text = demo("report", *MONTH, "--section", "consumption", "-f", "openmetrics", *PRICE).stdout

    assert "# UNIT scenario_usage_totals_amount_eur eur\n" in text
    assert "\nscenario_usage_totals_amount_eur 271.692476\n" in text
    assert "# HELP scenario_usage_consumption_amount_eur Charged to a user or API key after" in text


def read_markdown(text: str) -> list[list[list[str]]]:
    """The cells of each table, its heading first."""
    tables: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def add_column(table: list[list[str]], heading: str) -> Decimal:
    """The sum of a column."""
    place = table[0].index(heading)
    return sum((Decimal(row[place].replace(",", "")) for row in table[2:]), Decimal(0))


@pytest.mark.parametrize("price", ["0.0095", "0.00333333", "0.017", "1", "0"])
@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_rows_that_are_shown_add_up_to_the_total(price: str, currency: str, digits: int) -> None:
    """Also those that are summed as other, in the digits of the currency."""
    argv = ("report", *MONTH, "-f", "markdown", "--cu-price", price, "--currency", currency)
    for more in (("--top", "3"), ("--section", "consumption")):
        totals, consumption, *_ = read_markdown(demo(*argv, *more).stdout)

        shown = totals[2][totals[0].index("Amount")]
        amount, unit = shown.split()
        assert unit == currency
        assert len(amount.partition(".")[2]) == digits
        assert add_column(consumption, f"Amount, {currency}") == Decimal(amount.replace(",", ""))


def test_groups_that_are_shown_add_up_to_their_subtotals() -> None:
    """These add up to the total, and a project has the same amount in each table."""
    text = demo("report", *MONTH, "--by", "project,user", "-f", "markdown", *PRICE).stdout
    tables = {table[0][0]: table for table in reversed(read_markdown(text))}

    projects = {row[0]: row for row in tables["Project"][2:]}
    amount = tables["Project"][0].index("Amount, EUR")
    (pairs,) = (t for t in read_markdown(text) if t[0][:2] == ["Project", "User"])
    place, sums = pairs[0].index("Amount, EUR"), dict[str, Decimal]()
    for row in pairs[2:]:
        if row[1] == "total":
            assert row[place] == projects[row[0]][amount]
            assert Decimal(row[place]) == sums.pop(row[0])
        else:
            sums[row[0]] = sums.get(row[0], Decimal(0)) + Decimal(row[place])
    assert sums == {}
    assert add_column(tables["Project"], "Amount, EUR") == Decimal("271.69")


def test_a_row_has_the_same_amount_however_many_are_shown() -> None:
    """What is summed as other has the sum of what its rows would have."""
    argv = ("report", *MONTH, "--section", "models", "-f", "markdown")
    money = ("--cu-price", "0.00371", "--currency", "EUR")
    whole, top = (
        read_markdown(demo(*argv, *money, "--top", count).stdout)[1] for count in ("0", "4")
    )
    place = whole[0].index("Amount, EUR")

    assert [row[place] for row in whole[2:6]] == [row[place] for row in top[2:6]]
    rest = sum((Decimal(row[place]) for row in whole[6:]), Decimal(0))
    assert rest == Decimal(top[6][place])


def test_a_comparison_shows_the_difference_of_what_it_shows() -> None:
    """In every row; the columns add up to the totals."""
    text = demo("compare", *MONTH, "-f", "markdown", *PRICE).stdout
    totals, users, models, *_ = read_markdown(text)
    headings = [f"Amount {side}, EUR" for side in ("before", "after", "delta")]

    for table in (users, models):
        places = list(map(table[0].index, headings))
        for row in table[2:]:
            before, after, delta = (Decimal(row[place]) for place in places)
            assert after - before == delta
    assert [str(add_column(users, one)) for one in headings] == [
        totals[2][totals[0].index(one)] for one in headings
    ]


def test_people_read_the_price_above_the_tables() -> None:
    """Whatever the width is, nothing wraps."""
    for columns in (60, 80, 100, 140):
        text = demo("report", *MONTH, "--section", "models", *PRICE, columns=columns).stdout

        assert "EUR 0.0095 per CU" in text
        assert "Amount, EUR" in text
        lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
        assert max(map(cell_len, lines)) <= columns


def test_people_read_the_prices_that_a_period_has(tmp_path: Path) -> None:
    """Each with its first day; not those of other times."""
    change = CHANGE.replace("]", ', {from = "2026-11-03", price = "0.03"}]')
    environ = write_config(tmp_path, f'cu_price = {change}\ncurrency = "EUR"')
    trend = ("trend", "--split", "model", "--by", "week")

    across = demo(*trend, *MONTH, environ=environ, columns=140).stdout
    assert "EUR 0.01 from 2026-01-01, 0.02 from 2026-10-15 per CU" in across
    within = demo(*trend, "--start", "2026-10-15", "--end", "2026-11-02", environ=environ).stdout
    assert "EUR 0.02 per CU" in within
    compared = demo("compare", "--start", "2026-10-15", "--end", "2026-10-28", environ=environ)
    assert "EUR 0.01 from 2026-01-01, 0.02 from 2026-10-15 per CU" in compared.stdout
    before = demo("report", "--period", "2025-10", environ=environ).stdout
    assert "per CU" not in before
    days = ", ".join(f'{{from = "2026-10-{day:02}", price = "0.0{day}"}}' for day in range(1, 10))
    environ = write_config(tmp_path, f'cu_price = [{days}]\ncurrency = "EUR"')
    assert "EUR 0.01 to 0.09 per CU, 9 prices" in demo(*trend, *MONTH, environ=environ).stdout
    narrow = demo(*trend, *MONTH, environ=environ, columns=60).stdout
    lines = re.sub(r"\x1b\[[0-9;]*m", "", narrow).splitlines()
    assert max(map(cell_len, lines)) <= 60


def test_a_profile_has_a_price(tmp_path: Path) -> None:
    """Options go before it; without its currency, a price needs one."""
    environ = write_config(tmp_path, 'cu_price = "0.5"\ncurrency = "eur"')

    def find_money(*argv: str) -> Any:
        return read(demo("report", *MONTH, "--json", *argv, environ=environ))["money"]

    assert find_money() == {"currency": "EUR", "price": Decimal("0.5"), "source": "profile"}
    assert find_money("--cu-price", "2") == {"currency": "EUR", "price": 2, "source": "option"}
    assert find_money("--cu-price", "2", "--currency", "jpy")["currency"] == "JPY"


@pytest.mark.parametrize("price", ["0.12345678", "0.00000001", "1.10", "0"])
@pytest.mark.parametrize("command", [("report", *MONTH), ("activity", "--last", "1d"), ("quota",)])
def test_programs_are_given_every_digit_of_a_price(command: tuple[str, ...], price: str) -> None:
    """Costs times the price are the amounts."""
    money = ("--cu-price", price, "--currency", "EUR")
    document = read(demo(*command, "--json", *money))

    assert document["money"]["price"] == Decimal(price)


def test_programs_are_given_every_digit_of_each_price(tmp_path: Path) -> None:
    """Also where there are several."""
    prices = CHANGE.replace('"0.01"', '"0.12345678"').replace('"0.02"', '"0.00000001"')
    environ = write_config(tmp_path, f'cu_price = {prices}\ncurrency = "EUR"')
    result = demo("trend", *MONTH, "--json", environ=environ)
    document = read(result)

    Draft202012Validator(run("schema", "trend").json).validate(result.json)
    found = [one["price"] for one in document["money"]["prices"]]
    assert found == [Decimal("0.12345678"), Decimal("0.00000001")]


def test_a_report_has_the_price_of_its_period(tmp_path: Path) -> None:
    """Each side of a comparison that of its own; a change within is refused with nothing asked."""
    environ = write_config(tmp_path, f'cu_price = {CHANGE}\ncurrency = "EUR"')
    before, after = (
        read(demo("report", *span, "--json", environ=environ))["money"]["price"]
        for span in (
            ("--start", "2026-10-01", "--end", "2026-10-14"),
            ("--start", "2026-10-15", "--end", "2026-10-31"),
        )
    )

    assert [before, after] == [Decimal("0.01"), Decimal("0.02")]
    asked = ("--start", "2026-10-15", "--end", "2026-10-28", "--against", "previous")
    document = read(demo("compare", *asked, "--json", environ=environ))
    row = document["totals"][0]
    assert row["amount_before"] == row["before"] * Decimal("0.01")
    assert row["amount_after"] == row["after"] * Decimal("0.02")
    assert document["money"]["price"] is None
    for command in (("report",), ("compare",), ("list", "models")):
        refused = run(*command, *MONTH, environ=environ)
        assert (refused.code, refused.stdout) == (2, "")
        assert "the price of a CU changes on 2026-10-15 (UTC), within the period" in refused.error
        assert (
            "--start 2026-10-01 --end 2026-10-14, and --start 2026-10-15 --end 2026-10-31"
            in refused.stderr
        )
    assert read(demo("report", *MONTH, "--json", "--cu-price", "1", environ=environ))["money"] == {
        "currency": "EUR",
        "price": 1,
        "source": "option",
    }


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])
def test_a_change_within_the_other_period_of_a_comparison(tmp_path: Path, zone: str) -> None:
    """It is named, with what --against can be instead: each of these works."""
    environ = write_config(tmp_path, f'cu_price = {CHANGE}\ncurrency = "EUR"')
    argv = ("compare", "--period", "2026-11", "--tz", zone)
    refused = run(*argv, "--demo", "--against", "2026-10", environ=environ)

    assert (refused.code, refused.stdout) == (2, "")
    assert "changes on 2026-10-15 (UTC), within the period of --against" in refused.error
    parts = re.findall(r"--against (\S+\.\.[^\s,;]+)", refused.stderr)
    assert len(parts) == 2
    for part in parts:
        demo(*argv, "--against", part, environ=environ)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Asia/Kathmandu"])
@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_a_trend_takes_the_price_of_each_utc_day(tmp_path: Path, unit: str, zone: str) -> None:
    """Also where the price changes within a bucket, as it may in other zones and longer buckets."""
    environ = write_config(tmp_path, f'cu_price = {CHANGE}\ncurrency = "EUR"')
    argv = ("trend", "--start", "2026-10-13", "--end", "2026-10-17", "--json", "--tz", zone)
    hours = read(demo(*argv, "--by", "hour"))["points"]
    cut = "2026-10-15T00:00" if zone == "UTC" else "2026-10-15T02:00"
    if zone == "Asia/Kathmandu":
        hours = read(demo(*argv[:-1], "UTC", "--by", "hour"))["points"]
        cut = "2026-10-15T00:00"
    points = read(demo(*argv, "--by", unit, environ=environ))["points"]

    if zone != "Asia/Kathmandu":
        wanted = sum(
            point["cost"] * Decimal("0.01" if point["start"] < cut else "0.02") for point in hours
        )
        assert sum(point["amount"] for point in points) == wanted
    plain = read(demo(*argv, "--by", unit))["points"]
    assert [{k: v for k, v in point.items() if k != "amount"} for point in points] == plain


def test_a_trend_table_has_the_amounts_of_its_series_and_buckets(tmp_path: Path) -> None:
    """Both add up to the same total, across a change of the price."""
    environ = write_config(tmp_path, f'cu_price = {CHANGE}\ncurrency = "EUR"')
    argv = ("trend", *MONTH, "--split", "model", "--by", "week", "-f", "markdown")
    totals, series, buckets, *_ = read_markdown(demo(*argv, environ=environ).stdout)

    shown = Decimal(totals[2][totals[0].index("Amount")].split()[0])
    assert add_column(series, "Amount, EUR") == add_column(buckets, "Amount, EUR") == shown


def test_each_event_has_the_price_of_its_day(tmp_path: Path) -> None:
    """The log does not end where the price changes."""
    environ = write_config(tmp_path, f'cu_price = {CHANGE}\ncurrency = "EUR"')
    argv = ("activity", "--start", "2026-10-14", "--end", "2026-10-15", "--all", "--json")
    document = read(demo(*argv, environ=environ))
    rows, money = document["rows"], document["money"]

    assert (money["price"], [one["from"] for one in money["prices"]]) == (
        None,
        ["2026-01-01", "2026-10-15"],
    )
    assert document["warnings"] == []
    prices = {True: Decimal("0.02"), False: Decimal("0.01")}
    for row in rows:
        price = prices[row["time"] >= "2026-10-15"]
        assert row["amount"] == (None if row["cost"] is None else row["cost"] * price)
    assert len({row["time"][:10] for row in rows if row["amount"]}) == 2


def test_before_the_first_price_amounts_are_unknown(tmp_path: Path) -> None:
    """The columns are there, so that a job keeps its header; and a warning says why."""
    environ = write_config(tmp_path, f'cu_price = {CHANGE}\ncurrency = "EUR"')
    done = demo("report", "--period", "2025-10", "--json", environ=environ)
    document = read(done)

    assert document["totals"]["amount"] is None
    assert document["money"]["price"] is None
    warning = (
        "no price of a CU is known before 2026-01-01 (UTC): amounts of the time before it are "
        "unknown"
    )
    assert warning in document["warnings"]
    assert f"warning: {warning}\n" in done.stderr
    table = demo("report", "--period", "2025-10", environ=environ).stdout
    assert "Amount, EUR" in table
    log = read(demo("activity", "--period", "2025-10-07", "--json", environ=environ))
    assert {row["amount"] for row in log["rows"]} == {None}
    assert warning in log["warnings"]


def test_an_amount_of_which_a_part_is_unknown_is_unknown(tmp_path: Path) -> None:
    """A month in which the first price begins has none, and neither has the total."""
    prices = '[{from = "2026-10-10", price = "0.01"}]'
    environ = write_config(tmp_path, f'cu_price = {prices}\ncurrency = "EUR"')
    argv = ("trend", "--start", "2026-10-01", "--end", "2026-11-05", "--by", "month")
    october, november = read(demo(*argv, "--json", environ=environ))["points"]

    assert october["amount"] is None
    assert november["amount"] == november["cost"] * Decimal("0.01")
    totals, *_ = read_markdown(demo(*argv, "-f", "markdown", environ=environ).stdout)
    assert "Amount" not in totals[0]


def test_nothing_costs_nothing_at_any_price(tmp_path: Path) -> None:
    """Also before the first price."""
    prices = '[{from = "2026-10-10", price = "0.01"}]'
    environ = write_config(tmp_path, f'cu_price = {prices}\ncurrency = "EUR"')
    argv = ("trend", "--start", "2026-10-08", "--end", "2026-10-09", "--split", "model", "--json")

    points = read(demo(*argv, environ=environ))["points"]

    assert {(bool(point["cost"]), point["amount"]) for point in points} == {
        (True, None),
        (False, 0),
    }


def test_a_bucket_that_begins_before_the_period_has_its_price(tmp_path: Path) -> None:
    """What it cost before the change is not in it."""
    environ = write_config(tmp_path, f'cu_price = {CHANGE}\ncurrency = "EUR"')
    argv = ("trend", "--start", "2026-10-20", "--end", "2026-10-25", "--by", "month")
    (month,) = read(demo(*argv, "--json", environ=environ))["points"]

    assert month["amount"] == month["cost"] * Decimal("0.02")


def test_the_list_price_is_called_indicative() -> None:
    """With the size of its pack, in every format."""
    done = demo("report", *MONTH, "--json", "--cu-price", "list")

    assert read(done)["money"] == {
        "currency": "USD",
        "price": Decimal("0.015"),
        "source": "list",
        "pack": 1000,
    }
    warning = (
        "amounts are indicative list prices, of the pack of 1,000 CU: "
        "the price of a contract differs"
    )
    assert warning in read(done)["warnings"]
    assert f"warning: {warning}\n" in done.stderr
    table = demo("report", *MONTH, "--cu-price", "LIST").stdout
    assert "indicative list price USD 0.015 per CU, of the pack of 1,000 CU" in table
    assert "Indicative list price, USD" in table
    assert re.split(r" {2,}", table.splitlines()[2].strip())[:2] == [
        "Cost",
        "Indicative list price",
    ]
    argv = ("report", *MONTH, "--cu-price", "list", "-f", "openmetrics")
    gauges = re.findall(r"# HELP \w+_amount_usd (.*)", demo(*argv).stdout)
    assert gauges
    assert {text.rpartition(". ")[2] for text in gauges} == {
        "It is an indicative list price, of the pack of 1,000 CU."
    }


def test_a_list_without_the_currency_is_refused() -> None:
    """It names those that there are."""
    refused = run("report", "--demo", "--cu-price", "list", "--currency", "EUR")
    assert (refused.code, refused.stdout) == (2, "")
    assert "the price list has no price in EUR" in refused.error
    assert "its currencies: USD" in refused.stderr


class PriceList(httpx.BaseTransport):
    """An API whose price list is this answer."""

    def __init__(self, found: httpx.Response) -> None:
        self.found = found

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The list, or a report of nothing."""
        is_list = request.url.path.endswith("/oscu/prices")
        return self.found if is_list else answer(usages())


@pytest.mark.parametrize(
    ("found", "code", "message", "hint"),
    [
        (answer({}, 403), 4, "cannot be read: the API answered 403", "give a price, such as"),
        (answer({}, 404), 5, "cannot be read: the API answered 404", "give a price, such as"),
        (answer({}, 401), 4, "cannot be read: the API answered 401", "check the API key"),
        (answer({"prices": 3}), 7, "cannot be read: ", ""),
        (answer({}), 2, "has no price of a CU", "give a price, such as"),
    ],
)
def test_a_list_that_cannot_be_used_is_named(
    tmp_path: Path, found: httpx.Response, code: int, message: str, hint: str
) -> None:
    """With what wants it, the option or the profile, which is wrong itself where there is none."""
    environ = write_config(tmp_path, 'cu_price = "list"')
    given = run("report", "--cu-price", "list", transport=PriceList(found))
    own = run("report", environ=environ, transport=PriceList(found))

    assert (given.code, given.stdout) == (code, "")
    assert f"--cu-price list: the price list {message}" in given.error
    assert f"hint: {hint}" in given.stderr
    assert (own.code, own.stdout) == (3 if code == 2 else code, "")
    assert "cu_price in profile 'studio' of " in own.error
    assert f": the price list {message}" in own.error


def test_a_profile_that_wants_a_list_in_another_currency_is_wrong(tmp_path: Path) -> None:
    """As a currency of an option is, which is named then."""
    environ = write_config(tmp_path, 'cu_price = "list"\ncurrency = "EUR"')
    own = run("quota", "--demo", environ=environ)
    given = run("list", "keys", "--demo", "--currency", "JPY", environ=environ)

    assert (own.code, own.stdout) == (3, "")
    assert "cu_price in profile 'studio' of " in own.error
    assert "the price list has no price in EUR" in own.error
    assert (given.code, given.stdout) == (2, "")
    assert "--currency JPY: the price list has no price in JPY" in given.error


@each(
    ("argv", "message"),
    [
        (("--cu-price", "-0.01", "--currency", "EUR"), "--cu-price '-0.01' is not a price"),
        (("--cu-price", "NaN", "--currency", "EUR"), "--cu-price 'NaN' is not a price"),
        (("--cu-price", "0,01", "--currency", "EUR"), "--cu-price '0,01' is not a price"),
        (("--cu-price", "0.123456789012", "--currency", "EUR"), "is not a price of one CU"),
        (("--cu-price", "1", "--currency", "EURO"), "--currency 'EURO' is not a currency"),
        (("--cu-price", "1"), "--cu-price is a price in no currency"),
        (("--currency", "EUR"), "--currency EUR has no price beside it"),
    ],
)
@each("command", [("report",), ("trend",), ("compare",), ("activity",), ("list", "keys")])
def test_options_that_make_no_sense_are_refused(
    command: tuple[str, ...], argv: tuple[str, ...], message: str
) -> None:
    """With exit code 2, before anything is asked."""
    done = run(*command, *argv)

    assert (done.code, done.stdout) == (2, "")
    assert message in done.error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('cu_price = "-1"\ncurrency = "EUR"', "'-1' is not a price of one CU"),
        ('cu_price = "1,5"\ncurrency = "EUR"', "'1,5' is not a price of one CU"),
        ('cu_price = "nan"\ncurrency = "EUR"', "'nan' is not a price of one CU"),
        ('cu_price = 0.01\ncurrency = "EUR"', "must be a text in quotes"),
        ('cu_price = "0.123456789012"\ncurrency = "EUR"', "is not a price of one CU"),
        ('cu_price = "1"\ncurrency = "XYZ"', "'XYZ' is not a currency"),
        ('currency = "XYZ"', "'XYZ' is not a currency"),
        ('cu_price = "1"', "is a price in no currency"),
        (
            'currency = "EUR"\ncu_price = [{from = "2026-01-01", price = "1"}, '
            '{from = 2026-01-01, price = "2"}]',
            "has two prices from 2026-01-01",
        ),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """With exit code 3, and the place in the file."""
    done = run("report", environ=write_config(tmp_path, text))

    assert (done.code, done.stdout) == (3, "")
    assert message in done.error
    assert "profile 'studio' of " in done.error


def test_a_currency_that_is_not_that_of_the_price_is_refused(tmp_path: Path) -> None:
    """Amounts in euros are not called dollars."""
    environ = write_config(tmp_path, 'cu_price = "1"\ncurrency = "EUR"')
    done = run("report", "--currency", "USD", environ=environ)

    assert (done.code, done.stdout) == (2, "")
    assert "--currency USD is not that of the price" in done.error


def test_saved_answers_have_amounts(tmp_path: Path) -> None:
    """One that tells no period can have one price only, and none can have that of the list."""
    saved = tmp_path / "raw.json"
    found = usages(consumption=[charge("a", 100)], models=[model("m", cost=100, jobs=1)])
    saved.write_text(json.dumps(at("2026-10-20T00:00:00Z", found)))
    environ = write_config(tmp_path, f'cu_price = {CHANGE}\ncurrency = "EUR"')

    priced = run("report", "--from", str(saved), "--json", *PRICE)
    assert read(priced)["totals"]["amount"] == Decimal("0.95")
    refused = run("report", "--from", str(saved), environ=environ)
    assert (refused.code, refused.stdout) == (2, "")
    assert "the answer tells no period" in refused.error
    listed = run("report", "--from", str(saved), "--cu-price", "list")
    assert listed.code == 2
    assert "--from and the list price of a CU contradict each other" in listed.error


def test_lists_of_a_billing_period_with_two_prices_are_refused(tmp_path: Path) -> None:
    """It cannot be asked for in parts."""
    change = CHANGE.replace("10-15", "11-10")
    environ = write_config(tmp_path, f'cu_price = {change}\ncurrency = "EUR"')
    done = run("list", "projects", "--demo", environ=environ)

    assert (done.code, done.stdout) == (2, "")
    assert "changes on 2026-11-10 (UTC), within the billing period" in done.error
    assert "hint: give one price with --cu-price\n" in done.stderr


@pytest.mark.parametrize("option", [("--cu-price", "1"), ("--currency", "EUR")])
def test_a_heatmap_has_no_amounts(tmp_path: Path, option: tuple[str, str]) -> None:
    """An option for them is refused; the price of the profile is for other reports."""
    done = run("trend", "--heatmap", *option)
    environ = write_config(tmp_path, 'cu_price = "1"\ncurrency = "EUR"')

    assert (done.code, done.stdout) == (2, "")
    assert f"--heatmap shows the cost of days, and {option[0]} something else" in done.error
    argv = ("trend", "--heatmap", "--last", "7d")
    assert demo(*argv, environ=environ).stdout == demo(*argv).stdout


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('cu_price = "0.01"\ncurrency = "EUR"', "EUR 0.01"),
        (f'cu_price = {CHANGE}\ncurrency = "eur"', "EUR 0.01 from 2026-01-01, 0.02 from 2026-10"),
        ('cu_price = "list"', "as the price list has it"),
        ('currency = "EUR"', "none: currency in profile 'studio' of "),
    ],
)
def test_doctor_shows_the_price(tmp_path: Path, text: str, found: str) -> None:
    """In a line of its own, where there is one."""
    done = demo("doctor", "--json", environ=write_config(tmp_path, text))

    (check,) = (one for one in done.json["checks"] if one["check"] == "CU price")
    assert check["passed"]
    assert found in check["found"]


def test_doctor_shows_the_price_in_the_column_of_the_others(tmp_path: Path) -> None:
    """As what is found begins below each other."""
    environ = write_config(tmp_path, 'cu_price = "0.01"\ncurrency = "EUR"')
    lines = demo("doctor", environ=environ).stdout.splitlines()

    (price,) = (line for line in lines if "EUR 0.01" in line)
    (clock,) = (line for line in lines if line.startswith("✓ clock"))
    assert price.index("EUR") == len(clock) - len(clock[8:].lstrip())


def test_doctor_says_what_is_wrong_with_the_price(tmp_path: Path) -> None:
    """With the exit code of the config file."""
    done = run("doctor", "--demo", environ=write_config(tmp_path, 'cu_price = "0,01"'))

    assert done.code == 3
    assert "'0,01' is not a price of one CU" in done.stdout


@pytest.mark.parametrize(
    ("price", "problem"),
    [
        ('cu_price = "0.01"\ncurrency = "EUR"', ""),
        ("", "is in EUR, and no price of a CU is known"),
        ('cu_price = "0.01"\ncurrency = "USD"', "is in EUR, and currency in profile 'studio' of"),
        ('cu_price = "0"\ncurrency = "EUR"', "is in EUR, and no price above 0 of a CU is known"),
        ('cu_price = "list"\ncurrency = "EUR"', "is the list price, which is not taken for bud"),
        ('cu_price = "list"', "is the list price, which is not taken for budgets"),
    ],
)
def test_a_budget_in_money_needs_a_price_in_its_currency(
    tmp_path: Path, price: str, problem: str
) -> None:
    """That of today, in the profile."""
    budget = '[[budgets]]\nname = "Films"\namount = "500 EUR"\nperiod = "month"'
    done = run("doctor", "--demo", environ=write_config(tmp_path, f"{price}\n{budget}"))

    assert done.code == (3 if problem else 0)
    assert problem in done.stdout
