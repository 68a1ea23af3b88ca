"""What changed against the period before, in parts that add up to the whole change."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.report.breakdown import build_breakdown
from scenario_usage_cli.report.comparison import Comparison, build_comparison
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.numbers import is_shown, round_cu, sum_cu
from scenario_usage_cli.report.story.cells import (
    NO_MODEL_ID,
    OUTSIDE,
    Cells,
    cross_models,
    find_gap,
)
from scenario_usage_cli.report.story.material import Material
from scenario_usage_cli.report.tables import AFTER, BEFORE, DELTA, DIFFERENCE
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.words import cut_name

WITHOUT_MODEL = "operations and refunds without a model"


class Change(NamedTuple):
    """How much more something cost than before, in CU as shown; never 0."""

    name: str
    delta: Decimal


class Changes(NamedTuple):
    """What a figure was, and what became of it: the parts sum to the difference."""

    before: Decimal
    after: Decimal
    parts: Sequence[Change]
    """The largest first, whether they are more or less."""

    @property
    def delta(self) -> Decimal:
        """That of all parts."""
        return self.after - self.before


def compare_with_before(report: Report, material: Material) -> Comparison | None:
    """The same as `compare` shows; by project as well, where both have the same ones."""
    before = material.before
    if before is None:
        return None
    models = report.filters.models if report.filters else ()
    both = material.projects, before.projects
    blocks = [[build_breakdown(one, models)] if one and _are_alike(*both) else [] for one in both]
    after, against = (
        one._replace(blocks=own) for one, own in zip((report, before.report), blocks, strict=True)
    )
    return build_comparison(after._replace(labels=material.labels), against, note=before.note)


def _are_alike(after: Breakdown | None, before: Breakdown | None) -> bool:
    return bool(after and before and after.usages.keys() == before.usages.keys())


def list_changes(report: Report, comparison: Comparison, material: Material) -> Changes | None:
    """By model and project, or by model where projects are not known; None without any cost."""
    models = report.filters.models if report.filters else ()
    total = _find_total(comparison, models)
    if total is None:
        return None
    before, after = total
    crossed = _cross(material, models)
    found = _subtract(*crossed) if crossed else None
    if found is None or sum_cu(one.delta for one in found) != after - before:
        found = _list_models(comparison, after - before)
    return Changes(before, after, sort_changes(found))


def list_people(comparison: Comparison) -> Sequence[Change]:
    """By person or API key; they sum to what all were charged."""
    rows = comparison.sections.get("consumption", ())
    labels = comparison.report.labels.users
    return sort_changes(_read(row, labels) for row in rows)


def _find_total(comparison: Comparison, models: tuple[str, ...]) -> tuple[Decimal, Decimal] | None:
    """What was charged, or where only some models are shown, what these cost."""
    if not models:
        for row in comparison.totals:
            if DIFFERENCE.id.of(row) == COST.key:
                return Decimal(BEFORE.of(row)), Decimal(AFTER.of(row))
    if "models" in comparison.unknown_sections or "models" not in comparison.sections:
        return None
    rows = comparison.sections["models"]
    return sum_cu(map(BEFORE.of, rows)), sum_cu(map(AFTER.of, rows))


def _cross(material: Material, models: tuple[str, ...]) -> tuple[Cells, Cells] | None:
    """Projects by models in both periods, of those projects that are known in both."""
    before, projects = material.before, material.projects
    if before is None or before.projects is None or projects is None:
        return None
    shared = [ids for ids in projects.usages if ids in before.projects.usages]
    sections = ("models",) if models else ("models", "consumption")
    crossed = []
    for whole, parts in ((material.usage, projects), (before.usage, before.projects)):
        own = parts._replace(usages={ids: parts.usages[ids] for ids in shared})
        if find_gap(whole, own, sections):
            return None
        crossed.append(cross_models(whole, own, models))
    after, old = crossed
    return after, old


def _subtract(after: Cells, before: Cells) -> list[Change]:
    places = dict.fromkeys((*after.costs, *before.costs))
    projects = {**before.projects, **after.projects}
    others = {**before.others, **after.others}
    changes = []
    for project, model in places:
        delta = _show(after.costs, (project, model)) - _show(before.costs, (project, model))
        what = WITHOUT_MODEL if model == NO_MODEL_ID else cut_name(others[model])
        where = "other projects" if project == OUTSIDE else f"project {cut_name(projects[project])}"
        changes.append(Change(f"{what} in {where}", delta))
    return changes


def _show(costs: Mapping[tuple[str, str], Decimal], place: tuple[str, str]) -> Decimal:
    return round_cu(costs.get(place, Decimal(0)))


def _list_models(comparison: Comparison, delta: Decimal) -> list[Change]:
    """By model, and what is charged without one."""
    known = "models" not in comparison.unknown_sections
    rows = comparison.sections.get("models", ()) if known else ()
    found = [_read(row, {}) for row in rows]
    rest = delta - sum_cu(one.delta for one in found)
    return [*found, Change(WITHOUT_MODEL if rows else "all together", rest)]


def _read(row: Row, labels: Mapping[str, str]) -> Change:
    name = labels.get(DIFFERENCE.id.of(row), DIFFERENCE.names[0].of(row))
    return Change(cut_name(name), Decimal(DELTA.of(row)))


def sort_changes(changes: Iterable[Change]) -> list[Change]:
    """The largest first, without those that are shown as 0."""
    found = [one for one in changes if is_shown(one.delta)]
    return sorted(found, key=lambda one: (-abs(one.delta), one.name))
