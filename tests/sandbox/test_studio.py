"""The studio is realistic: its days, people, projects, models, refunds and names."""

from collections import Counter
from datetime import datetime

import pytest

from tests.sandbox.probe import MAY, Json, Probe, days_back, sum_figures, total


@pytest.fixture(scope="module")
def log(probe: Probe) -> list[Json]:
    return probe.activity(**days_back(120))


def test_weekends_are_quiet(log: list[Json]) -> None:
    """Weekdays have some 200 events, Saturdays and Sundays some 40."""
    days = Counter(row["time"][:10] for row in log)
    for day in (log[0]["time"][:10], log[-1]["time"][:10]):
        del days[day]  # begun, or cut
    sizes: dict[bool, list[int]] = {True: [], False: []}
    for text, size in days.items():
        sizes[datetime.fromisoformat(text).weekday() > 4].append(size)

    assert 30 < min(sizes[True]) < max(sizes[True]) < 60
    assert 150 < min(sizes[False]) < max(sizes[False]) < 260


def test_people_work_by_day_and_keys_all_night(log: list[Json]) -> None:
    """At 22 UTC hardly anyone is there but the API keys."""
    late = Counter(row["data"]["isApiKey"] for row in log if row["time"][11:13] == "22")

    assert late[True] > 100 > late[False]


def test_a_discount_is_on_top_of_the_cost(probe: Probe) -> None:
    """Some models are given for nothing, some cheaper, some never; the jobs still count."""
    figures = sum_figures(probe.usages(**MAY))
    models = {row for section, row, _ in figures if section == "modelUsages"}
    free = {row for row in models if not figures["modelUsages", row, "cost"]}
    given = {row for row in models if figures["modelUsages", row, "discount"]}

    assert len(models) > 25
    assert len(free) == 2
    assert len(free & given) == 1
    assert models - given
    assert all(figures["modelUsages", row, "jobs"] > 0 for row in models)


def test_some_jobs_of_dear_models_are_free(log: list[Json]) -> None:
    """A few generations cost 0 with a model that otherwise costs CU."""
    jobs = [row for row in log if row["action"] == "images-generation"]
    costs: dict[str, list[bool]] = {}
    for row in jobs:
        costs.setdefault(row["data"]["modelId"], []).append(row["creativeUnitsCost"] == 0)

    mixed = [flags for flags in costs.values() if any(flags) and not all(flags)]
    assert len(mixed) > 10
    assert all(sum(flags) < len(flags) / 8 for flags in mixed)


def test_refunds_pay_back_an_earlier_job(probe: Probe, log: list[Json]) -> None:
    """A refund is negative, later, for the same user, and as much as the job had cost."""
    jobs = {
        row["data"]["jobId"]: row
        for row in log
        if "jobId" in row["data"] and row["action"] != "refunds"
    }
    refunds = [row for row in log if row["action"] == "refunds"]

    assert len(refunds) > 100
    for row in refunds[:-3]:  # the oldest may be for jobs before the range
        job = jobs[row["data"]["jobId"]]
        assert row["creativeUnitsCost"] == -job["creativeUnitsCost"] < 0
        assert row["time"] > job["time"]
        assert (row["userId"], row["data"]["modelId"]) == (job["userId"], job["data"]["modelId"])
    figures = sum_figures(probe.usages(**days_back(120)))
    assert figures["usages", "refunds", "cost"] == sum(row["creativeUnitsCost"] for row in refunds)


def test_every_kind_of_thing_occurs(probe: Probe) -> None:
    """A month has all kinds of asset, verdicts, labels, and many operations without a model."""
    figures = sum_figures(probe.usages(**MAY))
    names: dict[str, set[str]] = {}
    for section, row, _ in figures:
        names.setdefault(section, set()).add(row)

    assert names["assetUsages"] == {
        "3d",
        "audio",
        "document",
        "image",
        "image-hdr",
        "json",
        "text",
        "video",
    }
    assert len(names["nsfwUsages"]) >= 3
    assert names["qualityGateUsages"] == {"total", "pass", "warn", "fail"}
    assert len(names["usages"]) > 15
    for row in ("custom-asset-created", "ip-detection"):
        assert set(probe_point(probe, row)) == {"time", "value", "apiKey"}
    assert total(figures, "usages", "value", lambda row: row == "models-training") < 20


def probe_point(probe: Probe, usage: str) -> Json:
    rows = probe.usages(**MAY)["usages"]
    point: Json = next(row["points"][0] for row in rows if row["usageName"] == usage)
    return point


def test_models_come_and_go(probe: Probe) -> None:
    """Some models ran only before a date, some only since one."""
    seen = [
        {row["modelId"] for row in probe.usages(**days)["modelUsages"]}
        for days in (
            {"startDate": "2025-03-01", "endDate": "2025-06-01"},
            {"startDate": "2026-04-20", "endDate": "2026-06-01"},
        )
    ]

    assert len(seen[0] - seen[1]) >= 3
    assert len(seen[1] - seen[0]) >= 3


def test_one_project_has_no_use_lately(probe: Probe) -> None:
    """A project that was busy a year ago has nothing now, and five of twelve are busy."""
    projects = [row["id"] for row in probe.read("/projects", pageSize=100)["projects"]]
    lately, once = (
        {
            project: total(sum_figures(probe.usages(**days, projectIds=project)), "usages", "value")
            for project in projects
        }
        for days in (MAY, {"startDate": "2025-03-01", "endDate": "2025-06-01"})
    )

    assert len(projects) == 12
    assert sum(value > 1000 for value in lately.values()) == 5
    assert [p for p in projects if once[p] and not lately[p]]


def test_users_are_of_every_sort(probe: Probe) -> None:
    """There are people, people who left, keys of each status, and one whom nobody knows."""
    answer = probe.usages(**MAY, type="consumption")
    users = {row["id"]: row for row in answer["entities"]["users"]}
    statuses = Counter(row.get("apiKeyStatus") for row in users.values())

    assert statuses == {None: 11, "active": 2, "inactive": 1, "deleted": 1}
    assert sum("email" in row for row in users.values()) == 10
    assert len(answer["consumption"]) == len(users) + 1
    for row in users.values():
        assert row["isApiKey"] == row["id"].startswith("apiu_") == ("apiKeyId" in row)


def test_names_are_in_several_scripts(probe: Probe) -> None:
    """Names exercise tables: accents, emoji, kanji, brackets, quotes, a leading equals sign."""
    projects = {row["name"] for row in probe.read("/projects", pageSize=100)["projects"]}
    models = {row["name"] for row in probe.usages(**MAY)["entities"]["models"]}

    assert {"Forêt Enchantée 🌲", "紅葉戦記", "[draft] Neon Harbor", "=2023+archive"} < projects
    assert {"ネオ東京スタイル", "水墨山水 v2", "Éclat Portrait 🌸", "[beta] Ink & Line"} < models


def test_ids_are_unique_and_shaped(probe: Probe, log: list[Json]) -> None:
    """Ids have the API's prefixes, and no two things share one."""
    assets = [row["data"]["assetId"] for row in log if row["action"] == "images-generation"]

    assert len(set(assets)) == len(assets) > 5000
    for row in log[:300]:
        for key, value in {**row, **row["data"]}.items():
            if key.endswith("Id"):
                prefix = ("user", "apiu") if key == "userId" else (key.removesuffix("Id"),)
                assert value.startswith(tuple(f"{word}_" for word in prefix))
                assert len(value.partition("_")[2]) == 22
