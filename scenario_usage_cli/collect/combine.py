"""Usages of the same period added up, and taken from each other."""

from collections.abc import Sequence

from scenario_usage_cli.collect.remarks import Remark, Remarks
from scenario_usage_cli.collect.sections import Figures
from scenario_usage_cli.collect.usage import Bucket, Usage, add_figures


def combine(base: Usage, added: Sequence[Usage], taken: Sequence[Usage] = ()) -> Usage:
    """The sum of those that are `added`, less those that are `taken`, exact.

    It fills `base`, which is empty. A section that one of them does not have, or not all of, is
    unknown of the sum. What is taken is the same data once more: its remarks are not repeated, and
    rows of which nothing is left are left out.
    """
    for usage in added:
        _add(base, usage, 1)
        base.unknown_sections |= usage.unknown_sections
        base.former_sections |= usage.former_sections
        base.notes += usage.notes
        _add_remarks(base.remarks, usage.remarks)
    for usage in taken:
        _add(base, usage, -1)
    if taken:
        _drop_zeros(base)
    return base


def _add(sums: Usage, usage: Usage, sign: int) -> None:
    for row_id, figures in usage.consumption.items():
        row = sums.consumption.setdefault(row_id, dict.fromkeys(figures))
        add_figures(row, _sign(figures, sign))
    for section, rows in usage.series.items():
        known = sums.series.setdefault(section, {})
        for row_id, buckets in rows.items():
            course: dict[Bucket, Figures] = known.setdefault(row_id, {})
            for bucket, figures in buckets.items():
                point = course.setdefault(bucket, dict.fromkeys(figures))
                add_figures(point, _sign(figures, sign))
    sums.users = {**usage.users, **sums.users}
    sums.models = {**usage.models, **sums.models}
    sums.left_out |= usage.left_out & set(sums.sections)
    for section, gaps in usage.missing.items():
        sums.missing[section] = sums.missing.get(section, frozenset()) | gaps
    sums.cut |= usage.cut
    for part, message in usage.failures.items():
        known_of = sums.failures.get(part)
        told = known_of is None or message in known_of
        sums.failures[part] = message if told else f"{known_of}; {message}"


def _sign(figures: Figures, sign: int) -> Figures:
    return {key: None if figure is None else figure * sign for key, figure in figures.items()}


def _add_remarks(sums: Remarks, remarks: Remarks) -> None:
    remark: Remark
    for (oddity, section), remark in remarks.items():
        sums.note(oddity, section, remark)


def _drop_zeros(usage: Usage) -> None:
    usage.consumption = {one: row for one, row in usage.consumption.items() if any(row.values())}
    usage.series = {
        section: {
            row_id: buckets
            for row_id, buckets in rows.items()
            if any(any(figures.values()) for figures in buckets.values())
        }
        for section, rows in usage.series.items()
    }
