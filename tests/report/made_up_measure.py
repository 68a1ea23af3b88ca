"""A process in which models have one measure more: a line on the wire, one where it is collected,
and one declaration. Prints what each command makes of it, as JSON.
"""

import json
import sys
from pathlib import Path

import httpx

from scenario_usage_cli.api import wire
from scenario_usage_cli.collect import sections
from scenario_usage_cli.report import figures
from scenario_usage_cli.report.fields import Field, Kind

wire.Point.__annotations__["gpuSeconds"] = float | None
sections.POINT_SECTIONS[0].measures["gpu_seconds"] = sections.Measure(  # type: ignore[index]
    "gpuSeconds", sections.read_number, sections.add_numbers
)
figures.MODEL_FIGURES += (
    Field[sections.Figure](
        "gpu_seconds", "GPU seconds", Kind.COUNT, 60, "Seconds that GPUs ran for {of}."
    ).summed("GPU seconds of {of}."),
)

# Only now, as the tables are made when they are imported.
from tests.support import at, model_row, point, run, usages  # noqa: E402

_DAY = ("--start", "2026-11-20", "--end", "2026-11-20")
_BY = (*_DAY, "--by", "project")
_FORMATS = ("table", "csv", "markdown", "openmetrics")


def _answer(request: httpx.Request) -> httpx.Response:
    """One project and one model, whose GPUs ran for 7 seconds, and for 5 before November 20th."""
    if request.url.path.endswith("/projects"):
        return httpx.Response(200, json={"projects": [{"id": "proj_1", "name": "Hero"}]})
    start = request.url.params["startDate"]
    seconds = 7 if start >= "2026-11-20" else 5
    document = usages(
        consumption=[{"userId": "u", "value": 2}],
        models=[model_row("m", point(jobs=1, cost=2, gpuSeconds=seconds))],
    )
    return httpx.Response(200, json=at(start, document))


def _run(*argv: str) -> str:
    result = run(*argv, transport=httpx.MockTransport(_answer))
    assert result.code == 0, result.stderr
    return result.stdout


def main() -> None:
    """Print what each command prints, by its name."""
    folder = Path(sys.argv[1])
    csv, parquet = str(folder / "csv"), str(folder / "parquet")
    days = ("--since", "2026-11-20", "--until", "2026-11-20", "--datasets", "models")
    _run("export", csv, *days)
    _run("export", parquet, *days, "--format", "parquet")
    printed = {
        **{name: _run("report", *_BY, "--top", "0", "--format", name) for name in _FORMATS},
        "report": _run("report", *_BY, "--json"),
        "trend": _run("trend", *_DAY, "--by", "day", "--json"),
        "trend-table": _run("trend", *_DAY),
        "compare": _run("compare", *_DAY, "--json"),
        **{f"schema-{name}": _run("schema", name) for name in ("report", "trend")},
    }
    json.dump(printed, sys.stdout)


if __name__ == "__main__":
    main()
