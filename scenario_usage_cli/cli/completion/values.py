"""The values that an option or argument may be completed to."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from itertools import starmap

from scenario_usage_cli.cli.completion.place import Candidate, Place
from scenario_usage_cli.cli.option_groups import Declared
from scenario_usage_cli.cli.typer_adapter import Group, summarise
from scenario_usage_cli.days import BILLING, NAMES

_MONTHS = 12


def list_values(
    one: Declared, current: str, place: Place, given: Iterable[str]
) -> Iterable[Candidate]:
    """What the value of an option or argument may be, the letters of `current` being there.

    Where it takes several with commas between them, what follows the last comma is completed, and
    what is there or in the values `given` before is not offered again.
    """
    match one.completed:
        case None:
            return []
        case str(name):
            part = current.rpartition(",")[2].lstrip() if one.takes_several else current
            found = list(_LISTS[name](place, part))
        case words:
            found = [Candidate(word) for word in words]
    if not one.takes_several:
        return found
    before = current[: len(current) - len(current.rpartition(",")[2].lstrip())]
    parts = {part.strip().casefold() for part in before.split(",")}
    wholes = [one for one in found if before and one.text.casefold().startswith(current.casefold())]
    if wholes and not parts <= {one.text.casefold() for one in found}:
        return wholes  # the comma is that of a name
    taken = {part.strip().casefold() for text in given for part in (text, *text.split(","))}
    return [
        one if "," in one.text else one._replace(text=before + one.text)
        for one in found
        if one.text.casefold() not in taken | parts
    ]


def _list_dates(place: Place, current: str) -> Iterable[Candidate]:
    return map(Candidate, ("now", *NAMES, *_list_months(place)))


def _list_periods(place: Place, current: str) -> Iterable[Candidate]:
    return map(Candidate, (*NAMES, *_list_months(place)))


def _list_spans(place: Place, current: str) -> Iterable[Candidate]:
    return map(Candidate, (*NAMES, BILLING, *_list_months(place)))


def _list_against(place: Place, current: str) -> Iterable[Candidate]:
    return [Candidate("previous"), Candidate("year-ago"), *_list_periods(place, current)]


def _list_months(place: Place) -> Iterable[str]:
    """The months of the last year, from the running one back: `2026-11`."""
    day = place.runtime.now().date()
    for _ in range(_MONTHS):
        yield f"{day:%Y-%m}"
        day = day.replace(day=1) - timedelta(days=1)


def _list_zones(place: Place, current: str) -> Iterable[Candidate]:
    from zoneinfo import available_timezones

    return map(Candidate, sorted(available_timezones() - {"Factory", "localtime"}))


def _list_columns(place: Place, current: str) -> Iterable[Candidate]:
    from scenario_usage_cli.report.listing_tables import LISTS, list_orders

    return map(Candidate, list_orders(LISTS[place.command]))


def _list_profiles(place: Place, current: str) -> Iterable[Candidate]:
    from scenario_usage_cli.cli.config.file import list_profiles

    return map(Candidate, list_profiles(place.runtime.environ))


def _list_topics(place: Place, current: str) -> Iterable[Candidate]:
    from scenario_usage_cli.cli.run.help import read_topics

    commands = {name: summarise(one) for name, one in place.program.commands.items()}
    topics = {name: text.partition("\n")[0].lstrip("# ") for name, text in read_topics().items()}
    return starmap(Candidate, {**commands, **topics}.items())


def _list_subcommands(place: Place, current: str) -> Iterable[Candidate]:
    """Those of the command that is named as the topic."""
    level = place.program.commands.get(place.find("topic") or "")
    if not isinstance(level, Group):
        return []
    return [Candidate(name, summarise(one)) for name, one in level.commands.items()]


def _list_documents(place: Place, current: str) -> Iterable[Candidate]:
    from scenario_usage_cli.cli.run.schema import NAMES

    return map(Candidate, NAMES)


def _list_names(kind: str, place: Place, current: str) -> Iterable[Candidate]:
    from scenario_usage_cli.cli.completion.names import list_names

    return list_names(kind, place, current)


_LISTS: Mapping[str, Callable[[Place, str], Iterable[Candidate]]] = {
    "dates": _list_dates,
    "periods": _list_periods,
    "spans": _list_spans,
    "against": _list_against,
    "zones": _list_zones,
    "columns": _list_columns,
    "profiles": _list_profiles,
    "documents": _list_documents,
    "topics": _list_topics,
    "subcommands": _list_subcommands,
    **{kind: partial(_list_names, kind) for kind in ("projects", "users", "teams", "models")},
}
