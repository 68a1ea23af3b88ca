"""OpenMetrics: names, labels and numbers, as the readers of the format take them."""

import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.render import Medium, load_renderer
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.tables import ASSETS
from scenario_usage_cli.report.view import Section, View
from tests.cases import each
from tests.exposition import check_with_promtool, read_gauges, series
from tests.render.test_escapes import NAMES, everywhere
from tests.render.test_formats import SMALL, report
from tests.report.builders import action, charge, kind, model
from tests.report.strategies import answers, bounded, wild_ids
from tests.report.strategies import report as report_any
from tests.support import NOW, usages

MODELS = """\
# HELP scenario_usage_generated_timestamp_seconds When the report was made.
# TYPE scenario_usage_generated_timestamp_seconds gauge
# UNIT scenario_usage_generated_timestamp_seconds seconds
scenario_usage_generated_timestamp_seconds 1.7953722e+09
# HELP scenario_usage_period_start_timestamp_seconds First instant of the period.
# TYPE scenario_usage_period_start_timestamp_seconds gauge
# UNIT scenario_usage_period_start_timestamp_seconds seconds
scenario_usage_period_start_timestamp_seconds 1.7775936e+09
# HELP scenario_usage_period_end_timestamp_seconds Last instant of the period, included.
# TYPE scenario_usage_period_end_timestamp_seconds gauge
# UNIT scenario_usage_period_end_timestamp_seconds seconds
scenario_usage_period_end_timestamp_seconds 1.780271999999e+09
# HELP scenario_usage_period_provisional 1 while the period contains the running day, else 0.
# TYPE scenario_usage_period_provisional gauge
scenario_usage_period_provisional 0.0
# HELP scenario_usage_totals_jobs Jobs of all models.
# TYPE scenario_usage_totals_jobs gauge
scenario_usage_totals_jobs 10.0
# HELP scenario_usage_totals_models Models with any job or cost.
# TYPE scenario_usage_totals_models gauge
scenario_usage_totals_models 1.0
# HELP scenario_usage_jobs Jobs with a model.
# TYPE scenario_usage_jobs gauge
scenario_usage_jobs{model="FLUX | dev",model_id="model_flux"} 10.0
# HELP scenario_usage_cost_compute_units Charged for a model after discounts.
# TYPE scenario_usage_cost_compute_units gauge
# UNIT scenario_usage_cost_compute_units compute_units
scenario_usage_cost_compute_units{model="FLUX | dev",model_id="model_flux"} 1000.3
# HELP scenario_usage_discount_compute_units Given as discount on a model.
# TYPE scenario_usage_discount_compute_units gauge
# UNIT scenario_usage_discount_compute_units compute_units
scenario_usage_discount_compute_units{model="FLUX | dev",model_id="model_flux"} 65.5
# HELP scenario_usage_gross_compute_units Cost and discount of a model.
# TYPE scenario_usage_gross_compute_units gauge
# UNIT scenario_usage_gross_compute_units compute_units
scenario_usage_gross_compute_units{model="FLUX | dev",model_id="model_flux"} 1065.8
# HELP scenario_usage_api_key_cost_compute_units The part of the cost of a model that is by API keys.
# TYPE scenario_usage_api_key_cost_compute_units gauge
# UNIT scenario_usage_api_key_cost_compute_units compute_units
scenario_usage_api_key_cost_compute_units{model="FLUX | dev",model_id="model_flux"} 0.3
# HELP scenario_usage_api_key_discount_compute_units The part of the discount on a model that is by API keys.
# TYPE scenario_usage_api_key_discount_compute_units gauge
# UNIT scenario_usage_api_key_discount_compute_units compute_units
scenario_usage_api_key_discount_compute_units{model="FLUX | dev",model_id="model_flux"} 0.0
# EOF
"""  # noqa: E501


def gauges(answer: Any, *argv: str) -> dict[Any, float]:
    """What is read of the metrics of an answer."""
    return read_gauges(report("-f", "openmetrics", *argv, answer=answer).stdout)


