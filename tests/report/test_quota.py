"""Limits as rows: what is used and left of each, and when it is expected to run out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.budgets import Amount, Budget
from scenario_usage_cli.collect.budgets import BudgetUse
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.quota import Allowance, BoughtPack, Capped, Quota
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.outlook import Outlook, build_outlook
from scenario_usage_cli.report.quota import QuotaReport, build_quota
from scenario_usage_cli.report.quota_sentences import build_sentences
from scenario_usage_cli.report.quota_view import build_quota_view
from scenario_usage_cli.report.spending import Expected
from scenario_usage_cli.report.view import Audience

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
"""20 of 30 days are gone."""


def period(start: datetime = START, end: datetime = END) -> Period:
    """A billing period; both ends are included."""
    return Period(start, end - timedelta(milliseconds=1), UTC, provisional=True)


def quota(**changes: Any) -> Quota:
    """A team with nothing but a plan."""
    usual: dict[str, Any] = {
        "team": Named("team_1", "Kumo"),
        "plan": "pro",
        "payment_status": "succeeded",
        "subscription_status": "active",
        "period": period(),
        "used": 200,
        "limit": 300,
        "is_known": True,
        "packs": (),
        "allowances": (),
        "caps": (),
        "warnings": [],
    }
    return Quota(**{**usual, **changes})


def build(now: datetime = NOW, outlook: Outlook | None = None, **changes: Any) -> QuotaReport:
    """The report of such a team."""
    return build_quota(quota(**changes), outlook, generated_at=now)


def pack(number: int, remaining: float | None, expires: datetime | None = None) -> BoughtPack:
    """A pack of 100 CU."""
    left = None if remaining is None else Decimal(str(remaining))
    return BoughtPack(f"pack_{number}", 100, left, None, expires)


def pick(report: QuotaReport, kind: str, *keys: str) -> list[tuple[Any, ...]]:
    """Values of the rows of a kind."""
    return [tuple(row[key] for key in keys) for row in report.limits if row["kind"] == kind]


def test_the_plan_goes_on_in_a_line() -> None:
    """10 CU a day so far, so that exactly the plan is used at its end."""
    report = build()

    (plan,) = report.limits
    assert plan == {
        "kind": "plan",
        "id": "team_1",
        "name": "pro",
        "unit": "CU",
        "used": 200,
        "limit": 300,
        "left": 100,
        "share": Decimal("0.6667"),
        "state": "ok",
        "forecast": 300,
        "reached_on": "2026-11-30",
        "expires_at": None,
    }
    totals = report.totals
    assert (totals["days"], totals["days_gone"], totals["days_left"]) == (30, 20, 10)
    assert (totals["per_day"], totals["forecast"]) == (10, 300)
    assert (totals["plan_runs_out_on"], totals["packs_run_out_on"]) == ("2026-11-30", None)
    why = "it is a straight line, as no earlier days with use are known"
    assert totals["forecast_note"] == why
    assert f"expected at the end: 300 CU; no interval: {why}" in build_sentences(report)


def test_packs_are_spent_after_the_plan_in_their_order() -> None:
    """10 a day: 50 of the plan until the 25th, then 30 of one pack, and 20 of the next."""
    packs = (pack(1, 30), pack(2, 60))

    report = build(limit=250, packs=packs)

    assert pick(report, "plan", "reached_on", "left") == [("2026-11-25", 50)]
    assert pick(report, "pack", "used", "left", "forecast", "reached_on") == [
        (70, 30, 100, "2026-11-28"),
        (40, 60, 60, None),
    ]
    assert report.totals["packs_left"] == 90
    assert report.totals["packs_run_out_on"] is None


def test_the_day_on_which_nothing_is_left_is_told() -> None:
    """Of the plan and the packs together."""
    report = build(limit=250, packs=(pack(1, 15), pack(2, 5)))

    assert report.totals["plan_runs_out_on"] == "2026-11-25"
    assert report.totals["packs_run_out_on"] == "2026-11-27"


def test_a_pack_that_expires_before_it_is_needed_is_of_no_use() -> None:
    """The next one is spent in its place."""
    soon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    report = build(limit=250, packs=(pack(1, 30, soon), pack(2, 20)))

    assert pick(report, "pack", "forecast", "reached_on") == [(70, None), (100, "2026-11-27")]
    assert report.totals["packs_run_out_on"] == "2026-11-27"


def test_an_expired_pack_has_nothing_left() -> None:
    """Whatever the API says is left of it."""
    report = build(packs=(pack(1, 30, NOW - timedelta(seconds=1)), pack(2, 0), pack(3, None)))

    assert pick(report, "pack", "left", "state", "reached_on") == [
        (0, "expired", None),
        (0, "full", None),
        (None, None, None),
    ]
    assert pick(report, "pack", "used", "forecast") == [(70, 70), (100, 100), (None, None)]
    assert report.totals["packs_left"] == 0
    assert report.totals["packs_run_out_on"] is None


def test_what_is_unknown_of_a_pack_counts_as_nothing_and_is_told() -> None:
    """But not of one that has expired."""
    report = build(limit=250, packs=(pack(1, None, NOW), pack(2, None), pack(3, 10)))

    assert report.totals["packs_left"] == 10
    assert report.warnings == [
        "the API does not tell what is left of the pack pack_2: it counts as nothing"
    ]


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        (
            {"used": None},
            "the API does not tell what is used of the plan, so there is no forecast for it",
        ),
        ({"limit": None, "is_limit_known": False}, "the API does not tell the limits of the plan"),
        (
            {"period": None},
            "the API does not tell the billing period, and nothing is expected without it",
        ),
        ({}, None),
    ],
)
def test_what_the_api_does_not_tell_is_told(changes: dict[str, Any], warning: str | None) -> None:
    """With what it means for the figures."""
    assert build(**changes).warnings == ([warning] if warning else [])


def test_packs_are_a_figure_where_there_are_any() -> None:
    """Also where nothing is left of them."""
    for packs, shown in (((), False), ((pack(1, 0),), True)):
        headlines = build_quota_view(build(packs=packs)).headlines

        assert ("Left in packs" in [one.title for one in headlines]) is shown


def test_notes_say_how_figures_of_caps_and_budgets_are_meant() -> None:
    """First how many are not shown."""
    caps = tuple(Capped("user", f"u{n}", f"U{n}", n, 10) for n in range(3))
    films = Budget("Films", Amount(Decimal(500), "EUR"), Decimal(5000), "month")
    report = build_quota(
        quota(caps=caps), None, generated_at=NOW, budgets=[BudgetUse(films, period(), 100)]
    )
    view = build_quota_view(report, top=2)

    rate = "what is expected goes on at the rate of the period so far"
    assert [one.table.note for one in view.table_sections] == [
        "",
        f"1 more is less full; --top 0 shows them · {rate}",
        f"each in the period of its own · {rate}",
    ]


def test_each_kind_of_limit_has_a_table_with_its_own_words() -> None:
    """In this order; where nothing runs out or expires, there is no column for it."""
    caps = tuple(Capped(kind, kind, kind.upper(), 0, 10) for kind in ("key", "user", "project"))
    films = Budget("Films", Amount(Decimal(500), "EUR"), Decimal(5000), "month")
    report = build_quota(
        quota(caps=caps, used=10), None, generated_at=NOW, budgets=[BudgetUse(films, period(), 0)]
    )
    sections = build_quota_view(report).table_sections

    assert [
        (one.table.title, one.table.names[0].title, [field.title for field in one.table.fields])
        for one in sections
    ] == [
        (title, name, ["Used", limit, "Left", "Used, %", "State", "At the end"])
        for title, name, limit in (
            ("Plan and packs", "Plan or pack", "Limit"),
            ("Caps of projects", "Project", "Cap"),
            ("Caps of people", "Name", "Cap"),
            ("Caps of API keys", "API key", "Cap"),
            ("Budgets", "Budget", "Limit"),
        )
    ]


def test_a_column_for_what_runs_out_or_expires_is_there_where_something_does() -> None:
    """A day each; what is full already says so, and its bar is full whatever was used."""
    expires = datetime(2026, 12, 24, 12, tzinfo=UTC)
    (plan,) = build_quota_view(build(used=900, packs=(pack(1, 60, expires),))).table_sections
    titles = [field.title for field in plan.table.fields]

    assert titles[-2:] == ["Reached on", "Expires"]
    assert [
        (row["reached_on"], row["expires_on"], row["fill"], row["share"]) for row in plan.rows
    ] == [("already", None, 1, 3), ("2026-11-22", "2026-12-24", Decimal("0.4"), Decimal("0.4"))]


def test_a_cap_of_nothing_is_full_from_the_beginning() -> None:
    """Of which nothing can be a part; so is its bar, and that of a refund is empty."""
    caps = (Capped("user", "a", "A", 0, 0), Capped("user", "b", "B", -5, 10))
    _, section = build_quota_view(build(caps=caps)).table_sections

    assert [(row["name"], row["state"], row["fill"]) for row in section.rows] == [
        ("A", "full", 1),
        ("B", "ok", 0),
    ]


def test_where_the_plan_has_a_name_and_a_period_they_are_told() -> None:
    """Above all tables."""
    assert build_quota_view(build()).subtitle == (
        "team Kumo · plan pro · billing period 2026-11-01 to 2026-11-30, UTC, still running"
    )
    assert build_quota_view(build(plan=None, period=None)).subtitle == "team Kumo"


def test_gauges_have_instants_in_the_place_of_days() -> None:
    """A day is the instant at which it begins, UTC."""
    report = build(packs=(pack(1, 60, END),), allowances=(Allowance("seats", 3, 5),))
    view = build_quota_view(report)
    totals, limits, counts = (one.rows for one in view.sections if one.audience is Audience.GAUGES)

    assert totals[0]["plan_runs_out"] == datetime(2026, 11, 30, tzinfo=UTC)
    assert (totals[0]["remaining"], totals[0]["packs_remaining"]) == (100, 60)
    assert [(row["kind"], row["remaining"], row["expires"]) for row in limits] == [
        ("plan", 100, None),
        ("pack", 60, END),
    ]
    assert [row["reached"] for row in limits] == [datetime(2026, 11, 30, tzinfo=UTC), None]
    assert [(row["kind"], row["remaining"]) for row in counts] == [("seats", 2)]


def test_a_cap_of_which_nothing_is_known_comes_last() -> None:
    """Behind those of which nothing is used, or less."""
    caps = (Capped("user", "a", "A", None, 10), Capped("user", "b", "B", -4, 10))

    assert [row["id"] for row in build(caps=caps).limits][1:] == ["b", "a"]


def test_a_plan_without_a_limit_never_runs_out() -> None:
    """And its packs are not touched."""
    report = build(limit=None, packs=(pack(1, 30),))

    assert pick(report, "plan", "left", "share", "state", "forecast", "reached_on") == [
        (None, None, None, 300, None)
    ]
    assert pick(report, "pack", "forecast") == [(70,)]
    assert report.totals["packs_run_out_on"] is None


@pytest.mark.parametrize(
    ("used", "limit", "expected"),
    [
        (0, 0, (0, None, "full", None)),
        (5, 0, (-5, None, "over", None)),
        (-5, 100, (105, Decimal("-0.05"), "ok", None)),
        (-5, 0, (5, None, "ok", None)),
        (79, 100, (21, Decimal("0.79"), "ok", "2026-11-26")),
        (80, 100, (20, Decimal("0.8"), "near", "2026-11-25")),
        (100, 100, (0, Decimal(1), "full", None)),
        (101, 100, (-1, Decimal("1.01"), "over", None)),
        (None, 100, (None, None, None, None)),
    ],
)
def test_a_limit_says_how_full_it_is(
    used: int | None, limit: int, expected: tuple[Any, ...]
) -> None:
    """The plan and a cap say the same, with nothing divided by zero."""
    keys = ("left", "share", "state", "reached_on")

    report = build(used=used, limit=limit, caps=(Capped("user", "user_1", "A", used, limit),))

    assert pick(report, "plan", *keys) == [expected]
    assert pick(report, "user", *keys) == [expected]


def test_caps_are_in_the_order_of_their_parts() -> None:
    """The fullest first: by part and not by number, those over a cap of 0 among the full ones."""
    caps = (
        *(Capped("user", "a", "A", 10, 100), Capped("user", "b", "B", 1, 2)),
        *(Capped("user", "c", "C", 3, 3), Capped("user", "d", "D", 0, 0)),
        *(Capped("user", "e", "E", 5, None), Capped("user", "f", "F", -1, 2)),
    )
    report = build(caps=caps)

    assert [one for (one,) in pick(report, "user", "id")] == ["c", "d", "b", "a", "f"]
    assert [(row["id"], row["limit"]) for row in report.uncapped] == [("e", None)]


@pytest.mark.parametrize("now", [START, START + timedelta(hours=23), START - timedelta(days=1)])
def test_before_a_day_is_over_nothing_is_expected(now: datetime) -> None:
    """No rate can be made of some hours."""
    report = build(now, caps=(Capped("user", "user_1", "A", 5, 10),))

    assert report.totals["per_day"] is None
    assert report.totals["forecast"] is None
    assert pick(report, "plan", "forecast", "reached_on") == [(None, None)]
    assert pick(report, "user", "forecast", "reached_on") == [(None, None)]


@pytest.mark.parametrize("now", [END - timedelta(hours=1), END, END + timedelta(days=3)])
def test_a_period_that_ends_now_has_no_days_left(now: datetime) -> None:
    """What is used by then is at most an hour more."""
    report = build(now, used=300, limit=600)

    assert report.totals["days_left"] in (Decimal("0.041667"), 0)
    forecast = report.totals["forecast"]
    assert isinstance(forecast, Decimal)
    assert 300 <= forecast < 301
    assert report.totals["plan_runs_out_on"] is None


def test_an_upgrade_yesterday_is_a_short_period() -> None:
    """One day is gone, which is enough for a rate."""
    since = NOW - timedelta(days=1, hours=6)

    report = build(period=period(since, since + timedelta(days=30)), used=10, limit=200)

    assert report.totals["days_gone"] == Decimal("1.25")
    assert report.totals["per_day"] == 8
    assert report.totals["plan_runs_out_on"] == "2026-12-14"


def test_an_outlook_is_what_counts() -> None:
    """Its days decide when the plan runs out."""
    expected = [
        Expected(date(2026, 11, 21), Decimal(10)),
        Expected(date(2026, 11, 22), Decimal(90)),
    ]

    report = build(outlook=Outlook(tuple(expected)))

    assert report.totals["forecast"] == 300
    assert report.totals["plan_runs_out_on"] == "2026-11-22"


def test_caps_are_in_order_of_fullness_in_each_kind() -> None:
    """Those of 0 are full; ties by id."""
    caps = (
        Capped("project", "p3", "P3", 1, 10),
        Capped("project", "p2", "P2", 9, 10),
        Capped("project", "p1", "P1", 0, 0),
        Capped("user", "u2", "U2", 5, 10),
        Capped("user", "u1", "U1", 5, 10),
    )

    report = build(caps=caps)

    assert [row["id"] for row in report.limits][1:] == ["p1", "p2", "p3", "u1", "u2"]


def test_counts_have_no_forecast() -> None:
    """Seats are not used up by and by."""
    report = build(allowances=(Allowance("seats", 10, 25), Allowance("projects", 3, None)))

    keys = ("unit", "used", "limit", "left", "state", "forecast")
    assert pick(report, "seats", *keys) == [("count", 10, 25, 15, "ok", None)]
    assert pick(report, "projects", *keys) == [("count", 3, None, None, None, None)]


def test_a_payment_that_is_not_in_order_is_the_first_warning() -> None:
    """So is a subscription; what the API does not tell is in order."""
    report = build(payment_status="failed", subscription_status="paused", warnings=["other"])

    assert report.warnings == [
        "the payment is not in order: the API calls it failed",
        "the subscription is not in order: the API calls it paused",
        "other",
    ]
    assert report.alarms == tuple(report.warnings[:2])
    assert build(payment_status=None, subscription_status=None).warnings == []


def test_without_limits_only_caps_are_rows() -> None:
    """Without a period, nothing is expected of them."""
    report = build(
        is_known=False, period=None, used=None, limit=None, caps=(Capped("key", "k", "K", 9, 10),)
    )

    assert [row["kind"] for row in report.limits] == ["key"]
    assert pick(report, "key", "state", "forecast", "reached_on") == [("near", None, None)]
    assert report.document["period"] is None


@pytest.mark.parametrize(
    ("changes", "warning", "sentence"),
    [
        (
            {"period": None},
            "the API does not tell the billing period, and nothing is expected without it",
            "whether the plan lasts is not known without its billing period",
        ),
        (
            {"period": period(START - timedelta(days=60), START)},
            "the billing period ended on 2026-10-31, and the API tells of no newer one: its "
            "figures may be old",
            "the billing period is over",
        ),
        (
            {"period": period(START - timedelta(days=60), START), "used": 300},
            "the billing period ended on 2026-10-31, and the API tells of no newer one: its "
            "figures may be old",
            "the billing period is over, and the plan is used up",
        ),
        (
            {"limit": None, "is_limit_known": False},
            "the API does not tell the limits of the plan",
            "whether the plan has a limit is not known",
        ),
    ],
)
def test_what_is_not_known_is_not_taken_for_a_reason(
    changes: dict[str, Any], warning: str, sentence: str
) -> None:
    """Nothing lasts, or is without a limit, because the API does not tell."""
    report = build(**changes)

    assert report.warnings == [warning]
    assert list(build_sentences(report))[-1] == sentence


@pytest.mark.parametrize("days", [None, {date(2026, 11, 20): Decimal(10)}])
def test_a_period_without_a_real_end_has_days_but_no_end(days: dict[date, Decimal] | None) -> None:
    """Trials end in the year 9999: the plan runs out on a day, and nothing is expected of the end.

    No more than ten years are looked at.
    """
    far = period(end=datetime.max.replace(tzinfo=UTC) - timedelta(days=1))
    caps = (Capped("user", "user_1", "A", 20, 30), Capped("user", "user_2", "B", 0, 30))
    outlook = build_outlook(far, days, NOW) if days else None

    report = build(period=far, outlook=outlook, caps=caps)

    assert outlook is None or len(outlook.expected) == 3660
    ((_, reached_on),) = pick(report, "plan", "forecast", "reached_on")
    assert reached_on is not None
    assert report.totals["plan_runs_out_on"] == reached_on
    assert (report.totals["forecast"], report.totals["forecast_level"]) == (None, None)
    assert pick(report, "user", "forecast", "reached_on") == [(None, "2026-11-30"), (None, None)]
    assert report.warnings == [
        "the billing period ends on 9999-12-30: what is used by then is not expected so far ahead"
    ]
    used_up = f"the plan runs out on {reached_on}"
    assert list(build_sentences(report))[-1] == used_up
    lasting = build(period=far, outlook=outlook, limit=10**9)
    assert list(build_sentences(lasting))[-1] == "the plan lasts for the next 3,660 days"
