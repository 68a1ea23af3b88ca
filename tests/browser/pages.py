"""The pages that the browser opens, by name: each is made when it is asked for."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tests.support import model_row, point, run, usages

OCTOBER = ("--demo", "--period", "2026-10")
HOSTILE = (
    "<script>alert(1)</script>",
    "]]></svg>",
    '"><img src=x onerror=alert(1)>',
    "a\x1b[31m\u202eb\x00",
    "水晶遊戲" * 30,
    "مشروع الألعاب",
    "🧙 & <Co>",
    "L" * 10_000,
)


def _run(*argv: str, answer: Any = None) -> str:
    stdin = json.dumps(answer).encode() if answer else b""
    result = run(*argv, "--format", "html", stdin=stdin)
    assert result.code == 0, result.stderr
    return result.stdout


def _build_hostile() -> Any:
    """Names of people, models and keys that want to be something else; and costs below 0."""
    days = [f"2026-05-{day:02}T00:00:00.000Z" for day in range(1, 32)]
    return usages(
        consumption=[
            {"userId": f"user_{n}", "value": 10.5 - n, "discount": 0, "total": 10.5 - n}
            for n in range(len(HOSTILE))
        ],
        models=[
            model_row(f"model_{n}", *(point(day, jobs=1, cost=9 - n * 1.5) for day in days))
            for n in range(len(HOSTILE))
        ],
        users=[
            {"id": f"user_{n}", "fullName": name, "email": name, "isApiKey": False}
            for n, name in enumerate(HOSTILE)
        ],
        model_names={f"model_{n}": name for n, name in enumerate(HOSTILE)},
    )


def _build_long() -> Any:
    """3,000 models, with names of several words."""
    rows = [model_row(f"m{n}", point(cost=3000 - n, jobs=1)) for n in range(3000)]
    names = {f"m{n}": " ".join(f"{word}{n:04}" for word in _WORDS) for n in range(3000)}
    return usages(models=rows, model_names=names)


_WORDS = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir")
_SAVED = ("report", "--from", "-", "--period", "2026-05")
PAGES: Mapping[str, Callable[[], str]] = {
    "report": cache(lambda: _run("report", *OCTOBER)),
    "trend": lambda: _run("trend", *OCTOBER, "--split", "model"),
    "compare": lambda: _run("compare", *OCTOBER),
    "quota": lambda: _run("quota", "--demo"),
    "year": lambda: _run("trend", "--demo", "--period", "2025", "--by", "day"),
    "hostile": lambda: _run(*_SAVED, answer=_build_hostile()),
    "long": lambda: _run(*_SAVED, answer=_build_long()),
    "empty": lambda: _run(*_SAVED, answer=usages()),
}
