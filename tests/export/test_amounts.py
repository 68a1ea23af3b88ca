"""`export` with a price of a CU: what each row costs in money, by the price of its day."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from scenario_usage_cli.export.layout import CHARGED, TABLES
from scenario_usage_cli.report.daily import list_columns
from tests.export.support import (
    DAY,
    ENVIRON,
    HEADERS,
    ONE_DAY,
    TWO_DAYS,
    Studio,
    assert_refused,
    export,
    export_well,
    part,
    read_everything,
    read_manifest,
    read_tree,
    rows_of,
    summary,
    warnings_of,
)
from tests.support import Result, run

PRICE = ("--cu-price", "0.0095", "--currency", "EUR")
OTHER = ("--cu-price", "0.02", "--currency", "EUR")
ALL = ("--datasets", ",".join(TABLES))


def with_profile(folder: Path, *argv: str, profile: str) -> Result:
    """A run with this profile, on the studio."""
    config = folder / "config.toml"
    config.write_text(f'default_profile = "a"\n[profiles.a]\n{profile}\n')
    environ = {**ENVIRON, "SCENARIO_USAGE_CONFIG": str(config)}
    command = ("export", str(folder / "ds"), "--jobs", "1", *argv)
    return run(*command, environ=environ, transport=Studio())


def check_amounts(path: Path, price: str) -> int:
    """Each cost has its exact amount; returns how many there are."""
    rows = rows_of(path)
    for row in rows:
        cost, amount = row["cost"], row["amount"]
        assert (cost == "") == (amount == "")
        assert Decimal(amount or 0) == Decimal(cost or 0) * Decimal(price)
        assert row["currency"] == "EUR"
    return len(rows)


def test_tables_that_have_cu_get_two_columns_at_their_end(tmp_path: Path) -> None:
    """Also behind the cost centre; the others stay as they are."""
    centres = tmp_path / "centres.toml"
    centres.write_text('Films = ["Marketing*"]\n')
    export_well(tmp_path / "a", *ONE_DAY, *ALL, *PRICE)
    more = ("--by-project", "--cost-centres", str(centres))
    export_well(tmp_path / "b", *ONE_DAY, *ALL, *PRICE, *more)

    for table in TABLES:
        end = ",amount,currency" if table in CHARGED else ""
        head = part(tmp_path / "a", table).read_text().splitlines()[0]
        assert head == HEADERS[table] + end
        head = part(tmp_path / "b", table).read_text().splitlines()[0]
        assert head.endswith(f",cost_centre{end}")
    assert all(check_amounts(part(tmp_path / "a", table), "0.0095") for table in CHARGED)
    for folder in ("a", "b"):
        assert export_well(tmp_path / folder, "--verify").code == 0


def test_the_tables_that_have_cu_are_those_that_have_a_cost() -> None:
    """What the layout says is what the tables are declared with."""
    assert (
        tuple(
            table
            for table in TABLES
            if len(list_columns(table, by_project=False, has_amounts=True))
            > len(list_columns(table, by_project=False))
        )
        == CHARGED
    )


def test_without_a_price_nothing_changes(tmp_path: Path) -> None:
    """Not a byte of a partition, nor a key of the manifest."""
    export_well(tmp_path / "ds", *ONE_DAY)

    assert "prices" not in read_manifest(tmp_path / "ds")
    for path, body in read_tree(tmp_path / "ds").items():
        assert body.decode().splitlines()[0] == HEADERS[path.partition("/")[0]]


def test_each_day_has_its_price(tmp_path: Path) -> None:
    """A day before the first price has no amounts, but the columns."""
    prices = '[{from = "2026-10-05", price = "0.01"}, {from = "2026-10-06", price = "0.02"}]'
    profile = f'currency = "EUR"\ncu_price = {prices}'
    days = ("--since", "2026-10-04", "--until", "2026-10-06")
    done = with_profile(tmp_path, *days, profile=profile)

    assert (done.code, done.stderr) == (0, "")
    assert check_amounts(part(tmp_path / "ds", "models", "2026-10-05"), "0.01")
    assert check_amounts(part(tmp_path / "ds", "models", "2026-10-06"), "0.02")
    before = rows_of(part(tmp_path / "ds", "models", "2026-10-04"))
    assert {row["amount"] for row in before} == {""}


def test_parquet_has_decimals(tmp_path: Path) -> None:
    """Of 14 digits after the point, so that no amount is rounded."""
    export_well(tmp_path, *ONE_DAY, *PRICE, "--format", "parquet")

    table = pq.read_table(part(tmp_path).with_suffix(".parquet"), partitioning=None)
    assert [str(field.type) for field in table.schema][-2:] == ["decimal128(36, 14)", "string"]
    rows: list[dict[str, Any]] = table.to_pylist()
    assert rows
    assert [row["amount"] for row in rows] == [row["cost"] * Decimal("0.0095") for row in rows]
    assert export_well(tmp_path, "--verify").code == 0


def test_a_dataset_without_amounts_goes_on_without(tmp_path: Path) -> None:
    """A warning says so in each run."""
    export_well(tmp_path, *ONE_DAY)
    done = export_well(tmp_path, *TWO_DAYS, *PRICE)

    assert warnings_of(done) == [
        "it was begun without a price and has no columns for amounts; "
        "an export into another DIR has them"
    ]
    head = part(tmp_path, day="2026-10-06").read_text().splitlines()[0]
    assert head == HEADERS["models"]


def test_a_dataset_with_amounts_needs_a_price(tmp_path: Path) -> None:
    """Also where there is nothing to fetch; --verify needs none."""
    export_well(tmp_path, *ONE_DAY, *PRICE)
    before = read_everything(tmp_path)

    assert_refused(export(tmp_path, *TWO_DAYS), 2, "was exported with amounts, and not without")
    assert read_everything(tmp_path) == before
    assert export(tmp_path, "--verify").code == 0


def test_days_keep_the_amounts_that_they_had_until_repair(tmp_path: Path) -> None:
    """The first run with other prices says so; tables without CU are not fetched again."""
    export_well(tmp_path, *ONE_DAY, *PRICE)
    kept = part(tmp_path).read_bytes()
    changed = export_well(tmp_path, *TWO_DAYS, *OTHER)
    again = export_well(tmp_path, "--since", DAY, "--until", "2026-10-07", *OTHER)

    assert [line.partition(":")[0] for line in warnings_of(changed)] == ["prices have changed"]
    assert warnings_of(again) == []
    assert part(tmp_path).read_bytes() == kept
    assert check_amounts(part(tmp_path, day="2026-10-06"), "0.02")
    days = ("--since", DAY, "--until", "2026-10-07", "--json")
    repaired = export_well(tmp_path, *days, *OTHER, "--repair")
    assert summary(repaired) == (3, 9)
    assert check_amounts(part(tmp_path), "0.02")
    assert read_manifest(tmp_path)["prices"] == [
        {"currency": "EUR", "prices": [{"from": None, "price": "0.02"}]}
    ]
    assert summary(export_well(tmp_path, *days, *OTHER, "--repair")) == (0, 0)


def test_a_price_that_is_written_in_another_way_is_the_same(tmp_path: Path) -> None:
    """It has not changed, and nothing is fetched again."""
    small = ("--currency", "EUR", "--cu-price")
    export_well(tmp_path, *ONE_DAY, *small, "0.00000010")
    same = export_well(tmp_path, *ONE_DAY, *small, "0.0000001", "--repair", "--json")

    assert (summary(same), warnings_of(same)) == ((0, 0), [])
    assert read_manifest(tmp_path)["prices"][0]["prices"] == [{"from": None, "price": "0.0000001"}]


def test_each_run_tells_of_amounts_in_several_currencies(tmp_path: Path) -> None:
    """Until all of them are made again; a sum of the column would be of nothing."""
    dollars = ("--cu-price", "0.02", "--currency", "USD")
    export_well(tmp_path, *ONE_DAY, *PRICE)
    changed = export_well(tmp_path, *TWO_DAYS, *dollars)
    again = export_well(tmp_path, *TWO_DAYS, *dollars)
    repaired = export_well(tmp_path, *TWO_DAYS, *dollars, "--repair")

    mixed = (
        "there are amounts in EUR and in USD, which do not add up: look at the column currency; "
        "--repair over all days makes them USD"
    )
    assert mixed in warnings_of(changed)
    assert warnings_of(again) == [mixed]
    assert warnings_of(repaired) == []
    assert {row["currency"] for row in rows_of(part(tmp_path))} == {"USD"}


def test_a_repair_of_some_days_leaves_the_others_to_the_next(tmp_path: Path) -> None:
    """Nothing is forgotten of the prices by which amounts are still there."""
    export_well(tmp_path, *TWO_DAYS, *PRICE)
    export_well(tmp_path, *ONE_DAY, *OTHER, "--repair")

    assert len(read_manifest(tmp_path)["prices"]) == 2
    assert check_amounts(part(tmp_path), "0.02")
    assert check_amounts(part(tmp_path, day="2026-10-06"), "0.0095")
    export_well(tmp_path, *TWO_DAYS, *OTHER, "--repair")
    assert check_amounts(part(tmp_path, day="2026-10-06"), "0.02")


def test_a_lost_manifest_is_rebuilt_with_its_columns(tmp_path: Path) -> None:
    """Also behind cost centres, which are the last column otherwise."""
    centres = tmp_path / "centres.toml"
    centres.write_text('Films = ["Marketing*"]\n')
    more = ("--by-project", "--cost-centres", str(centres))
    for folder, argv in ((tmp_path / "a", PRICE), (tmp_path / "b", (*PRICE, *more))):
        export_well(folder, *ONE_DAY, *ALL, *argv)
        before = read_tree(folder)
        (folder / "_manifest.json").unlink()
        export_well(folder, *ONE_DAY, *ALL, *argv)

        assert read_tree(folder) == before
        assert len(read_manifest(folder)["prices"]) == 1
        assert read_manifest(folder)["by_project"] == (argv is not PRICE)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--cu-price", "list"), "an export takes no list price"),
        (("--cu-price", "-1", "--currency", "EUR"), "'-1' is not a price of one CU"),
        (("--cu-price", "1"), "is a price in no currency"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, argv: tuple[str, ...], message: str
) -> None:
    """Before anything is written."""
    assert_refused(export(tmp_path / "ds", *argv), 2, message)
    assert not (tmp_path / "ds").exists()


def test_the_list_price_of_a_profile_is_for_other_commands(tmp_path: Path) -> None:
    """The dataset has no amounts."""
    done = with_profile(tmp_path, *ONE_DAY, profile='cu_price = "list"')

    assert (done.code, done.stderr) == (0, "")
    assert part(tmp_path / "ds").read_text().splitlines()[0] == HEADERS["models"]
