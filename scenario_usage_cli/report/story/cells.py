"""What each project cost by model and by person, with what is in none of them: it all adds up."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.names import NOBODY
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.breakdown import NO_MODEL
from scenario_usage_cli.report.labels import label_users, tell_apart
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.numbers import is_shown, sum_cu

OUTSIDE = ""
"""The id of what is in none of the projects."""
NO_MODEL_ID = ""
"""The id of what was charged without a model."""
IN_NO_PROJECT = "(in none of these projects)"

_Costs = Mapping[str, Decimal]


class Cells(NamedTuple):
    """CU by the ids of a project and of a model or person; those of zero are left out."""

    costs: Mapping[tuple[str, str], Decimal]
    projects: Mapping[str, str]
    """Names by id."""
    others: Mapping[str, str]
    """Those of models or people."""


def find_gap(whole: Usage, projects: Breakdown, sections: Iterable[str]) -> str | None:
    """The first section that the whole or a project lacks, in words; None if all have all."""
    for section in sections:
        if section not in whole.came:
            return f"{section} of the whole"
        for ids, usage in projects.usages.items():
            if section not in usage.came:
                return f"{section} of {projects.describe(ids)}"
    return None


def cross_models(whole: Usage, projects: Breakdown, models: tuple[str, ...]) -> Cells:
    """By model; what was charged without one is there as well, unless all are narrowed."""
    wanted, names = ModelFilter(models), {**whole.models}
    for usage in projects.usages.values():
        names = {**usage.models, **names}

    is_charged = not models and find_gap(whole, projects, ("consumption",)) is None

    def read(usage: Usage) -> _Costs:
        costs = {
            one: Decimal(figures["cost"] or 0)
            for one, figures in usage.figures("models")
            if wanted.matches(one, names.get(one, one))
        }
        if is_charged:
            costs[NO_MODEL_ID] = sum_cu(_charge(usage).values()) - sum_cu(costs.values())
        return costs

    costs = _cross(read(whole), {one: read(usage) for (one,), usage in projects.usages.items()})
    known = {one: names.get(one, one) for _, one in costs}
    return Cells(costs, _name_projects(projects), {**tell_apart(known), NO_MODEL_ID: NO_MODEL})


def cross_people(whole: Usage, projects: Breakdown) -> Cells:
    """By person or API key."""
    parts = {one: _charge(usage) for (one,), usage in projects.usages.items()}
    costs = _cross(_charge(whole), parts)
    ids = dict.fromkeys(one for _, one in costs)
    users = {**dict.fromkeys(ids, NOBODY), **whole.users}
    return Cells(costs, _name_projects(projects), label_users(users))


def find_largest(ids: Iterable[str], projects: Breakdown, most: int) -> frozenset[str]:
    """Those of the ids, `most` at most, of projects that were charged most."""
    costs = {one: sum_cu(_charge(usage).values()) for (one,), usage in projects.usages.items()}
    order = sorted(ids, key=lambda one: (-costs.get(one, Decimal(0)), one))
    return frozenset(order[:most])


def _charge(usage: Usage) -> _Costs:
    return {one: Decimal(figures["cost"] or 0) for one, figures in usage.figures("consumption")}


def _cross(whole: _Costs, parts: Mapping[str, _Costs]) -> Mapping[tuple[str, str], Decimal]:
    """The cells of all parts, and what the whole has beside them."""
    rest = dict(whole)
    cells = {}
    for part, costs in parts.items():
        for one, cost in costs.items():
            cells[part, one] = cost
            rest[one] = rest.get(one, Decimal(0)) - cost
    cells |= {(OUTSIDE, one): cost for one, cost in rest.items()}
    return {place: cost for place, cost in cells.items() if is_shown(cost)}


def _name_projects(projects: Breakdown) -> Mapping[str, str]:
    names = {ids[0]: projects.name(ids)[0] for ids in projects.usages}
    return {**tell_apart(names), OUTSIDE: IN_NO_PROJECT}