def test_models_are_written_letter_by_letter() -> None:
    """A family per measure with help, type and unit; the model that did nothing has no series."""
    assert report("-f", "openmetrics", "--section", "models").stdout == MODELS


def test_every_section_has_its_gauges() -> None:
    """Names and labels are those that dashboards know."""
    with_all = SMALL | {"nsfwUsages": [{**kind("", 2), "label": "Violence"}]}
    ada = {"user_id": "user_ada", "user": "Ada, Lovelace"}
    refund = {"user_id": "user_refund", "user": "user_refund"}
    flux = {"model_id": "model_flux", "model": "FLUX | dev"}

    assert gauges(with_all) == {
        series("scenario_usage_generated_timestamp_seconds"): 1795372200,
        series("scenario_usage_period_start_timestamp_seconds"): 1777593600,
        series("scenario_usage_period_end_timestamp_seconds"): 1780271999.999,
        series("scenario_usage_period_provisional"): 0,
        series("scenario_usage_totals_cost_compute_units"): 1200,
        series("scenario_usage_totals_discount_compute_units"): 65.5,
        series("scenario_usage_totals_gross_compute_units"): 1265.5,
        series("scenario_usage_totals_jobs"): 10,
        series("scenario_usage_totals_assets"): 12000,
        series("scenario_usage_totals_users"): 2,
        series("scenario_usage_totals_models"): 1,
        series("scenario_usage_consumption_cost_compute_units", **ada): 1234.5,
        series("scenario_usage_consumption_cost_compute_units", **refund): -34.5,
        series("scenario_usage_consumption_discount_compute_units", **ada): 65.5,
        series("scenario_usage_consumption_discount_compute_units", **refund): 0,
        series("scenario_usage_consumption_gross_compute_units", **ada): 1300,
        series("scenario_usage_consumption_gross_compute_units", **refund): -34.5,
        series("scenario_usage_jobs", **flux): 10,
        series("scenario_usage_cost_compute_units", **flux): 1000.3,
        series("scenario_usage_discount_compute_units", **flux): 65.5,
        series("scenario_usage_gross_compute_units", **flux): 1065.8,
        series("scenario_usage_api_key_cost_compute_units", **flux): 0.3,
        series("scenario_usage_api_key_discount_compute_units", **flux): 0,
        series("scenario_usage_assets", kind="image"): 12000,
        series("scenario_usage_api_key_assets", kind="image"): 7,
        series("scenario_usage_action_runs", action="upscale"): 3,
        series("scenario_usage_action_runs", action="caption"): 4,
        series("scenario_usage_action_api_key_runs", action="upscale"): 1,
        series("scenario_usage_action_api_key_runs", action="caption"): 0,
        series("scenario_usage_action_cost_compute_units", action="upscale"): 2.5,
        series("scenario_usage_moderation_assets", label="Violence"): 2,
        series("scenario_usage_moderation_api_key_assets", label="Violence"): 0,
        series("scenario_usage_quality_gate_assets", verdict="total"): 2,
        series("scenario_usage_quality_gate_api_key_assets", verdict="total"): 0,
    }


def test_an_action_has_every_figure_that_the_api_gave() -> None:
    """Cost, discount and what of them was by API keys; what is null has no sample."""
    answer = usages(actions=[action("a", cost=1, discount=2, apiKeyCost=3, apiKeyDiscount=4)])

    found = gauges(answer, "--section", "actions")

    assert {name: value for (name, labels), value in found.items() if labels} == {
        "scenario_usage_action_runs": 1,
        "scenario_usage_action_api_key_runs": 0,
        "scenario_usage_action_cost_compute_units": 1,
        "scenario_usage_action_discount_compute_units": 2,
        "scenario_usage_action_api_key_cost_compute_units": 3,
        "scenario_usage_action_api_key_discount_compute_units": 4,
    }


