"""Changes in sentences, whose numbers add up."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from scenario_usage_cli.report.comparison import Comparison
from scenario_usage_cli.report.comparison_view import build_comparison_view
from scenario_usage_cli.report.numbers import sum_cu
from scenario_usage_cli.report.story.changes import Change, Changes, list_changes, list_people
from scenario_usage_cli.report.story.material import Material
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.view import Chapter, Section
from scenario_usage_cli.report.words import format_delta, group_thousands

_MOST_NAMED = 5


def build_changes(report: Report, comparison: Comparison, material: Material) -> Chapter:
    """What changed most, and the tables of all that changed."""
    changes = list_changes(report, comparison, material)
    is_narrowed = bool(report.filters and report.filters.models)
    people = list_people(comparison)
    sentences: list[str] = []
    if changes:
        sentences += describe_changes(changes, people, is_narrowed=is_narrowed)
    sentences += _describe_limit(material)
    tables = map(_retitle, build_comparison_view(comparison).table_sections)
    return Chapter("What changed most", tuple(sentences), sections=tuple(tables))


def _retitle(section: Section) -> Section:
    """The same; beside what these tables are of, their titles tell that they are of changes."""
    title = section.table.title
    table = section.table._replace(title=f"Changes of {title[:1].lower()}{title[1:]}")
    return section._replace(table=table)


def _describe_limit(material: Material) -> Iterator[str]:
    """That not all projects were asked for in the period before."""
    projects, before = material.projects, material.before and material.before.projects
    if projects and before and len(projects.usages) > len(before.usages):
        yield (
            f"Of {group_thousands(len(projects.usages))} projects, the {len(before.usages)} that "
            "cost most are compared one by one, and all others together."
        )


def describe_changes(
    changes: Changes, people: Sequence[Change], *, is_narrowed: bool = False
) -> Iterator[str]:
    """The whole change and its largest part; then what grew and what shrank, and who did.

    If the changes are narrowed to some models, those of people are not, and sentences say so.
    """
    what = "cost of these models" if is_narrowed else "cost"
    by_person = " by person, with all models" if is_narrowed else " by person"
    before, after = (group_thousands(one) for one in (changes.before, changes.after))
    if not (changes.parts or people):  # what changed has parts
        yield f"Nothing changed: the {what} is {after} CU, as in the period before."
        return
    if changes.delta:
        yield _describe_whole(changes)
        yield f"The {what} was {before} CU in the period before, and is {after} CU now."
    else:
        yield f"The {what} is {after} CU in both periods."
    yield from describe_parts(changes.parts, changes.delta, "")
    if people:
        yield from describe_parts(people, sum_cu(one.delta for one in people), by_person)


def _describe_whole(changes: Changes) -> str:
    """`+412 CU, of which +380 CU from Kling V3 in project Pirates.`"""
    whole = f"{format_delta(changes.delta)} CU"
    largest = next(one for one in changes.parts if one.delta * changes.delta > 0)
    told = f"{_tell(largest.delta)} from {largest.name}"
    if abs(largest.delta) <= abs(changes.delta):
        return f"{whole}, of which {told}."
    return f"{whole}: {told}, and {_tell(changes.delta - largest.delta)} from all others."


def describe_parts(parts: Sequence[Change], whole: Decimal, by: str) -> Iterator[str]:
    """The largest that grew, the largest that shrank, and the sum of all others."""
    told: list[Change] = []
    for word, sign in (("Grew", 1), ("Shrank", -1)):
        found = [one for one in parts if one.delta * sign > 0][:_MOST_NAMED]
        if found:
            yield f"{word} most{by}: {_list(found)}."
        told += found
    if left := len(parts) - len(told):
        rest = whole - sum_cu(one.delta for one in told)
        yield f"All others{by} ({left}): {_tell(rest)}."


def _list(changes: Iterable[Change]) -> str:
    return "; ".join(f"{one.name}, {_tell(one.delta)}" for one in changes)


def _tell(delta: Decimal) -> str:
    return f"{format_delta(delta)} CU"
