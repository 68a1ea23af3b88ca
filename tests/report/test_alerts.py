"""Alerts: a limit is told of if, and only if, it is over the threshold."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.budgets import Amount, Budget
from scenario_usage_cli.clocks import MILLISECOND
from scenario_usage_cli.collect.budgets import BudgetUse
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.quota import BoughtPack, Capped, Quota
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.periods import Period
from scenario_usage_cli.render.alerts import format_alert
from scenario_usage_cli.report.alerts import WATCHED, Judgement, Threshold, judge, parse_threshold
from scenario_usage_cli.report.quota import build_quota
from tests.cases import each

NOW = datetime(2026, 11, 22, tzinfo=UTC)
START, END = datetime(2026, 11, 12, tzinfo=UTC), datetime(2026, 12, 12, tzinfo=UTC)
PERIOD = Period(START, END - MILLISECOND, UTC, provisional=True)
CAPS = ("project", "user", "key")


def build(**changes: Any) -> Quota:
    """A team that has used a third of its plan in the third of the period that is over."""
    usual: dict[str, Any] = {
        "team": Named("team_1", "Kumo"),
        "plan": "pro",
        "payment_status": None,
        "subscription_status": None,
        "period": PERIOD,
        "used": 10_000,
        "limit": 30_000,
        "is_known": True,
        "packs": (),
        "allowances": (),
        "caps": (),
        "warnings": [],
    }
    return Quota(**{**usual, **changes})


def watch(quota: Quota, threshold: str, *watched: str) -> Judgement:
    """What is over in a team."""
    report = build_quota(quota, None, generated_at=NOW)
    return judge(report, parse_threshold(threshold, "--fail-over"), watched or ("used",))


def tell(quota: Quota, threshold: str, *watched: str) -> list[str]:
    """The lines about what is over."""
    limit = parse_threshold(threshold, "--fail-over")
    return [format_alert(one, limit) for one in watch(quota, threshold, *watched).alerts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80%", Threshold(Decimal("0.8"), is_part=True)),
        (" 80 % ", Threshold(Decimal("0.8"), is_part=True)),
        ("0%", Threshold(Decimal(0), is_part=True)),
        ("12.5%", Threshold(Decimal("0.125"), is_part=True)),
        ("150%", Threshold(Decimal("1.5"), is_part=True)),
        ("5000", Threshold(Decimal(5000))),
        ("0", Threshold(Decimal(0))),
        ("0.000001", Threshold(Decimal("0.000001"))),
    ],
)
def test_a_threshold_is_a_part_or_cu(text: str, expected: Threshold) -> None:
    """With decimals, where there are any."""
    assert parse_threshold(text, "--fail-over") == expected


@each(
    "text",
    [
        "",
        " ",
        "%",
        "abc",
        "-5",
        "-5%",
        "nan",
        "inf",
        "1e3",
        "1,000",
        "80%%",
        "5000 CU",
        "٣",
        "80.%",
    ],
)
def test_another_threshold_is_refused(text: str) -> None:
    """With both that there are."""
    with pytest.raises(BadArgument, match=r"is not a threshold") as caught:
        parse_threshold(text, "--fail-over")

    assert caught.value.hint == (
        "write a part of the limit, as in --fail-over 80%, or a number of CU, as in --fail-over "
        "5000"
    )


@each(
    ("used", "limit", "threshold", "line"),
    [
        (24_001, 30_000, "80%", "24,001 of 30,000 CU used (80.0 %)"),
        (24_000, 30_000, "80%", None),
        (5001, 30_000, "5000", "5,001 of 30,000 CU used (16.7 %)"),
        (5000, 30_000, "5000", None),
        (5001, None, "5000", "5,001 CU used"),
        (Decimal("5000.000001"), None, "5000", "5,000.000001 CU used"),
        (1, 0, "80%", "1 of 0 CU used, the limit is reached"),
        (0, 0, "80%", None),
        (-50, 0, "80%", None),
        (-50, 30_000, "0", None),
        (31_000, 30_000, "100%", "31,000 of 30,000 CU used (103.3 %), the limit is reached"),
        (30_000, 30_000, "100%", None),
        (30_000, 30_000, "80%", "30,000 of 30,000 CU used (100.0 %), the limit is reached"),
    ],
)
def test_what_is_used_of_the_plan(
    used: Any, limit: int | None, threshold: str, line: str | None
) -> None:
    """Exactly as much as the threshold is not over; nothing is divided by 0."""
    lines = tell(build(used=used, limit=limit), threshold)

    assert len(lines) == (line is not None)
    assert line is None or line in lines[0]


@pytest.mark.parametrize(
    ("used", "threshold", "watched", "line"),
    [
        (
            12_000,
            "20%",
            "used",
            "over 20 %: plan pro: 12,000 of 30,000 CU used (40.0 %), the limit is reached on "
            "2026-12-06",
        ),
        (
            9000,
            "20%",
            "used",
            "over 20 %: plan pro: 9,000 of 30,000 CU used (30.0 %), the limit is not reached by "
            "2026-12-11",
        ),
        (
            12_000,
            "33000",
            "forecast",
            "over 33,000 CU: plan pro: 36,000 of 30,000 CU expected (120.0 %), the limit is "
            "reached on 2026-12-06",
        ),
    ],
)
def test_a_line_has_figure_limit_and_day(
    used: int, threshold: str, watched: str, line: str
) -> None:
    """The day on which the limit is reached, or that this is not in the period."""
    assert tell(build(used=used), threshold, watched) == [line]


def test_before_a_day_has_gone_no_day_is_known() -> None:
    """What is used can be judged; what is expected cannot, and a warning says so."""
    quota = build(period=Period(NOW, END - MILLISECOND, UTC, provisional=True), used=9000)

    assert tell(quota, "20%")[0].endswith("is not known yet")
    assert watch(quota, "20%", "forecast") == Judgement(
        (), ("the plan pro has no figure 'forecast' yet: --on forecast cannot judge it",)
    )


def test_a_plan_without_a_limit_has_no_part() -> None:
    """A warning says so; a number of CU can be judged all the same."""
    quota = build(limit=None)

    assert watch(quota, "80%") == Judgement(
        (), ("the plan pro has no limit: --on used cannot judge it",)
    )
    assert len(watch(quota, "5000").alerts) == 1
    assert len(watch(quota, "5000", "forecast").alerts) == 1


def test_where_nothing_has_a_limit_a_warning_says_so() -> None:
    """A watch that can never fail is told of."""
    assert watch(build(), "80%", "project").warnings == (
        "there is no project with a limit that --on project could judge",
    )


PACK = BoughtPack("p", 1000, 400, NOW - timedelta(days=90), NOW + timedelta(days=10))


@each(
    ("changes", "threshold", "is_over"),
    [
        ({}, "80%", True),
        ({}, "90%", False),
        ({}, "399", True),
        ({}, "400", False),
        ({"remaining": 0}, "0", False),
        ({"remaining": None}, "0", False),
        ({"expires_at": None}, "0%", False),
        ({"expires_at": None}, "0", False),
        ({"expires_at": NOW}, "0%", False),
        ({"created_at": None}, "99%", True),
        ({"created_at": None, "expires_at": END + MILLISECOND}, "0%", False),
        ({"expires_at": END}, "0", True),
        ({"expires_at": END + MILLISECOND}, "0", False),
        ({"created_at": NOW + timedelta(days=10)}, "99%", True),
        ({"amount": None}, "80%", True),
        ({"remaining": Decimal("0.5")}, "80%", True),
        ({"remaining": 0}, "80%", False),
    ],
)
def test_a_pack_that_expires_soon(changes: dict[str, Any], threshold: str, is_over: bool) -> None:
    """With CU left: by the part of its time that is over, or by what is left."""
    quota = build(packs=(PACK._replace(**changes),))

    assert bool(tell(quota, threshold, "pack-expiry")) is is_over


def test_without_a_billing_period_a_pack_may_not_be_judged() -> None:
    """A part of its own time needs none."""
    quota = build(packs=(PACK,), period=None)

    assert watch(quota, "80%", "pack-expiry").warnings == ()
    assert watch(quota, "5", "pack-expiry") == Judgement(
        (),
        (
            "the pack bought 2026-08-24 expires, and the billing period is not known: "
            "--on pack-expiry cannot judge it",
        ),
    )


def test_the_line_about_a_pack() -> None:
    """What is left of it, how much of its time is over, and its day."""
    assert tell(build(packs=(PACK,)), "80%", "pack-expiry") == [
        "over 80 %: pack bought 2026-08-24: 400 of 1,000 CU left, 90.0 % of its time gone, it "
        "expires on 2026-12-02"
    ]


FIGURES = st.one_of(
    st.integers(-100, 10_000), st.decimals(0, 10_000, places=6, allow_nan=False), st.none()
)
LIMITS = st.one_of(st.integers(0, 10_000), st.decimals(0, 10_000, places=2, allow_nan=False))


@st.composite
def caps(draw: st.DrawFn) -> Capped:
    """A cap of any kind."""
    kind, number = draw(st.sampled_from(CAPS)), draw(st.integers(0, 10**6))
    return Capped(kind, f"{kind}_{number}", "Name", draw(FIGURES), draw(LIMITS))


@given(
    st.lists(caps(), max_size=8, unique_by=lambda cap: cap.id),
    FIGURES,
    st.one_of(st.none(), LIMITS),
    st.sampled_from(["0%", "80%", "100%", "0", "5000", "1234.5"]),
    st.lists(st.sampled_from([one for one in WATCHED if one != "pack-expiry"]), unique=True),
)
def test_a_thing_is_told_of_if_and_only_if_its_row_is_over(
    caps: list[Capped], used: Any, limit: Any, threshold: str, watched: list[str]
) -> None:
    """Whatever is watched: each row of the JSON on its own, by its own figures."""
    report = build_quota(build(caps=tuple(caps), used=used, limit=limit), None, generated_at=NOW)
    number = Decimal(threshold.removesuffix("%"))

    found = judge(report, parse_threshold(threshold, "--fail-over"), watched)

    expected = []
    rows: Any = report.document["limits"]
    for row in rows:
        for what, key in (("used", "used"), ("forecast", "forecast"), *((c, "used") for c in CAPS)):
            kind = what if what in CAPS else "plan"
            if what not in watched or row["kind"] != kind or row[key] is None:
                continue
            most = number
            if threshold.endswith("%"):
                if row["limit"] is None:
                    continue
                most = row["limit"] * number / 100
            if row[key] > most:
                expected.append((what, row["kind"], row["id"], row[key], row["limit"]))
    told = [(one.what, one.kind, one.id, one.figure, one.limit) for one in found.alerts]
    assert sorted(told, key=str) == sorted(expected, key=str)
    for alert in found.alerts:
        assert format_alert(alert, parse_threshold(threshold, "--fail-over")).startswith("over ")


def test_a_budget_is_judged_in_its_own_period() -> None:
    """Its row has used, forecast and day like a cap, by the days of its own period."""
    month = Period(
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC) - MILLISECOND,
        UTC,
        True,
    )
    films = Budget("Films", Amount(Decimal(500), "EUR"), Decimal(5000), "month")
    unknown = films._replace(name="Unknown")
    slow = Budget("Slow", Amount(Decimal(500), "EUR"), Decimal(5000), "month")
    uses = [
        BudgetUse(films, month, 4200),
        BudgetUse(slow, month._replace(end=NOW + timedelta(days=1) - MILLISECOND), 4100),
        BudgetUse(unknown, None, None),
    ]
    report = build_quota(build(), None, generated_at=NOW, budgets=uses)
    threshold = parse_threshold("80%", "--fail-over")

    found = judge(report, threshold, ["budget"])

    assert [format_alert(one, threshold) for one in found.alerts] == [
        "over 80 %: budget Films (month, 500 EUR): 4,200 of 5,000 CU used (84.0 %), the limit is "
        "reached on 2026-11-25",
        "over 80 %: budget Slow (month, 500 EUR): 4,100 of 5,000 CU used (82.0 %), the limit is "
        "not reached by 2026-11-22",
    ]
    assert found.unknown == (
        "what is used of the budget Unknown (month, 500 EUR) is not known: --on budget needs it",
    )
    (row, _, _) = (one for one in report.limits if one["kind"] == "budget")
    assert (row["id"], row["forecast"], row["reached_on"]) == ("Films", 6000, "2026-11-25")


def test_things_of_one_name_are_told_apart_by_their_ids() -> None:
    """Of what is over and of what cannot be judged; a name that is alone needs no id."""
    caps = (
        Capped("user", "user_1", "Ann", 9, 10),
        Capped("user", "user_2", "Ann", None, 10),
        Capped("user", "user_3", "Bob", 10, 10),
    )

    found = watch(build(caps=caps), "80%", "user")

    assert [alert.name for alert in found.alerts] == ["Bob", "Ann (user_1)"]
    assert found.warnings == (
        "the user Ann (user_2) has no figure 'used' yet: --on user cannot judge it",
    )


def test_per_cents_of_thousands_are_grouped() -> None:
    """As in tables."""
    (line,) = tell(build(used=10_000, limit=10), "80%")

    assert "10,000 of 10 CU used (100,000.0 %)" in line