def test_what_the_api_left_out_is_not_zero() -> None:
    """No sample of that section, nor of the totals that are made of it."""
    body = json.dumps({k: v for k, v in SMALL.items() if k != "modelUsages"}).encode()

    text = report_any(json.loads(body), "-f", "openmetrics")

    names = {name for name, _ in read_gauges(text)}
    assert "scenario_usage_totals_cost_compute_units" in names
    assert "scenario_usage_totals_assets" in names
    assert [n for n in names if n.endswith(("_jobs", "_models")) or "usage_cost" in n] == []


def test_a_report_without_a_period_has_no_bounds() -> None:
    """A bare answer says nothing about its period, and neither do the metrics."""
    names = [name for name, _ in read_gauges(report_any(SMALL, "-f", "openmetrics"))]

    assert "scenario_usage_generated_timestamp_seconds" in names
    assert [name for name in names if "period" in name] == []


def test_nothing_is_zero_in_all_and_has_no_rows() -> None:
    """The totals of an empty period are known."""
    found = gauges(usages())

    assert found[series("scenario_usage_totals_cost_compute_units")] == 0
    assert [name for name, labels in found if labels] == []


MANY = usages(
    models=[model(f"m{n:02}", jobs=1, cost=100 - n) for n in range(22)] + [model("idle")],
    assets=[kind(f"k{n:02}", 1) for n in range(22)],
)


@pytest.mark.parametrize(
    ("argv", "shown", "rest"),
    [
        ((), 20, 80 + 79),
        (("--top", "1"), 1, 1969 - 100),
        (("--top", "22"), 22, None),
        (("--top", "0"), 22, None),
    ],
)
def test_models_after_the_first_are_one_series(
    argv: tuple[str, ...], shown: int, rest: float | None
) -> None:
    """It is called `other` however many it sums up, and the sum over all series is the whole."""
    found = gauges(MANY, *argv)
    costs = {k: v for k, v in found.items() if k[0] == "scenario_usage_cost_compute_units"}

    other = series("scenario_usage_cost_compute_units", model_id="other", model="other")
    assert costs.get(other) == rest
    assert len(costs) == shown + (rest is not None)
    assert sum(costs.values()) == 1969
    assert found.get(series("scenario_usage_assets", kind="other")) == (22 - shown or None)


@pytest.mark.parametrize("top", ["1", "2"])
def test_a_row_whose_id_is_other_keeps_it(top: str) -> None:
    """The sum makes way, also where that row is part of it, and its next name is taken too."""
    found = gauges(
        usages(assets=[kind("a", 9), kind("other", 8), kind("other_", 7), kind("b", 6)]),
        *("--top", top),
    )

    assets = {dict(k[1])["kind"]: v for k, v in found.items() if k[0] == "scenario_usage_assets"}
    assert assets == {"1": {"a": 9, "other__": 21}, "2": {"a": 9, "other": 8, "other__": 13}}[top]


def test_namesakes_are_told_apart_by_their_ids() -> None:
    """Two models of one name, one of them called as the sum is."""
    twins = usages(
        models=[model("m1", cost=3), model("m2", cost=2), model("m3", cost=1)],
        model_names={"m1": "other", "m2": "other"},
    )

    found = gauges(twins, "--top", "2", "--section", "models")

    costs = {k[1]: v for k, v in found.items() if k[0] == "scenario_usage_cost_compute_units"}
    assert costs == {
        frozenset({("model_id", "m1"), ("model", "other")}): 3,
        frozenset({("model_id", "m2"), ("model", "other")}): 2,
        frozenset({("model_id", "other"), ("model", "other")}): 1,
    }


