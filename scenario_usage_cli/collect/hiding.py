"""What was collected, with aliases in the place of people and API keys, before it is reported.

Reports, tables and formats are made of that, and so have nothing else to show. Without
`pseudonyms`, everything stays as it is.
"""

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING

from scenario_usage_cli.collect.merge import NAMELESS
from scenario_usage_cli.collect.names import NOBODY, Names, UserName

if TYPE_CHECKING:
    from scenario_usage_cli.collect.activity import Event
    from scenario_usage_cli.collect.breakdown import Breakdown
    from scenario_usage_cli.collect.pseudonyms import Pseudonyms
    from scenario_usage_cli.collect.usage import Filters, Usage


def learn_names(names: Names, pseudonyms: "Pseudonyms | None") -> None:
    """Note names that no answer of this run may have, so that no message tells them."""
    if pseudonyms:
        for user_id, name in {**names.people, **names.keys}.items():
            pseudonyms.learn(user_id, UserName(name, None, None))


def hide_usages(usages: Iterable["Usage"], pseudonyms: "Pseudonyms | None") -> None:
    """Hide who is in usages, in place; one that is hidden already stays as it is."""
    if pseudonyms:
        for usage in usages:
            _hide_usage(usage, pseudonyms)


def hide_breakdowns(
    breakdowns: "Sequence[Breakdown]", pseudonyms: "Pseudonyms | None"
) -> "list[Breakdown]":
    """The same of breakdowns, and in them the members that are users."""
    return [_hide_breakdown(one, pseudonyms) if pseudonyms else one for one in breakdowns]


def hide_filters(filters: "Filters", pseudonyms: "Pseudonyms | None") -> "Filters":
    """Filters with the ids of aliases."""
    if not pseudonyms:
        return filters
    return filters._replace(user_ids=tuple(_hide_id(one, pseudonyms) for one in filters.user_ids))


def hide_events(events: "Iterable[Event]", pseudonyms: "Pseudonyms | None") -> "list[Event]":
    """Events of aliases."""
    if not pseudonyms:
        return list(events)
    aliases = {one: pseudonyms.alias(one) for one in {event.user_id for event in events} if one}
    return [
        event._replace(user_id=alias.id, user=alias.name)
        if (alias := aliases.get(event.user_id or ""))
        else event
        for event in events
    ]


def hide_pages(
    pages: "Generator[Sequence[Event], None, bool]",
    warnings: list[str],
    pseudonyms: "Pseudonyms | None",
) -> "Generator[Sequence[Event], None, bool]":
    """The same of pages of events, and of the warnings that come with them."""
    if not pseudonyms:
        return (yield from pages)
    while True:
        try:
            page = next(pages)
        except StopIteration as end:
            warnings[:] = map(pseudonyms.text, warnings)
            return bool(end.value)
        yield hide_events(page, pseudonyms)


def _hide_usage(usage: "Usage", pseudonyms: "Pseudonyms") -> None:
    users = usage.users
    for user_id, user in users.items():
        pseudonyms.learn(user_id, user)
    filters = usage.filters
    shown = {*users, *usage.consumption, *(filters.user_ids if filters else ())} - {NAMELESS}
    # In order, so that the same data gives the same aliases even where two would be alike.
    usage.users = {
        pseudonyms.alias(one).id: pseudonyms.disguise(one, users.get(one, NOBODY))
        for one in sorted(shown)
    }
    usage.consumption = {
        _hide_id(one, pseudonyms): figures for one, figures in usage.consumption.items()
    }
    usage.filters = filters and hide_filters(filters, pseudonyms)
    usage.notes = [*map(pseudonyms.text, usage.notes)]
    usage.failures = {part: pseudonyms.text(text) for part, text in usage.failures.items()}
    for oddity, remark in usage.remarks.items():
        usage.remarks[oddity] = remark._replace(place=pseudonyms.text(remark.place))


def _hide_breakdown(breakdown: "Breakdown", pseudonyms: "Pseudonyms") -> "Breakdown":
    hide_usages(breakdown.usages.values(), pseudonyms)
    if "user" not in breakdown.by:
        return breakdown
    place = breakdown.by.index("user")

    def put(ids: tuple[str, ...], one: str) -> tuple[str, ...]:
        return (*ids[:place], one, *ids[place + 1 :])

    def hide(ids: tuple[str, ...]) -> tuple[str, ...]:
        return put(ids, _hide_id(ids[place], pseudonyms))

    return breakdown._replace(
        usages={hide(ids): usage for ids, usage in breakdown.usages.items()},
        names={
            hide(ids): put(breakdown.name(ids), pseudonyms.alias(ids[place]).name)
            for ids in breakdown.usages
            if ids[place] != NAMELESS
        },
        unknown=frozenset(_hide_id(one, pseudonyms) for one in breakdown.unknown)
        if place == 0
        else breakdown.unknown,
    )


def _hide_id(user_id: str, pseudonyms: "Pseudonyms") -> str:
    """The id of an alias; that of rows that came without one is nobody's."""
    return user_id if user_id == NAMELESS else pseudonyms.alias(user_id).id
