"""Budgets: what their entries in the config file may say."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scenario_usage_cli.budgets import Amount, Budget, parse_budgets
from scenario_usage_cli.errors import ConfigurationError
from tests.cases import each
from tests.readme import TEXT, find_blocks
from tests.support import CREDENTIALS, Result, run

START = '[[budgets]]\nname = "Films"\n'
WHOLE = START + 'amount = 5000\nperiod = "month"\n'


def parse(toml: str) -> tuple[Budget, ...]:
    """The budgets of a file."""
    return parse_budgets(tomllib.loads(toml)["budgets"], "f.toml", lambda amount: amount.value)


def of_cu(name: str, amount: str, period: str, **of: Any) -> Budget:
    """A budget in CU."""
    return Budget(name, Amount(Decimal(amount)), Decimal(amount), period, **of)


def test_budgets_are_of_projects_users_a_cost_centre_or_all() -> None:
    """In the order of the file; spaces around texts do not count."""
    others = (
        '[[budgets]]\nname = "Hero"\namount = 0.5\nperiod = "quarter"\n'
        'projects = [" Hero ", "M*"]\n'
        '[[budgets]]\nname = "Ann"\namount = "7.25 CU"\nperiod = "year"\n'
        'users = ["ann@x.example"]\n'
        '[[budgets]]\nname = "Games"\namount = "500 EUR"\nperiod = "billing"\ncost_centre = "G"\n'
    )

    assert parse(WHOLE + others) == (
        of_cu("Films", "5000", "month"),
        of_cu("Hero", "0.5", "quarter", projects=("Hero", "M*")),
        of_cu("Ann", "7.25", "year", users=("ann@x.example",)),
        Budget("Games", Amount(Decimal(500), "EUR"), Decimal(500), "billing", cost_centre="G"),
    )


@pytest.mark.parametrize(
    ("text", "amount", "shown"),
    [
        ("5000", Amount(Decimal(5000)), "5,000 CU"),
        ('"5000"', Amount(Decimal(5000)), "5,000 CU"),
        ('"0.000001 cu"', Amount(Decimal("0.000001")), "0.000001 CU"),
        ("1234.5", Amount(Decimal("1234.5")), "1,234.5 CU"),
        ('" 500EUR "', Amount(Decimal(500), "EUR"), "500 EUR"),
        ('"500.50 eur"', Amount(Decimal("500.50"), "EUR"), "500.5 EUR"),
    ],
)
def test_an_amount_is_cu_or_money(text: str, amount: Amount, shown: str) -> None:
    """A number, or a text with a unit."""
    (budget,) = parse(f'{START}period = "month"\namount = {text}\n')

    assert (budget.amount, str(budget.amount)) == (amount, shown)


BAD = [
    ("budgets = 3", "budgets", "must be entries"),
    ("budgets = [3]", "budgets", "must be entries"),
    ("[budgets.Films]\namount = 3", "budgets", "must be entries"),
    ("[[budgets]]\namount = 3", "budgets[1].name", "is missing"),
    ('[[budgets]]\nname = " "', "budgets[1].name", "it must be a text"),
    ("[[budgets]]\nname = 3", "budgets[1].name", "it must be a text"),
    (START + 'period = "month"', 'budgets."Films".amount', "is missing"),
    (START + "amount = 3", 'budgets."Films".period', "is missing"),
    (
        START + 'amount = 3\nperiod = "week"',
        'budgets."Films".period',
        "is 'week': it must be one of month",
    ),
    (START + "amount = 3\nperiod = 3", 'budgets."Films".period', "it must be one of month"),
    (START + "amount = 3\nperiod = []", 'budgets."Films".period', "it must be one of month"),
    *(
        (f'{START}period = "month"\namount = {amount}', 'budgets."Films".amount', problem)
        for amount, problem in [
            ("0", "above 0"),
            ("-5", "is -5: it must be above 0"),
            ("0.0", "above 0"),
            ('"0 EUR"', "above 0"),
            ("nan", "is nan: it must be above 0"),
            ("inf", "above 0"),
            ("1e15", "below 10^15"),
            ("1e-7", "more than 6 decimals"),
            ("true", "it must be a number"),
            ("[5]", "it must be a number"),
            ("2026-01-01", "is 2026-01-01: it must be a number"),
            ('""', "it must be a number"),
            ('"EUR 500"', "it must be a number"),
            ('"500 €"', "it must be a number"),
            ('"1,000 EUR"', "it must be a number"),
            ('"-5 EUR"', "it must be a number"),
            ('"500 EURO"', "it must be a number"),
            ('"80%"', "it must be a number"),
            ('"٣ EUR"', "it must be a number"),
            ('"500 eu"', "is in EU, which is neither"),
        ]
    ),
    (WHOLE + "projects = []", 'budgets."Films".projects', "at least one"),
    (WHOLE + 'projects = "Hero"', 'budgets."Films".projects', "list of texts"),
    (WHOLE + 'users = ["a", " "]', 'budgets."Films".users', "nothing empty"),
    (WHOLE + "users = [3]", 'budgets."Films".users', "list of texts"),
    (WHOLE + 'cost_centre = ["G"]', 'budgets."Films".cost_centre', "must be the name"),
    (WHOLE + 'cost_centre = ""', 'budgets."Films".cost_centre', "must be the name"),
    (WHOLE + 'cost_center = "G"', 'budgets."Films".cost_center', "is not known"),
    (WHOLE + 'projects = ["a"]\nusers = ["b"]', 'budgets."Films".users', "beside projects"),
    (WHOLE + WHOLE.replace("Films", "FILMS"), 'budgets."FILMS"', "of another budget, 'Films'"),
]


@each(("toml", "key", "problem"), BAD)
def test_a_bad_budget_is_refused_by_key_and_file(toml: str, key: str, problem: str) -> None:
    """With what is wrong there, and what to write."""
    with pytest.raises(ConfigurationError) as caught:
        parse(toml)

    assert caught.value.message.startswith(f"{key} in the config file f.toml ")
    assert problem in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("toml", "passes", "found"),
    [
        (WHOLE, True, "Films"),
        ("budgets = []", True, "none, fine"),
        (WHOLE + 'cost_centre = "games"\n[cost_centres]\n"Games" = ["Hero"]', True, "Films"),
        (WHOLE + 'cost_centre = "Games"', False, "is 'Games', which is not in [cost_centres]"),
        (
            WHOLE + 'cost_centre = "Games"\n[cost_centres]\n"Films" = ["Hero"]',
            False,
            "is 'Games', which is not in [cost_centres]",
        ),
        (START, False, 'budgets."Films".amount'),
        (
            START + 'amount = "5 EUR"\nperiod = "month"',
            False,
            "is in EUR, and no price of a CU is known",
        ),
    ],
)
def test_doctor_checks_budgets(toml: str, passes: bool, found: str, tmp_path: Path) -> None:
    """Their names, or what is wrong with exit code 3."""
    check = next(row for row in doctor(toml, tmp_path).json["checks"] if row["check"] == "budgets")

    assert check["passed"] is passes
    assert found in check["found"]
    assert doctor(toml, tmp_path).code == (0 if passes else 3)


def test_a_config_file_without_budgets_has_no_check_of_them(tmp_path: Path) -> None:
    """Nor a warning about an unknown key where it has some."""
    checks: Any = doctor("", tmp_path).json["checks"]
    assert "budgets" not in [row["check"] for row in checks]
    assert doctor(WHOLE, tmp_path).json["warnings"] == []


def doctor(toml: str, folder: Path) -> Result:
    """What `doctor --demo` says of a config file."""
    path = folder / "config.toml"
    path.write_text(toml, encoding="utf-8")
    environ = {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(path)}
    return run("doctor", "--demo", "--json", environ=environ)


def test_the_budgets_of_the_help_work(tmp_path: Path) -> None:
    """Each has a row in the built-in studio, and has used something."""
    (example,) = (text for text in find_blocks("toml", TEXT) if "[[budgets]]" in text)
    path = tmp_path / "config.toml"
    path.write_text(example.replace('"ann@studio.example", ', ""), encoding="utf-8")

    result = run(
        "quota", "--demo", "--json", environ={**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(path)}
    )

    rows = [row for row in result.json["limits"] if row["kind"] == "budget"]
    assert (result.code, result.json["warnings"]) == (0, [])
    assert [row["name"] for row in rows] == [
        *("Films (month)", "Freelancers (quarter)", "Everything (year)")
    ]
    assert all(row["used"] > 0 and row["forecast"] > row["used"] for row in rows)
