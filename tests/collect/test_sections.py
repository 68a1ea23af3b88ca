"""Sums of points: the same, however they are made."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.collect.sections import POINT_SECTIONS, PointSection
from scenario_usage_cli.collect.usage import add_figures

NUMBERS = (
    st.none()
    | st.integers(-3, 1000).map(float)
    | st.integers(-5_000_000, 5_000_000).map(lambda millionths: millionths / 10**6)
    | st.sampled_from([0.5, -0.0, 1e-7, 1e9, 2.0**53])
)
TEXTS = st.none() | st.sampled_from(["0", "7", "-2", "2.5", "1e2"])


def draw_points(data: Any, section: PointSection) -> list[dict[str, Any]]:
    """Two points or more, each with all, some or none of the section's values."""
    values = {
        measure.wire: TEXTS if measure.wire in section.texts else NUMBERS
        for measure in section.measures.values()
    }
    point = st.fixed_dictionaries(values) | st.fixed_dictionaries({}, optional=values)
    drawn: list[dict[str, Any]] = data.draw(st.lists(point, min_size=2, max_size=8))
    return drawn


@pytest.mark.parametrize("section", POINT_SECTIONS, ids=lambda section: section.name)
@given(data=st.data())
def test_points_add_up_as_one_by_one(section: PointSection, data: Any) -> None:
    """A value that is null or missing counts for nothing, beside whole numbers or not."""
    points = draw_points(data, section)
    expected = section.begin()
    for point in points:
        add_figures(expected, section.read(point))

    assert section.add_up(points) == expected


def test_a_null_after_a_fraction_is_no_number() -> None:
    """It is left out, and the rest is counted."""
    models = POINT_SECTIONS[0]
    points: list[dict[str, Any]] = [{"jobs": 1.5}, {"jobs": None}, {"jobs": 2.0}]

    assert models.add_up(points)["jobs"] == 3.5
