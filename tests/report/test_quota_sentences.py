"""What is said of a plan, word by word, for whatever is known of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from scenario_usage_cli.collect.quota import Allowance
from scenario_usage_cli.report.quota_sentences import build_sentences
from tests.cases import each
from tests.report.test_quota import END, NOW, START, build, pack, period

TOTAL = {"forecast": Decimal(1300), "forecast_note": None}
INTERVAL = {
    "forecast_low": Decimal(1100),
    "forecast_high": Decimal(1500),
    "forecast_level": Decimal("0.8"),
    "forecast_coverage": Decimal("0.785"),
    "forecast_times": 42,
}


@each(
    "now, changes, told",
    [
        (NOW, {}, "20 of 30 days gone, 10 left · 10 CU a day so far"),
        (NOW, {"used": 25_000}, "20 of 30 days gone, 10 left · 1,250 CU a day so far"),
        (NOW, {"used": None}, "20 of 30 days gone, 10 left"),
        (
            START + timedelta(hours=2),
            {},
            "0.1 of 30 days gone, 29.9 left · too early to say how much a day",
        ),
        (END, {}, "30 of 30 days gone, 0 left · 6.67 CU a day so far"),
    ],
)
def test_the_first_one_is_how_far_the_period_is(now: Any, changes: Any, told: str) -> None:
    """Days to a tenth, and the rate if a day is over."""
    assert next(iter(build_sentences(build(now, **changes)))) == told


@each(
    "changes, told",
    [
        ({"used": 100}, "the plan lasts to the end of the period"),
        ({"used": 290}, "the plan runs out on 2026-11-21"),
        ({"used": 299}, "the plan runs out on 2026-11-21"),
        ({"used": 300}, "the plan is used up"),
        ({"used": 310}, "the plan is used up"),
        ({"used": 300, "packs": (pack(1, 0),)}, "the plan is used up, and no packs are left"),
        (
            {"used": 300, "packs": (pack(1, 30),)},
            "the plan is used up, the packs run out on 2026-11-22",
        ),
        (
            {"used": 290, "packs": (pack(1, 30),)},
            "the plan runs out on 2026-11-21, the packs on 2026-11-23",
        ),
        (
            {"used": 290, "packs": (pack(1, 3000),)},
            "the plan runs out on 2026-11-21, the packs last to the end of the period",
        ),
        ({"limit": None}, "the plan has no limit"),
        ({"used": None}, "what is used of the plan is not known"),
        ({"period": None}, "whether the plan lasts is not known without its billing period"),
        ({"period": None, "used": 300}, "the plan is used up"),
        ({"period": None, "used": 300, "packs": (pack(1, 30),)}, "the plan is used up"),
    ],
)
def test_the_end_of_the_plan_and_of_its_packs(changes: Any, told: str) -> None:
    """In one sentence."""
    assert list(build_sentences(build(**changes)))[-1] == told


def test_before_a_day_is_over_nothing_is_said_of_the_end() -> None:
    """What was used by then may be anything."""
    early = START + timedelta(hours=2)
    packs = (pack(1, 30),)

    assert list(build_sentences(build(early)))[1:] == ["too early to say whether the plan lasts"]
    assert list(build_sentences(build(early, used=300, packs=packs)))[1:] == ["the plan is used up"]


@each(
    "totals, told",
    [
        (TOTAL, "expected at the end: 1,300 CU"),
        ({**TOTAL, "forecast_note": "why"}, "expected at the end: 1,300 CU; no interval: why"),
        (
            {**TOTAL, **INTERVAL},
            "expected at the end: 1,300 CU, 80 % interval 1,100 to 1,500, held 78 % of 42 times",
        ),
    ],
)
def test_what_is_expected_has_its_interval_or_the_reason_of_none(totals: Any, told: str) -> None:
    """And how often such intervals held."""
    report = build()
    known = report._replace(totals={**report.totals, **totals})

    assert list(build_sentences(known))[1] == told
    over = build(END, period=period(START, END))
    assert not any("expected" in one for one in build_sentences(over))


def test_without_any_limits_nothing_is_said_of_the_end() -> None:
    """As the API did not tell them."""
    assert list(build_sentences(build(is_known=False, used=None, limit=None)))[1:] == []


def test_what_is_counted_is_in_one_line() -> None:
    """With its limit, if it has one; what the API does not tell is a question mark."""
    allowances = (
        Allowance("seats", 3, 5),
        Allowance("api_keys", 1200, None),
        Allowance("projects", None, 2000),
    )

    assert list(build_sentences(build(allowances=allowances)))[-1] == (
        "seats 3 of 5 · API keys 1,200 · projects ? of 2,000"
    )
