"""The other parameters of `/usages`: sections, zero points, teams, offsets."""

from typing import Any

import pytest

from scenario_usage_cli.sandbox.catalogue import IDLE_MODEL
from tests.sandbox.probe import MAY, NOW, Probe, between, days_back, parse

SECTIONS = {
    "usages": "usages",
    "activity": "activity",
    "consumption": "consumption",
    "model-usages": "modelUsages",
    "asset-usages": "assetUsages",
    "nsfw-usages": "nsfwUsages",
    "quality-gate-usages": "qualityGateUsages",
}
ALL = {*SECTIONS.values(), "entities"}
POINTS = {"usages", "modelUsages", "assetUsages", "nsfwUsages", "qualityGateUsages"}


@pytest.mark.parametrize("name", SECTIONS)
def test_one_type_is_one_section(probe: Probe, name: str) -> None:
    """A section that was asked for alone is the one of the whole answer; the others are absent."""
    answer = probe.usages(**MAY, type=name)

    assert {SECTIONS[name], "entities"} == set(answer)
    assert probe.usages(**MAY)[SECTIONS[name]] == answer[SECTIONS[name]]


@pytest.mark.parametrize(
    "query",
    [
        "type=usages,consumption",
        "type=usages&type=consumption",
        "type[]=usages&type[]=consumption",
        "type%5B%5D=consumption&type=usages,usages",
        "type=usages,%20consumption",
    ],
)
def test_types_may_be_listed_or_repeated(probe: Probe, query: str) -> None:
    """Commas, repetition and brackets name several sections."""
    answer = probe.client.get(f"/usages?timeRange=last-day&{query}").json()

    assert {"usages", "consumption", "entities"} == set(answer)


@pytest.mark.parametrize(
    "value", ["", "nonsense", "usages,nonsense", "usages,", "Usages", "modelUsages", "entities"]
)
def test_bad_type_is_every_section(probe: Probe, value: str) -> None:
    """One bad value among the types silently returns all sections."""
    assert set(probe.usages(timeRange="last-day", type=value)) == ALL


@pytest.mark.parametrize("query", ["dropZeroPoints", "dropZeroPoints=", "dropZeroPoints=true"])
@pytest.mark.parametrize("days", [1, 14, 120])
def test_dropped_points_are_the_zero_ones(probe: Probe, query: str, days: int) -> None:
    """Without its zero points an answer differs by exactly those; every row stays."""
    dates = days_back(days)
    expected = probe.usages(**dates)
    dropped = 0
    for section in POINTS:
        for row in expected[section]:
            kept = [point for point in row["points"] if _has_figures(point)]
            dropped += len(row["points"]) - len(kept)
            row["points"] = kept
    url = f"/usages?startDate={dates['startDate']}&endDate={dates['endDate']}&{query}"

    assert expected == parse(probe.client.get(url).text)
    assert dropped


def _has_figures(point: dict[str, Any]) -> bool:
    return any(float(value) for figure, value in point.items() if figure != "time")


@pytest.mark.parametrize(
    ("value", "drops"),
    [("1", True), ("yes", True), ("on", True), ("maybe", True)]
    + [(text, False) for text in ("false", "0", "no", "off", "False", "OFF")],
)
def test_falsy_words_keep_zero_points(probe: Probe, value: str, drops: bool) -> None:
    """Only false, 0, no and off leave the zero points in."""
    kept = probe.usages(timeRange="last-day", dropZeroPoints=value)

    assert drops == (kept != probe.usages(timeRange="last-day"))


def test_row_without_figures_stays(probe: Probe) -> None:
    """A model that was never run has its zeros, or no points, but always its row."""
    for dropping, size in (("0", 31), ("1", 0)):
        rows = probe.usages(**MAY, dropZeroPoints=dropping)["modelUsages"]
        points = next(row["points"] for row in rows if row["modelId"] == IDLE_MODEL.id)
        assert len(points) == size
        assert not any(_has_figures(point) for point in points)


def test_unknown_team_is_forbidden(probe: Probe) -> None:
    """The studio's team may be named, another may not."""
    team = probe.read("/teams")["teams"][0]["id"]

    assert probe.usages(**MAY) == probe.usages(**MAY, teamId=team)
    assert probe.refusal(teamId="team_other") == (403, "This key has no access to this team")


@pytest.mark.parametrize("offset", ["", "-1", "-100", "abc", "1e3", "0.5", "NaN", "inf", "٣"])
def test_bad_offset_is_zero(probe: Probe, offset: str) -> None:
    """An offset that is no positive whole number counts as 0."""
    first = probe.usages(timeRange="last-day", type="activity")

    assert first == probe.usages(timeRange="last-day", type="activity", activityOffset=offset)


def test_whole_float_is_an_offset(probe: Probe) -> None:
    """The vendor's SDK types the offset as a float, so `10.0` is 10."""
    whole = probe.usages(timeRange="last-day", type="activity", activityOffset=10)

    assert whole == probe.usages(timeRange="last-day", type="activity", activityOffset="10.0")
    assert (
        whole["activity"]
        == probe.usages(timeRange="last-day")["activity"][10:]
        + (probe.usages(timeRange="last-day", activityOffset=100)["activity"][:10])
    )


def test_unknown_parameters_are_ignored(probe: Probe) -> None:
    """What the API does not know changes nothing."""
    assert probe.usages(**MAY) == probe.usages(**MAY, colour="blue", limit="5")


def test_entities_are_those_mentioned(probe: Probe) -> None:
    """Each entity is mentioned in the answer, and each id that is known to anyone has one."""
    answer = probe.usages(**between(NOW.replace(hour=0), NOW))
    log, entities = answer["activity"], answer["entities"]
    data = [row["data"] for row in log]
    mentioned = {
        "users": {row["userId"] for row in [*log, *answer["consumption"]]},
        "models": {row["modelId"] for row in answer["modelUsages"]}
        | {row["modelId"] for row in data if "modelId" in row},
        "assets": {row["assetId"] for row in data if "assetId" in row},
        "jobs": {row["jobId"] for row in data if "jobId" in row},
        "collections": {row["collectionId"] for row in data if "collectionId" in row},
    }
    named = {kind: {row["id"] for row in entities[kind]} for kind in mentioned}

    assert set(entities) == set(mentioned)
    for kind in ("assets", "jobs", "collections"):
        assert mentioned[kind] == named[kind]
        assert named[kind]
    for kind in ("users", "models"):
        assert named[kind] < mentioned[kind]
        assert len(mentioned[kind] - named[kind]) <= 2


@pytest.mark.parametrize("offset", [0, 100])
def test_log_alone_names_its_own(probe: Probe, offset: int) -> None:
    """A page of the log has entities of that page only, for the people as for the assets."""
    answer = probe.usages(**MAY, type="activity", activityOffset=offset)
    rows = {row["id"] for row in answer["entities"]["users"]}
    users = {row["userId"] for row in answer["activity"]}

    assert rows <= users
    assert len(users - rows) <= 1
    assert {row["data"]["assetId"] for row in answer["activity"] if "assetId" in row["data"]} == {
        row["id"] for row in answer["entities"]["assets"]
    }


def test_sections_without_ids_have_no_entities(probe: Probe) -> None:
    """Entities follow the sections that were asked for."""
    entities = probe.usages(**MAY, type="asset-usages,usages")["entities"]

    assert not any(entities.values())
