"""The forecast against the straight line, day by day: `python -m tests.benchmarks.forecast`.

Two years of the sandbox and of twenty other studios. On every day but the first of a month, what
the month still uses is foretold from the days before it, and compared with what came.
"""

from collections.abc import Iterator, Sequence

from tests.forecast.scores import (
    Score,
    count_won,
    find_coverage,
    find_errors,
    score,
    split_months,
)
from tests.forecast.studios import draw_studios


def main() -> Iterator[str]:
    """The lines of three tables: all together, month by month, studio by studio."""
    scores = {name: list(score(name, daily)) for name, daily in draw_studios().items()}
    everything = [one for rows in scores.values() for one in rows]
    yield "80 % interval: how many of them held, how many there were, and what stood beside them"
    yield "error: median of |forecast - actual| / actual, of what the month still used; line:"
    yield "the straight line's; total: the same as shares of the month's total; won: months in"
    yield "which the forecast's error is below the line's"
    yield ""
    yield f"{'':15}{'held':>7}{'of':>7}{'said':>7}{'error':>8}{'line':>7}{'won':>8}" + (
        f"{'total':>8}{'line':>7}{'won':>8}"
    )
    for name, rows in {"all": everything, **scores}.items():
        yield _describe(name, rows)
    yield ""
    for (year, month), rows in split_months(everything).items():
        yield _describe(f"{year}-{month:02}", rows)


def _describe(name: str, scores: Sequence[Score]) -> str:
    coverage, count = find_coverage(scores)
    claims = [one.claim for one in scores if one.claim is not None]
    said = f"{sum(claims) / len(claims):.0%}" if claims else "-"
    held = f"{coverage:.1%}" if count else "-"
    line = f"{name:15}{held:>7}{count:>7}{said:>7}"
    for of_total in (False, True):
        ours, straight = find_errors(scores, of_total=of_total)
        won = "{}/{}".format(*count_won(scores, of_total=of_total))
        line += f"{ours:>8.1%}{straight:>7.1%}{won:>8}"
    return line


if __name__ == "__main__":
    for text in main():
        print(text)
