"""Whether projects or users add up to the whole, in all that a breakdown is made of."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.breakdown import SECTIONS_OF_BREAKDOWN, Breakdown
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.numbers import is_shown, round_cu
from scenario_usage_cli.report.words import list_words

_MOST_NAMED = 5
_PLURALS = {"consumption": "users", "models": "models", "assets": "kinds of assets"}


class Difference(NamedTuple):
    """By how much the whole has more of a row than its parts together, by measure.

    Measures that add up are left out.
    """

    section: str
    row_id: str
    amounts: Mapping[str, Figure]


def find_differences(whole: Usage, breakdown: Breakdown) -> list[Difference]:
    """What does not add up, section by section, the largest first, ties by id.

    A section that the whole or a part does not have, or not all of, is passed over.
    """
    differences = []
    for section in SECTIONS_OF_BREAKDOWN:
        if all(section in usage.came for usage in (whole, *breakdown.usages.values())):
            found = list(_compare(section, whole, breakdown))
            differences += sorted(found, key=lambda one: (-_measure(one), one.row_id))
    return differences


def warn_of_differences(
    whole: Usage, breakdown: Breakdown, differences: Sequence[Difference]
) -> list[str]:
    """A line for each of the first few differences of a section, and one for its rest."""
    lines, by = [], list_words(breakdown.by)
    for section, plural in _PLURALS.items():
        found = [difference for difference in differences if difference.section == section]
        for difference in found[:_MOST_NAMED]:
            amounts = ", ".join(
                f"{key} {round_cu(Decimal(figure)).normalize():f}"
                for key, figure in difference.amounts.items()
            )
            lines.append(
                f"{_name(difference, whole, breakdown)} does not add up by {by}: "
                f"the whole has more by {amounts}"
            )
        if others := len(found[_MOST_NAMED:]):
            lines.append(f"{others} more {plural} do not add up by {by}")
    return lines


def _compare(section: str, whole: Usage, breakdown: Breakdown) -> Iterator[Difference]:
    left = {row_id: dict(figures) for row_id, figures in whole.figures(section)}
    for ids, usage in breakdown.usages.items():
        whose = dict(zip(breakdown.by, ids, strict=True))
        for row_id, figures in usage.figures(section):
            # All that comes with a user is shown as that user's, whoever the row says it is of.
            key = whose.get("user", row_id) if section == "consumption" else row_id
            own = left.setdefault(key, dict.fromkeys(figures, 0))
            for measure, figure in figures.items():
                own[measure] = (own[measure] or 0) - (figure or 0)
    for row_id, figures in left.items():
        amounts = {key: value for key, value in figures.items() if value and is_shown(value)}
        if amounts:
            yield Difference(section, row_id, amounts)


def _measure(difference: Difference) -> Decimal:
    return max(abs(round_cu(Decimal(amount))) for amount in difference.amounts.values())


def _name(difference: Difference, whole: Usage, breakdown: Breakdown) -> str:
    row_id = difference.row_id
    if difference.section == "consumption":
        user = whole.users.get(row_id)
        return f"consumption of {(user and user.name) or row_id}"
    if difference.section == "assets":
        return f"assets of kind {row_id}"
    return whole.models.get(row_id, row_id)
