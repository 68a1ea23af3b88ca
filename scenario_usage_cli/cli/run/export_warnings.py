"""What a user must know of a dataset after a run of `export`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scenario_usage_cli.export.layout import MANIFEST, OF_PEOPLE
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.plan import Plan
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.report.words import count

if TYPE_CHECKING:
    from scenario_usage_cli.cost_centres import CostCentres
    from scenario_usage_cli.money import Money

_SHOWN = 5


def list_warnings(
    manifest: Manifest,
    plan: Plan,
    tally: Tally,
    *,
    tables: Sequence[str],
    centres: CostCentres | None,
    money: Money | None,
) -> list[str]:
    """Each in a sentence."""
    return [
        *_describe_plan(manifest, plan),
        *_describe_centres(manifest, centres, tables),
        *_describe_amounts(manifest, money),
        *_describe_remarks(tally),
    ]


def _describe_plan(manifest: Manifest, plan: Plan) -> Iterator[str]:
    if manifest.rebuilt_from:
        yield (
            f"{MANIFEST} was lost or damaged: {count(manifest.rebuilt_from, 'partition')} entered "
            "anew, all of whose days are fetched again"
            + ("; a change by hand is damage as well" if manifest.was_damaged else "")
        )
    for path in plan.edited[:_SHOWN]:
        what = "was changed by somebody else"
        if path in plan.unreadable:
            what = f"cannot be read ({plan.unreadable[path]})"
        yield f"{path} {what}, and is left as it is; --repair fetches it"
    if others := plan.edited[_SHOWN:]:
        yield f"so {'were' if others[1:] else 'was'} {count(len(others), 'other')}"
    if manifest.from_the_future:
        yield (
            f"{count(manifest.from_the_future, 'partition')} seem to have been fetched later than "
            "now, and are not trusted: was the clock set back?"
        )


def _describe_amounts(manifest: Manifest, money: Money | None) -> Iterator[str]:
    if money is not None and not manifest.has_amounts:
        what = "amounts" if manifest.focus else "columns for amounts"
        yield (
            f"it was begun without a price and has no {what}; an export into another DIR has them"
        )
    if manifest.currencies[1:]:
        column = "BillingCurrency" if manifest.focus else "currency"
        yield (
            f"there are amounts in {' and in '.join(manifest.currencies)}, which do not add up: "
            f"look at the column {column}; --repair over all days makes them "
            f"{manifest.currencies[-1]}"
        )


def _describe_centres(
    manifest: Manifest, centres: CostCentres | None, tables: Sequence[str]
) -> Iterator[str]:
    if centres is None or manifest.focus or not manifest.by_project:
        return
    if manifest.cost_centres is None:
        yield (
            "it was begun without cost centres and has no column for them; "
            "an export into another DIR has it"
        )
        return
    others = [table for table in tables if table not in OF_PEOPLE]
    if others and centres.list_texts("users"):
        yield (
            f"users of cost centres count in {' and '.join(OF_PEOPLE)}; rows of "
            f"{', '.join(others)} have no user, and their cost centre is that of the project"
        )


def _describe_remarks(tally: Tally) -> Iterator[str]:
    if tally.clock_is_ahead:
        yield "this machine's clock is ahead of the API's, whose time was used instead"
    yield from tally.notes
    for text, found in tally.remarks.items():
        days = sorted(set(found))
        others = f" and {count(len(days) - 1, 'other day')}" if days[1:] else ""
        yield f"{days[0]}{others}: {text}"