@each("name", NAMES)
def test_a_label_parses_back_to_the_name(name: str) -> None:
    """Exactly the same text, wherever the API sends text, and both parsers agree."""
    text = report("-f", "openmetrics", answer=everywhere([name])).stdout

    labels = {pair for _, found in read_gauges(text) for pair in found}
    assert labels == {
        *{("user_id", "user_0"), ("user_id", name), ("user", name)},
        *{("model_id", "model_0"), ("model_id", name), ("model", name)},
        *{("kind", name), ("action", name), ("label", name), ("verdict", name)},
    }


def test_promtool_accepts_every_name() -> None:
    """All of them in one file."""
    named = usages(
        consumption=[charge(name, 1) for name in NAMES],
        models=[model(f"m{n}", cost=1) for n in range(len(NAMES))],
        assets=[kind(name, 1) for name in NAMES],
        model_names={f"m{n}": name for n, name in enumerate(NAMES)},
    )

    check_with_promtool(report("-f", "openmetrics", "--top", "0", answer=named).stdout)


@pytest.mark.parametrize(
    ("cost", "written"),
    [
        (0.1, "0.1"),
        (123456.789012, "123456.789012"),
        (1234567.5, "1.2345675e+06"),
        (-1234567.5, "-1234567.5"),
        (9007199254740993, "9.007199254740992e+15"),
        (1e22, "1e+22"),
        (1e300, "1e+300"),
        (-0.0000001, "0.0"),
    ],
)
def test_numbers_are_the_nearest_doubles(cost: float, written: str) -> None:
    """Of the six decimals that every format has, in a notation that every reader takes."""
    # Without a discount, a row that rounds to nothing would have no sample at all.
    discount = 1 if abs(cost) < 1 else 0
    answer = usages(consumption=[charge("u", cost, discount), charge("v", 1, 1)])

    text = report("-f", "openmetrics", "--section", "consumption", answer=answer).stdout

    assert re.findall(r"_consumption_cost\w+\{.*=\"u\"\} (.*)", text) == [written]
    check_with_promtool(text)


IDS = {"consumption": "user_id", "models": "model_id", "assets": "kind", "actions": "action"}
COSTS = {
    "consumption": "scenario_usage_consumption_cost_compute_units",
    "models": "scenario_usage_cost_compute_units",
    "actions": "scenario_usage_action_cost_compute_units",
}


@bounded
@given(answer=answers(wild_ids))
def test_any_answer_has_the_figures_of_json(answer: Any) -> None:
    """Every cost that is in the one is in the other, to the same id."""
    document = json.loads(report_any(answer, "--json"))
    found = read_gauges(report_any(answer, "-f", "openmetrics", "--top", "0"))

    for section, name in COSTS.items():
        expected = {
            row[IDS[section]]: row["cost"]
            for row in document[section]
            if row["cost"] is not None
            and any(isinstance(v, int | float) and v for v in row.values() if v is not True)
        }
        costs = {dict(k[1])[IDS[section]]: v for k, v in found.items() if k[0] == name}
        assert costs == expected


@bounded
@given(answer=answers(wild_ids | st.just("other")))
def test_any_answer_can_be_read_when_it_is_cut(answer: Any) -> None:
    """No series comes twice, whatever is called as the sum is."""
    read_gauges(report_any(answer, "-f", "openmetrics", "--top", "1"))


@bounded
@given(ids=st.lists(st.text(st.characters()) | st.sampled_from(["\ud800", "\\ud800"]), unique=True))
def test_half_a_surrogate_is_written_as_its_escape(ids: list[str]) -> None:
    """No series comes twice, and ids that are text stay as they are."""
    rows: list[Row] = [
        {"kind": one, "count": 1, "api_key_count": 1, "share": Decimal(0)} for one in ids
    ]
    view = View({}, "", "", (), (Section(ASSETS, rows),), None, NOW)
    out = io.StringIO()

    load_renderer("openmetrics")(view, out, Medium(top=0))

    labels = {dict(labels).get("kind") for _, labels in read_gauges(out.getvalue())} - {None}
    assert len(labels) == len(ids)
    assert {one for one in ids if not re.search("[\ud800-\udfff]", one)} <= labels
