"""export --pseudonyms: a dataset of aliases stays one, and tells nobody, its manifest included."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from scenario_usage_cli.sandbox.studio import PEOPLE
from tests.cast import find_telling
from tests.export.support import seal_manifest
from tests.support import Result, run

CENTRES = f"""
[cost_centres]
"Art" = {{ users = ["{PEOPLE[0].email}", "{PEOPLE[1].name}", "{PEOPLE[2].id}"] }}
"Rest" = {{ users = ["*@kumo.example, but nobody"] }}
"""
OPTIONS = ("--by-project", "--datasets", "models,consumption,activity", "--since", "2026-11-17")


def export(target: Path, *argv: str) -> Result:
    """An export of a few days of the studio."""
    return run("export", str(target), "--demo", *OPTIONS, *argv)


def read_rows(target: Path, table: str) -> Iterator[dict[str, str]]:
    """The rows of all days of a table."""
    for path in sorted((target / table).rglob("part.csv")):
        with path.open(newline="") as file:
            yield from csv.DictReader(file)


def add_up(target: Path, *keys: str) -> Counter[tuple[str, ...]]:
    """The cost by some columns of the rows of people."""
    sums: Counter[tuple[str, ...]] = Counter()
    for table in ("consumption", "activity"):
        for row in read_rows(target, table):
            sums[table, *(row[key] for key in keys)] += Decimal(row["cost"] or 0)  # type: ignore[assignment]
    return sums


@pytest.fixture(scope="module")
def centres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of cost centres that names people."""
    path = tmp_path_factory.mktemp("centres") / "centres.toml"
    path.write_text(CENTRES)
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, centres: Path) -> Path:
    """A dataset of people."""
    target = tmp_path_factory.mktemp("plain")
    assert export(target, "--cost-centres", str(centres)).code == 0
    return target


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory, centres: Path) -> Path:
    """The same of aliases."""
    target = tmp_path_factory.mktemp("hidden")
    result = export(target, "--cost-centres", str(centres), "--pseudonyms")
    assert (result.code, find_telling(result.stdout + result.stderr)) == (0, set())
    return target


def test_nobody_is_in_a_dataset(plain: Path, hidden: Path) -> None:
    """Neither in a partition nor in the manifest, which keeps what cost centres are."""
    texts = {
        target: "\n".join(path.read_text() for path in target.rglob("*") if path.is_file())
        for target in (plain, hidden)
    }

    assert find_telling(texts[hidden]) == set()
    assert len(find_telling(texts[plain])) > 20


def test_no_figure_of_a_dataset_changes(plain: Path, hidden: Path) -> None:
    """Projects and cost centres have the same, and there are as many people."""
    assert add_up(hidden, "project_id", "cost_centre") == add_up(plain, "project_id", "cost_centre")
    assert sorted(add_up(hidden, "user_id").values()) == sorted(add_up(plain, "user_id").values())
    assert ("consumption", "Art") in add_up(hidden, "cost_centre")


def test_the_dataset_has_the_aliases_of_reports(hidden: Path) -> None:
    """The same person has one alias everywhere."""
    report = run("report", "--demo", "--pseudonyms", "--last", "7d", "--json").json

    names = {row["user_id"]: row["name"] for row in report["consumption"]}
    rows = list(read_rows(hidden, "consumption"))
    assert {row["user_id"]: row["name"] for row in rows}.items() <= names.items()


def test_a_dataset_stays_as_it_was_begun(plain: Path, hidden: Path, centres: Path) -> None:
    """With aliases or without them; and a run with the same options has nothing to do."""
    options = ("--cost-centres", str(centres))

    again = export(hidden, *options, "--pseudonyms")
    without = export(hidden, *options)
    late = export(plain, *options, "--pseudonyms")
    verified = run("export", str(hidden), "--verify")

    assert (again.code, verified.code) == (0, 0)
    assert (without.code, without.stdout) == (2, "")
    assert "was exported with --pseudonyms, and not without it" in without.error
    assert (late.code, late.stdout) == (2, "")
    assert "was exported without --pseudonyms, and not with it" in late.error


def test_filters_of_a_dataset_are_hidden(tmp_path: Path) -> None:
    """They are compared as before, and nobody can read them."""
    options = ("--pseudonyms", "--user", str(PEOPLE[4].email))

    first = export(tmp_path, *options)
    again = export(tmp_path, *options)
    other = export(tmp_path, "--pseudonyms", "--user", str(PEOPLE[5].email))
    queries = export(tmp_path / "new", *options, "--dry-run")

    assert (first.code, again.code, other.code, queries.code) == (0, 0, 2, 0)
    said = [result.stdout + result.stderr for result in (first, again, other, queries)]
    assert find_telling("\n".join([*said, (tmp_path / "_manifest.json").read_text()])) == set()
    assert "userIds=person_" in queries.stdout


def test_a_lost_manifest_turns_no_alias_into_a_name(tmp_path: Path) -> None:
    """The rows tell that they are of aliases."""
    assert export(tmp_path, "--pseudonyms").code == 0
    (tmp_path / "_manifest.json").unlink()

    without = export(tmp_path)
    again = export(tmp_path, "--pseudonyms")

    assert (without.code, without.stdout, again.code) == (2, "", 0)
    assert "was exported with --pseudonyms, and not without it" in without.error
    assert export(tmp_path, "--pseudonyms").stderr == ""


def test_another_secret_is_refused(tmp_path: Path) -> None:
    """The same person would have two aliases."""
    target = tmp_path / "dataset"
    assert export(target, "--pseudonyms").code == 0
    manifest = target / "_manifest.json"
    document = json.loads(manifest.read_text()) | {"pseudonyms": "1234567890123456"}
    manifest.write_bytes(seal_manifest(document))

    result = export(target, "--pseudonyms")

    assert (result.code, result.stdout) == (2, "")
    assert "was exported with another pseudonym_secret" in result.error
