"""Which models, people and API keys are seen for the first time."""

from collections.abc import Iterator, Mapping, Sequence

from scenario_usage_cli.collect.names import KEY_PREFIX
from scenario_usage_cli.report.fields import ADDITIVE, Row, Table, pick
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.numbers import is_shown
from scenario_usage_cli.report.tables import CONSUMPTION, IS_API_KEY, MODELS
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.usage_view import describe_period
from scenario_usage_cli.report.view import Chapter
from scenario_usage_cli.report.words import cut_name, group_thousands, write_sentence

_MOST_NAMED = 20


def build_firsts(report: Report, earlier: Report, labels: Mapping[str, str]) -> Chapter | None:
    """Those that the earlier report does not have; `labels` are those of users.

    None if the report has neither models nor people.
    """
    if not {MODELS.name, CONSUMPTION.name} & report.sections.keys():
        return None
    sentences = []
    if earlier.period:
        sentences.append(
            f"New is what was not used in the time before, {describe_period(earlier.period)}."
        )
    for table, sorts in ((MODELS, ("model",)), (CONSUMPTION, ("person", "API key"))):
        if table.name not in report.sections:
            continue
        if table.name in report.unknown_sections | earlier.unknown_sections:
            sentences.append(f"Which {table.name} are new is not known.")
            continue
        rows = _find_new(table, report, earlier)
        for one in sorts:
            own = [row for row in rows if one == "model" or _is_key(row) == (one == "API key")]
            sentences.append(_describe(one, [_name(table, row, labels) for row in own]))
    told = [one for one in earlier.warnings if one not in report.warnings]
    sentences += [write_sentence(f"of the time before: {one}") for one in told]
    return Chapter("Seen for the first time", tuple(sentences))


def _find_new(table: Table, report: Report, earlier: Report) -> Sequence[Row]:
    old = {table.id.of(row) for row in _list_used(table, earlier)}
    return [row for row in _list_used(table, report) if table.id.of(row) not in old]


def _list_used(table: Table, report: Report) -> Iterator[Row]:
    """Rows with any figure."""
    figures = pick(table.fields, *ADDITIVE)
    return (
        row
        for row in report.sections.get(table.name, ())
        if any(is_shown(figure.of(row)) for figure in figures)
    )


def _is_key(row: Row) -> bool:
    told = IS_API_KEY.of(row)
    return CONSUMPTION.id.of(row).startswith(KEY_PREFIX) if told is None else told


def _name(table: Table, row: Row, labels: Mapping[str, str]) -> str:
    name = table.names[0].of(row)
    if table is CONSUMPTION:
        name = labels.get(table.id.of(row), name).removesuffix(" (API key)")
    return f"{cut_name(name)} ({group_thousands(COST.of(row))} CU)"


def _describe(sort: str, names: Sequence[str]) -> str:
    """`New models: Kling V3 (380 CU).`"""
    if not names:
        return f"No {sort} is new."
    plural = {"person": "people"}.get(sort, f"{sort}s")
    shown = names if len(names) <= _MOST_NAMED else names[: _MOST_NAMED - 1]
    rest = [f"and {len(names) - len(shown)} others"] if names[len(shown) :] else []
    return f"New {plural if names[1:] else sort}: {', '.join((*shown, *rest))}."
