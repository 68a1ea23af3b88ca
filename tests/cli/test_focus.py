"""`report --format focus`: its rows, what it says of them, and what it refuses."""

import csv
import io
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.cli.options.export import DatasetOptions
from scenario_usage_cli.cli.options.report import ReportOutputOptions
from scenario_usage_cli.report.focus.columns import VERSIONS
from tests.charges import Charge, TeamApi, charges
from tests.report.builders import action, charge, model
from tests.support import CREDENTIALS, NOW, answer, run, usages

FOCUS = ("report", "--format", "focus")
PRICED = ("--cu-price", "0.0095", "--currency", "EUR")
SUM = ("PricingQuantity", "PricingCurrencyEffectiveCost", "EffectiveCost")
MONEY = (
    *("BillingCurrency", "BilledCost", "ListCost", "ContractedCost", "EffectiveCost"),
    *("ListUnitPrice", "ContractedUnitPrice"),
)
NOT_CONFORMANT = (
    "warning: this does not conform to FOCUS: without the price of a CU, all columns of money are "
    "empty; --cu-price PRICE --currency CODE, or --cu-price list, makes it conform\n"
)


def read_rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file by the names of their columns."""
    return list(csv.DictReader(io.StringIO(text)))


def add_up(rows: list[dict[str, str]]) -> list[Decimal]:
    """The CU before and after discounts, and the money, of all rows."""
    return [sum((Decimal(row[key]) for row in rows), Decimal(0)) for key in SUM]


@pytest.mark.parametrize("options", [ReportOutputOptions, DatasetOptions])
def test_the_versions_that_can_be_chosen_are_all_there_are(
    options: type[ReportOutputOptions | DatasetOptions],
) -> None:
    """The help has its own list, as it does not wait for the columns."""
    assert options.declared["focus_version"].completed == VERSIONS


def test_rows_of_the_studio_sum_to_its_report() -> None:
    """For each project, too."""
    period = ("--demo", "--start", "2026-11-02", "--end", "2026-11-04")
    result = run(*FOCUS, *period, *PRICED)
    report = run("report", *period, "--by", "project", "--json").json
    totals = report["totals"]
    rows = read_rows(result.stdout)
    assert (result.code, result.stderr) == (0, "")
    cost = Decimal(str(totals["cost"]))
    assert add_up(rows) == [Decimal(str(totals["gross"])), cost, cost * Decimal("0.0095")]
    by_project = {
        name: add_up([row for row in rows if row["SubAccountName"] == name])[1]
        for name in {row["SubAccountName"] for row in rows}
    }
    assert by_project == {
        row["name"]: Decimal(str(row["cost"]))
        for row in report["breakdown"]["totals"]
        if row["gross"]
    }
    assert {row["x_Provisional"] for row in rows} == {"false"}
    assert all("." in row[key] for row in rows for key in row if "Cost" in key or "Quantity" in key)


@settings(max_examples=25, deadline=None)
@given(charges, st.booleans())
def test_rows_sum_to_the_report_whatever_was_charged(found: list[Charge], lists_all: bool) -> None:
    """Exactly; what belongs to no project that is listed has none."""
    listed = ("project_0", "project_1", "project_2", "project_3")[: 4 if lists_all else 2]
    period = ("--start", "2026-10-01", "--end", "2026-10-05")
    result = run(*FOCUS, *period, *PRICED, transport=TeamApi(found, listed))
    asked = [one.millionths for one in found if one.day <= "2026-10-05"]
    total = Decimal(sum(asked)) / 10**6
    rows = read_rows(result.stdout)
    assert result.code == 0
    assert add_up(rows) == [total, total, total * Decimal("0.0095")]
    for row in rows:
        assert row["SubAccountId"] in ("", *listed)
        assert (row["SubAccountName"] == "") == (row["SubAccountId"] == "")
    days = [row["ChargePeriodStart"] for row in rows]
    assert days == sorted(days)


NEVER_NULL = (
    *("BillingAccountId", "BillingAccountName", "ChargeDescription", "SkuId", "SkuPriceId"),
    *("SkuMeter", "PricingQuantity", "PricingUnit", "PricingCategory", "ConsumedQuantity"),
    *("ConsumedUnit", "PricingCurrency", *MONEY, "x_PriceSource", "x_Provisional"),
)
FIXED = {
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargeFrequency": "Usage-Based",
    "ServiceName": "Scenario",
    "ServiceCategory": "AI and Machine Learning",
    "ServiceSubcategory": "Generative AI",
    "PricingCategory": "Standard",
    "PricingCurrency": "Compute Units",
    "PricingUnit": "Compute Units",
    "PricingCurrencyListUnitPrice": "1.0",
    "PricingCurrencyContractedUnitPrice": "1.0",
    "BilledCost": "0.0",
    "InvoiceId": "",
    "CommitmentDiscountStatus": "",
}


def test_each_row_keeps_what_no_validator_looks_at() -> None:
    """Of days with refunds, and with usage of a project that is not listed."""
    found = [Charge(f"project_{one % 5}", "user_0", None, 10**6 * one + 1) for one in range(-3, 9)]
    found += [Charge("project_4", "user_1", "model_0", 5, "2026-10-01")]
    texts = (
        run(*FOCUS, "--demo", "--start", "2026-10-01", "--end", "2026-10-03", *PRICED).stdout,
        run(*FOCUS, "--period", "2026-10", *PRICED, transport=TeamApi(found, prices=200)).stdout,
    )
    for text in texts:
        rows = read_rows(text)
        assert {row["SkuMeter"] for row in rows} > {"Operations"}
        for row in rows:
            assert {key for key in NEVER_NULL if not row[key]} == set()
            assert {key: row[key] for key in FIXED} == FIXED
            numbers = [row[key] for key in row if re.search("Cost$|Price$|Quantity$", key)]
            assert all(re.fullmatch(r"-?[0-9]+\.[0-9]+", number) for number in numbers)
            instants = [row[key] for key in row if re.search("Period(Start|End)$", key)]
            assert all(re.fullmatch(r"2026-1\d-\d\dT00:00:00Z", instant) for instant in instants)
            assert (row["SubAccountId"] == "") == (row["SubAccountName"] == "")
            assert row["SkuId"] == row["SkuPriceId"]
            quantity, charged = (Decimal(row[key]) for key in SUM[:2])
            listed, agreed = (Decimal(row[f"{key}UnitPrice"]) for key in ("List", "Contracted"))
            costs = [Decimal(row[f"{key}Cost"]) for key in ("List", "Contracted", "Effective")]
            assert costs == [listed * quantity, agreed * quantity, agreed * charged]
            assert min(listed, agreed) > 0
        meters = {(row["SkuId"], row["SkuMeter"]) for row in rows}
        assert len(meters) == len({sku for sku, _ in meters})


def test_a_file_in_full() -> None:
    """Numbers have a point, names are guarded against formulas, and nothing is an empty cell."""
    found = usages(
        consumption=[charge("user_a", 24, 6)],
        models=[model("model_a", jobs=3, cost=28, discount=6)],
        actions=[action("refunds", cost=-4, discount=0)],
        model_names={"model_a": "=cmd|' /C calc'!A0"},
    )
    result = run(
        *(*FOCUS, "--project", "project_a", "--start", "2026-10-31", "--end", "2026-10-31"),
        *PRICED,
        transport=TeamApi(usages=found, prices=200),
    )
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == (
        "BillingAccountId,BillingAccountName,BillingPeriodStart,BillingPeriodEnd,"
        "ChargePeriodStart,ChargePeriodEnd,SubAccountId,SubAccountName,ChargeCategory,ChargeClass,"
        "ChargeFrequency,ChargeDescription,ProviderName,PublisherName,InvoiceIssuerName,"
        "ServiceName,ServiceCategory,ServiceSubcategory,SkuId,SkuPriceId,SkuMeter,SkuPriceDetails,"
        "PricingCategory,PricingCurrency,PricingUnit,PricingCurrencyListUnitPrice,"
        "PricingCurrencyContractedUnitPrice,PricingQuantity,PricingCurrencyEffectiveCost,"
        "ConsumedQuantity,ConsumedUnit,BillingCurrency,ListUnitPrice,ContractedUnitPrice,ListCost,"
        "ContractedCost,EffectiveCost,BilledCost,InvoiceId,CommitmentDiscountStatus,x_ModelName,"
        "x_PriceSource,x_Provisional\n"
        "team_a,Studio,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-31T00:00:00Z,"
        "2026-11-01T00:00:00Z,project_a,project_a,Usage,,Usage-Based,"
        "Generation with =cmd|' /C calc'!A0,Scenario,Scenario,Scenario,Scenario,"
        "AI and Machine Learning,Generative AI,model_a,model_a,Generation Jobs,,Standard,"
        "Compute Units,Compute Units,1.0,1.0,34.0,28.0,3.0,Jobs,EUR,0.02,0.0095,0.68,0.323,0.266,"
        "0.0,,,'=cmd|' /C calc'!A0,contract+list,false\n"
        "team_a,Studio,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-31T00:00:00Z,"
        "2026-11-01T00:00:00Z,project_a,project_a,Usage,,Usage-Based,Refunds,Scenario,Scenario,"
        "Scenario,Scenario,AI and Machine Learning,Generative AI,operation:refunds,"
        "operation:refunds,Refunds,,Standard,Compute Units,Compute Units,1.0,1.0,-4.0,-4.0,-1.0,"
        "Operations,EUR,0.02,0.0095,-0.08,-0.038,-0.038,0.0,,,,contract+list,false\n"
    )


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4"])
def test_a_period_without_usage_has_a_header(version: str) -> None:
    """With a price and without one."""
    asked = (*FOCUS, "--period", "2026-10", "--focus-version", version)
    empty, priced = (
        run(*asked, *price, transport=TeamApi(usages=usages())) for price in ((), PRICED)
    )
    assert (empty.code, priced.code, empty.stdout) == (0, 0, priced.stdout)
    assert empty.stdout.count("\n") == 1
    assert (empty.stderr, priced.stderr) == (NOT_CONFORMANT, "")
    assert ("ServiceProviderName" in empty.stdout, "PublisherName" in empty.stdout) == {
        "1.2": (False, True),
        "1.3": (True, True),
        "1.4": (True, False),
    }[version]


def test_without_a_price_only_money_is_missing() -> None:
    """stderr says that the file does not conform."""
    period = ("--demo", "--period", "2026-11-02")
    plain, priced = (run(*FOCUS, *period, *price) for price in ((), PRICED))
    assert (plain.code, plain.stderr) == (0, NOT_CONFORMANT)
    rows = read_rows(plain.stdout)
    assert {row[key] for row in rows for key in (*MONEY, "x_PriceSource")} == {""}
    for row, other in zip(rows, read_rows(priced.stdout), strict=True):
        assert {key for key in row if row[key] != other[key]} == {*MONEY, "x_PriceSource"}


def test_days_before_the_first_price_are_told(tmp_path: Path) -> None:
    """Each day has its own price."""
    config = tmp_path / "config.toml"
    config.write_text(
        'default_profile = "a"\n[profiles.a]\ncurrency = "USD"\n'
        'cu_price = [{from = "2026-11-03", price = "0.01"}, {from = "2026-11-04", price = "0.02"}]'
    )
    result = run(
        *(*FOCUS, "--demo", "--start", "2026-11-02", "--end", "2026-11-04"),
        environ=CREDENTIALS | {"SCENARIO_USAGE_CONFIG": str(config)},
    )
    assert result.stderr == (
        "warning: this does not conform to FOCUS: there is no price of a CU for 1 day, from "
        "2026-11-02 to 2026-11-02, and their columns of money are empty\n"
    )
    assert {
        (row["ChargePeriodStart"][:10], row["ContractedUnitPrice"])
        for row in read_rows(result.stdout)
    } == {("2026-11-02", ""), ("2026-11-03", "0.01"), ("2026-11-04", "0.02")}


def test_the_list_price_is_both_prices() -> None:
    """It is asked for, and told as the source."""
    found = usages(consumption=[charge("user_a", 10)])
    asked = (*FOCUS, "--period", "2026-11-02", "--cu-price", "list", "-p", "project_a")
    result = run(*asked, transport=TeamApi(usages=found, prices=200))
    (row,) = read_rows(result.stdout)
    assert [row[key] for key in ("ListUnitPrice", "ContractedUnitPrice", "x_PriceSource")] == [
        *("0.02", "0.02", "list")
    ]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_price_list_that_cannot_be_read_shows_no_saving(status: int) -> None:
    """Only an error that is none of rights is told."""
    found = usages(consumption=[charge("user_a", 10)])
    asked = (*FOCUS, "--period", "2026-11-02", *PRICED, "-p", "project_a", "--retries", "0")
    result = run(*asked, transport=TeamApi(usages=found, prices=status))
    (row,) = read_rows(result.stdout)
    assert (row["ListUnitPrice"], row["x_PriceSource"]) == ("0.0095", "contract")
    assert ("the list price is unknown" in result.stderr) == (status == 500)


def test_days_that_are_not_settled_are_told() -> None:
    """Those that ended less than three days ago, and the running one."""
    result = run(*FOCUS, "--demo", "--last", "5d", *PRICED)
    assert result.stderr == (
        "note: 4 days may still change, from 2026-11-19 to 2026-11-22: x_Provisional is true\n"
    )
    provisional = {
        row["ChargePeriodStart"][:10]: row["x_Provisional"] for row in read_rows(result.stdout)
    }
    assert provisional == {
        "2026-11-18": "false",
        **{f"2026-11-{day}": "true" for day in (19, 20, 21, 22)},
    }


def test_many_queries_are_told_before() -> None:
    """As everywhere, where it takes more than 200."""
    asked = (
        *FOCUS,
        "--start",
        "2026-08-01",
        "--end",
        "2026-11-09",
        *PRICED,
        "-p",
        "project_0,project_1",
    )
    result = run(*asked, transport=TeamApi(usages=usages()))
    assert result.stderr == "note: 303 queries are needed; --jobs N makes N at a time\n"


def test_odd_names_survive() -> None:
    """Of any script and length, with commas, quotes, and line ends."""
    names = ["海賊", "x" * 10_000, 'a,"b"\nc', "[bold]", "+1"]
    found = usages(
        consumption=[charge("user_a", 5)],
        models=[model(f"model_{n}", jobs=1, cost=1, discount=0) for n in range(5)],
        model_names={f"model_{n}": name for n, name in enumerate(names)},
    )
    asked = (*FOCUS, "--period", "2026-11-02", *PRICED, "-p", "project_a")
    result = run(*asked, transport=TeamApi(usages=found))
    assert [row["x_ModelName"] for row in read_rows(result.stdout)] == names


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("--by", "project"), "--format focus and --by contradict each other"),
        (("--model", "Lumen*"), "--format focus and --model contradict each other"),
        (("--section", "models"), "--format focus and --section contradict each other"),
        (("--sort", "jobs"), "--format focus and --sort contradict each other"),
        (("--keep-going",), "--format focus and --keep-going contradict each other"),
        (("--save-raw", "raw.json"), "--format focus and --save-raw contradict each other"),
        (("--from", "raw.json"), "--format focus and --from contradict each other"),
        (("--cost-centres", "a.toml"), "--format focus and --cost-centres contradict each other"),
        (("--last", "24h"), "--last 24h is not a whole day"),
        (("--start", "2026-11-01T06:00"), "--start 2026-11-01T06:00 is not a whole day"),
        (("--tz", "Asia/Tokyo"), "--tz Asia/Tokyo: rows of FOCUS are of days in UTC"),
        (("--focus-version", "1.1"), "--focus-version '1.1' is not known"),
        (("--csv",), "--csv and --format ask for different formats"),
    ],
)
def test_what_is_refused(argv: tuple[str, ...], error: str) -> None:
    """Before anything is asked."""
    result = run(*FOCUS, *argv)
    assert (result.code, result.stdout, result.error) == (2, "", f"error: {error}")


def test_a_version_without_the_format_is_refused() -> None:
    """It would mean nothing."""
    result = run("report", "--demo", "--focus-version", "1.4")
    assert (result.code, result.stdout) == (2, "")
    assert result.error == "error: --focus-version needs --format focus"


def test_several_teams_are_refused() -> None:
    """A row has one billing account."""

    class Teams(TeamApi):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/teams"):
                return answer({"teams": [{"id": f"team_{one}", "name": one} for one in "ab"]})
            return super().handle_request(request)

    result = run(*FOCUS, "--period", "2026-11-02", transport=Teams(usages=usages()))
    assert (result.code, result.stdout) == (2, "")
    assert "--team" in result.stderr


def test_the_time_of_day_changes_no_period() -> None:
    """The running day ends where every day does."""
    now = datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC)
    found = usages(consumption=[charge("user_a", 10)])
    asked = (*FOCUS, "--period", "today", *PRICED, "-p", "project_a")
    for moment in (now, NOW):
        result = run(*asked, transport=TeamApi(usages=found), now=moment)
        (row,) = read_rows(result.stdout)
        assert row["ChargePeriodEnd"] == "2026-11-23T00:00:00Z"


def test_a_file_called_parquet_has_the_same_rows_with_types(tmp_path: Path) -> None:
    """Numbers are decimals, instants are UTC, and names are as the API has them."""
    names = {"model_a": "=1+1", "model_b": "海賊"}
    found = usages(
        consumption=[charge("user_a", 4.500001, 1.5)],
        models=[model(one, jobs=1, cost=2, discount=0.75) for one in names],
        model_names=names,
    )
    asked = (*FOCUS, "--period", "2026-11-01", *PRICED, "-p", "project_a")
    file = tmp_path / "usage.PARQUET"
    result = run(*asked, "--output", str(file), transport=TeamApi(usages=found))
    assert (result.code, result.stdout, result.stderr) == (0, "", "")
    table = pyarrow.parquet.read_table(file)
    text = run(*asked, transport=TeamApi(usages=found)).stdout
    assert text.splitlines()[0].split(",") == table.column_names
    types = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert {types[key] for key in types if "Cost" in key or "Quantity" in key} == {
        *("decimal128(18, 6)", "decimal128(36, 14)")
    }
    assert (types["ChargePeriodStart"], types["SkuId"]) == ("timestamp[ms, tz=UTC]", "string")
    rows = table.to_pylist()
    assert [row["x_ModelName"] for row in rows] == [*names.values(), None]
    assert [row["ConsumedQuantity"] for row in rows] == [1, 1, Decimal("0.500001")]
    for row, read in zip(rows, read_rows(text), strict=True):
        for key in SUM:
            assert row[key] == Decimal(read[key])


def test_a_file_called_parquet_needs_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is said before anything is asked."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run(*FOCUS, "--output", str(tmp_path / "usage.parquet"))
    assert (result.code, result.stdout, list(tmp_path.iterdir())) == (3, "", [])
    assert "parquet" in result.error
