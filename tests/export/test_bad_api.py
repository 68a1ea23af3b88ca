"""An API that fails in the middle: what was whole is kept, and the next run gets the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_usage_cli.sandbox import Sandbox
from tests.export.support import (
    Api,
    Studio,
    assert_refused,
    assert_whole,
    export,
    export_well,
    read_manifest,
    read_manifest_core,
    read_tree,
)
from tests.support import NOW, answer, point, usages
from tests.weather import Behaviour, Request, Weather, resets, sends, serve

TEN_DAYS = ("--since", "2026-10-01", "--until", "2026-10-10", "--datasets", "models,consumption")
RETRIES = 4


class Failing(Studio):
    """The studio, which has gone wrong when a query of this day comes."""

    def __init__(self, day: str, failure: Callable[[], httpx.Response]) -> None:
        super().__init__()
        self.days: list[str] = []
        self._day = day
        self._failure = failure

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/usages"):
            return super().handle_request(request)
        self.days.append(request.url.params["startDate"][:10])
        if self.days[-1] == self._day:
            return self._failure()
        return super().handle_request(request)


def raises(error: BaseException) -> Callable[[], httpx.Response]:
    """No answer."""

    def fail() -> httpx.Response:
        raise error

    return fail


FAILURES = {
    "500": (lambda: answer({"message": "down"}, 500), 5, 1 + RETRIES),
    "503": (lambda: answer({}, 503), 5, 1 + RETRIES),
    "429": (lambda: answer({}, 429), 5, 1 + RETRIES),
    "400": (lambda: answer({"message": "no"}, 400), 5, 1),
    "401": (lambda: answer({}, 401), 4, 1),
    "403": (lambda: answer({}, 403), 4, 1),
    "no json": (lambda: httpx.Response(200, text="<html>"), 7, 1),
    "no object": (lambda: answer([]), 7, 1),
    "wrong types": (lambda: answer({"modelUsages": "none"}), 7, 1),
    "cut": (raises(httpx.ReadError("cut")), 6, 1 + RETRIES),
    "timeout": (raises(httpx.ReadTimeout("slow")), 6, 1 + RETRIES),
    "no connection": (raises(httpx.ConnectError("refused")), 6, 1 + RETRIES),
}


@pytest.mark.parametrize(("failure", "code", "tries"), list(FAILURES.values()), ids=list(FAILURES))
def test_what_had_come_before_a_failure_is_kept_and_not_asked_for_again(
    failure: Callable[[], httpx.Response], code: int, tries: int, tmp_path: Path
) -> None:
    """The documented code, two lines that name the day; four days are there, six are fetched."""
    folder, api = tmp_path / "usage", Failing("2026-10-05", failure)
    assert_refused(export(folder, *TEN_DAYS, transport=api), code, "2026-10-05T00:00:00Z")
    assert api.days == ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"] + tries * [
        "2026-10-05"
    ]
    kept = read_tree(folder)
    for path, body in kept.items():
        assert_whole(path, body)
    days = list(read_manifest(folder)["datasets"]["models"])
    assert (len(kept), days) == (8, api.days[:4])
    assert (read_manifest(folder)["pending"], export(folder, "--verify").code) == ({}, 0)

    rest = Failing("never", failure)
    result = export_well(folder, *TEN_DAYS, "--json", transport=rest)
    export_well(tmp_path / "undisturbed", *TEN_DAYS)

    assert rest.days == [f"2026-10-{day:02}" for day in range(5, 11)]
    assert (result.json["days_fetched"], result.json["edited"]) == (6, [])
    assert read_tree(folder) == read_tree(tmp_path / "undisturbed")
    assert read_manifest_core(folder) == read_manifest_core(tmp_path / "undisturbed")


def test_a_failure_of_the_first_query_leaves_no_dataset(tmp_path: Path) -> None:
    """Not even an empty manifest, which would look like one."""
    folder = tmp_path / "usage"
    api = Failing("2026-10-01", FAILURES["401"][0])
    assert_refused(export(folder, *TEN_DAYS, transport=api), 4)

    assert read_tree(folder) == {}
    assert not (folder / "_manifest.json").exists()


def test_ctrl_c_keeps_what_had_come_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """Exit 130, nothing on stdout; four of ten days are there."""
    folder, api = tmp_path / "usage", Failing("2026-10-05", raises(KeyboardInterrupt()))
    result = export(folder, *TEN_DAYS, transport=api)
    assert (result.code, result.stdout, result.stderr) == (130, "", "interrupted\n")
    assert len(read_tree(folder)) == 8

    rest = Studio()
    export_well(folder, *TEN_DAYS, transport=rest)
    export_well(tmp_path / "undisturbed", *TEN_DAYS)

    assert len(rest.requests) == 6
    assert read_tree(folder) == read_tree(tmp_path / "undisturbed")


def test_a_bug_in_an_answer_of_counts_keeps_the_days_before_it(tmp_path: Path) -> None:
    """Half a job is no count: exit 7, and the day is not there in part."""

    def halves(day: str, query: Any) -> Any:
        jobs = 0.5 if day == "2026-10-03" else 1
        time = f"{day}T00:00:00.000Z"
        row = {"modelId": "model_a", "points": [point(time, jobs=jobs)]}
        return usages(models=[row])

    result = export(tmp_path, *TEN_DAYS, transport=Api(halves))

    assert_refused(result, 7, "0.5", "model_a")
    assert list(read_manifest(tmp_path)["datasets"]["models"]) == ["2026-10-01", "2026-10-02"]
    assert export(tmp_path, "--verify").code == 0


@pytest.mark.parametrize("figure", [1e300, 1e12, -1e12])
def test_figures_that_no_column_holds_are_exit_7_and_write_nothing(
    figure: float, tmp_path: Path
) -> None:
    """A decimal(18, 6) has 12 digits before the point."""

    def absurd(day: str, query: Any) -> Any:
        return usages(
            consumption=[{"userId": "user_a", "value": figure, "discount": 0, "total": figure}]
        )

    assert_refused(export(tmp_path, *TEN_DAYS, transport=Api(absurd)), 7, "which does not fit")
    assert list(tmp_path.rglob("part.csv")) == list(tmp_path.rglob("models/*/part.csv"))


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (resets(), 6),
        (sends(200, b'{"modelUsages": [', {"Content-Length": "4096"}), 6),
        (sends(200, b"\x1f\x8b\x08 no gzip", {"Content-Encoding": "gzip"}), 7),
    ],
    ids=["reset", "body cut short", "broken gzip"],
)
@pytest.mark.parametrize("jobs", ["1", "4"])
def test_a_connection_that_breaks_over_real_http_keeps_what_had_come(
    jobs: str, behaviour: Behaviour, code: int, tmp_path: Path
) -> None:
    """Queries side by side, and one of them never gets an answer."""
    studio = serve(Sandbox(lambda: NOW))
    cut = Behaviour(behaviour.pieces, behaviour.then if code == 7 else "reset")

    def behave(request: Request) -> Behaviour:
        day = request.query.get("startDate", "")[:10]
        return cut if day == "2026-10-09" else studio(request)

    with Weather(behave) as weather:
        argv = (*TEN_DAYS, "--base-url", weather.url, "--jobs", jobs)
        result = export(tmp_path, *argv, transport=httpx.HTTPTransport(trust_env=False))

    assert_refused(result, code, "2026-10-09")
    days = set(read_manifest(tmp_path)["datasets"]["models"])
    # Whichever were under way beside it: any of those before it may be slow.
    assert len({f"2026-10-{day:02}" for day in range(1, 9)} - days) < int(jobs)
    assert "2026-10-09" not in days
    assert export(tmp_path, "--verify").code in (0, 7)  # a day after it may be there: a gap
    rest = Studio()
    export_well(tmp_path, *TEN_DAYS, transport=rest)
    assert len(rest.requests) == 10 - len(days)


def test_an_event_log_that_fails_keeps_the_days_before_it(tmp_path: Path) -> None:
    """Activity is asked for day by day."""
    argv = ("--since", "2026-10-01", "--until", "2026-10-04", "--datasets", "activity")
    api = Failing("2026-10-03", FAILURES["401"][0])
    assert_refused(export(tmp_path, *argv, transport=api), 4)
    rest = Studio()
    result = export_well(tmp_path, *argv, "--json", transport=rest)

    assert result.json["days_fetched"] == 2
