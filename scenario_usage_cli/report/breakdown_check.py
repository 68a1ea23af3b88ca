"""Whether projects or users add up to the whole, in all that a breakdown is made of."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.breakdown import SECTIONS_OF_BREAKDOWN, Breakdown
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.cost_centres import UNASSIGNED
from scenario_usage_cli.report.numbers import is_shown, round_cu
from scenario_usage_cli.report.words import format_cu, list_words

_MOST_NAMED = 5
_PLURALS = {"consumption": "users", "models": "models", "assets": "kinds of assets"}


class Difference(NamedTuple):
    """By how much the whole has more of a row than its parts together, by measure.

    Measures that add up are left out.
    """

    section: str
    row_id: str
    name: str
    """What the row is called in a sentence."""
    amounts: Mapping[str, Figure]


def warn_of_differences(whole: Usage, breakdowns: Sequence[Breakdown]) -> Iterator[str]:
    """What of the whole is in no part of each, or too much in them, line by line.

    Pairs are compared with the parts of either dimension as well. What one breakdown lacks, such
    as the usage of a deleted project, others lack too: it is told once.
    """
    told: list[Difference] = []
    for breakdown in breakdowns:
        found = find_differences(whole, breakdown)
        yield from describe_differences(_leave_out(told, found), breakdown.by)
        for parts in breakdowns:
            if set(parts.by) < set(breakdown.by):
                yield from _warn_of_pairs(parts, breakdown, told)
        told += found


def warn_of_excess(breakdown: Breakdown) -> list[str]:
    """What cost centres have more of than the whole, so that less than nothing belongs to none.

    Refunds of what belongs to none explain that as well, of consumption; where no cost centre has
    anything of a row, nothing else does.
    """
    rest = breakdown.usages.get((UNASSIGNED,))
    held = {
        (section, row_id)
        for ids, usage in breakdown.usages.items()
        for section in SECTIONS_OF_BREAKDOWN
        for row_id, figures in usage.figures(section)
        if ids != (UNASSIGNED,) and any(figures.values())
    }
    differences = find_differences(rest, breakdown._replace(usages={})) if rest else []
    return _describe(
        [
            difference._replace(amounts=excess)
            for difference in differences
            if (difference.section, difference.row_id) in held
            and (excess := {key: -value for key, value in difference.amounts.items() if value < 0})
        ],
        "{}: cost centres have more than the whole, by {}",
        "{} more {} of which cost centres have more than the whole",
    )


def _warn_of_pairs(parts: Breakdown, pairs: Breakdown, told: Sequence[Difference]) -> list[str]:
    """The same of each project or user, whose parts are its pairs, but for what is told already."""
    (by,) = parts.by
    (other,) = (one for one in pairs.by if one != by)
    differences = [
        difference._replace(name=f"{parts.describe((one,))}: {difference.name}")
        for (one,), usage in parts.usages.items()
        for difference in find_differences(
            usage, pairs.pick(by, one), user=one if by == "user" else None
        )
    ]
    return describe_differences(_leave_out(told, differences), (other,))


def _leave_out(told: Sequence[Difference], found: Sequence[Difference]) -> list[Difference]:
    """Those found, without those of a row that add up to what is told of the same row.

    None of these may cancel out another.
    """
    known = [(one.section, one.row_id, one.amounts) for one in told]
    sums: dict[tuple[str, str], dict[str, Figure]] = {}
    mixed = set()
    for one in found:
        row = (one.section, one.row_id)
        own = sums.setdefault(row, {})
        for key, amount in one.amounts.items():
            before = own.get(key, 0)
            own[key] = before + amount
            if before * amount < 0:
                mixed.add(row)
    return [
        one
        for one in found
        if (row := (one.section, one.row_id)) in mixed or (*row, sums[row]) not in known
    ]


def find_differences(
    whole: Usage, breakdown: Breakdown, *, user: str | None = None
) -> list[Difference]:
    """What does not add up. If the whole is one `user`, all that it has is that user's.

    A section that the whole or a part does not have, or not all of, is passed over, and so is
    everything where it is not known what the parts are.
    """
    if breakdown.unknown:
        return []
    return [
        difference
        for section in SECTIONS_OF_BREAKDOWN
        if all(section in usage.came for usage in (whole, *breakdown.usages.values()))
        for difference in _compare(section, whole, breakdown, user)
    ]


def describe_differences(
    differences: Sequence[Difference],
    dimensions: Sequence[str],
    plurals: Mapping[str, str] = _PLURALS,
) -> list[str]:
    """A line for each of the largest differences of a section, and one for its rest.

    `plurals` are what the rows of each section are.
    """
    by = list_words(dimensions)
    return _describe(
        differences,
        f"{{}} does not add up by {by}: the whole has more by {{}}",
        f"{{}} more {{}} do not add up by {by}",
        plurals,
    )


def _describe(
    differences: Sequence[Difference],
    one: str,
    others: str,
    plurals: Mapping[str, str] = _PLURALS,
) -> list[str]:
    """The same in these words.

    `one` is filled with what a difference is called and with its amounts, `others` with how many
    there are besides, and of what.
    """
    lines = []
    for section, plural in plurals.items():
        found = [difference for difference in differences if difference.section == section]
        found.sort(key=lambda each: (-_measure(each), each.row_id, each.name))
        for difference in found[:_MOST_NAMED]:
            amounts = ", ".join(
                f"{key} {format_cu(Decimal(figure))}" for key, figure in difference.amounts.items()
            )
            lines.append(one.format(difference.name, amounts))
        if left := len(found[_MOST_NAMED:]):
            lines.append(others.format(left, plural))
    return lines


def _compare(
    section: str, whole: Usage, breakdown: Breakdown, user: str | None
) -> Iterator[Difference]:
    left: dict[str, dict[str, Figure]] = {}
    for sign, owner, usage in ((1, user, whole), *_list_parts(breakdown, user)):
        for row_id, figures in usage.figures(section):
            # All that comes with a user is shown as that user's, whoever the row says it is of.
            key = owner if owner is not None and section == "consumption" else row_id
            own = left.setdefault(key, dict.fromkeys(figures, 0))
            for measure, figure in figures.items():
                own[measure] += sign * (figure or 0)
    for row_id, found in left.items():
        amounts = {key: value for key, value in found.items() if is_shown(value)}
        if amounts:
            is_own = section == "consumption" and user is not None
            name = section if is_own else _name(section, row_id, whole, breakdown)
            yield Difference(section, row_id, name, amounts)


def _list_parts(breakdown: Breakdown, user: str | None) -> Iterator[tuple[int, str | None, Usage]]:
    """Each part, which is taken from the whole, with the user that it is of."""
    for ids, usage in breakdown.usages.items():
        whose = dict(zip(breakdown.by, ids, strict=True))
        yield -1, whose.get("user", user), usage


def _measure(difference: Difference) -> Decimal:
    return max(abs(round_cu(Decimal(amount))) for amount in difference.amounts.values())


def _name(section: str, row_id: str, whole: Usage, breakdown: Breakdown) -> str:
    if section == "consumption":
        if breakdown.by == ("user",) and (row_id,) in breakdown.names:
            return f"consumption of {breakdown.describe((row_id,))}"
        user = whole.users.get(row_id)
        return f"consumption of {(user and user.name) or row_id}"
    if section == "assets":
        return f"assets of kind {row_id}"
    return whole.models.get(row_id, row_id)
