"""Who and what was used: a chapter for each table, with the share of each row."""

from collections.abc import Iterator

from scenario_usage_cli.collect.breakdown import COST_CENTRE, Breakdown
from scenario_usage_cli.report.breakdown import build_breakdown
from scenario_usage_cli.report.breakdown_tables import declare_breakdown_totals
from scenario_usage_cli.report.breakdown_view import build_breakdown_tables
from scenario_usage_cli.report.fields import Fields, Table
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.numbers import is_shown
from scenario_usage_cli.report.story.cells import cross_models, cross_people, find_gap
from scenario_usage_cli.report.story.material import Material
from scenario_usage_cli.report.story.matrices import build_matrix
from scenario_usage_cli.report.tables import ASSETS, CONSUMPTION, MODELS
from scenario_usage_cli.report.view import Chapter, Chart, Drawing, Section, View
from scenario_usage_cli.report.words import cut_name, group_thousands

_TITLES = {
    MODELS: "Models",
    CONSUMPTION: "People and API keys",
    declare_breakdown_totals("project"): "Projects",
    declare_breakdown_totals(COST_CENTRE): "Cost centres",
    ASSETS: "Kinds of assets",
}
"""The tables that have a chapter, and what these are called."""


def build_subjects(view: View, material: Material, models: tuple[str, ...]) -> Iterator[Chapter]:
    """Models, people, projects, cost centres and kinds, and what the report has beside them.

    A table that the report has is the same one.
    """
    left = {_identify(section.table): section for section in view.table_sections}
    for parts, by in ((material.projects, "project"), (material.centres, COST_CENTRE)):
        own = _identify(declare_breakdown_totals(by))
        if parts and own not in left:
            left[own] = _build_totals(parts, material, models)
    for table, title in _TITLES.items():
        if section := left.pop(_identify(table), None):
            charts = _rank(section) if table is MODELS else ()
            yield Chapter(title, charts=charts, sections=(section,))
    if left:
        yield Chapter("Other tables", sections=tuple(left.values()))


def _identify(table: Table) -> tuple[str, Fields]:
    """What a table is of."""
    return table.name, table.ids


def _build_totals(parts: Breakdown, material: Material, models: tuple[str, ...]) -> Section:
    """A row for each project or cost centre."""
    totals = build_breakdown_tables([build_breakdown(parts, models)])[0]
    return totals._replace(labels=material.labels.by_key)


def _rank(section: Section) -> tuple[Chart, ...]:
    """The rows by cost; none where nothing cost anything."""
    name = section.table.names[0]
    found = [row for row in section.rows if is_shown(COST.of(row))]
    if not found:
        return ()
    first = max(found, key=COST.of)
    told, cost = cut_name(name.of(first)), group_thousands(COST.of(first))
    description = f"Of {len(found)} models with a cost, {told} cost most: {cost} CU."
    if not found[1:]:
        description = f"{told} is the only model with a cost: {cost} CU."
    return (Chart("Models by cost", Drawing.RANKING, section, name, COST, description=description),)


def build_crossings(material: Material, models: tuple[str, ...]) -> Chapter | None:
    """Projects by models and by people; None without projects."""
    projects, usage = material.projects, material.usage
    if projects is None:
        return None
    matrices: list[Matrix | None] = []
    sentences: list[str] = []
    for what, needed in (("model", "models"), ("person", "consumption")):
        if needed not in usage.sections:
            continue
        if gap := find_gap(usage, projects, (needed,)):
            sentences.append(f"Projects by {what} cannot be shown: {gap} did not come.")
            continue
        cells = (
            cross_models(usage, projects, models)
            if what == "model"
            else cross_people(usage, projects)
        )
        matrices.append(build_matrix(f"Cost of projects by {what}", cells))
    found = tuple(one for one in matrices if one)
    if not found and not sentences:
        return None
    return Chapter("Projects by model and person", tuple(sentences), matrices=found)
