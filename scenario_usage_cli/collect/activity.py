"""The event log: read page by page, newest first, each event once and with names to its ids."""

import math
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from scenario_usage_cli.api.wire import Activity, ActivityData, UsagesAnswer, exact, parse_time
from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.collect.event_pages import EventPages
from scenario_usage_cli.collect.local import Local
from scenario_usage_cli.collect.lookup import NameLookup, is_nameless_key
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.names import Names, UserName
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Usage, give_names
from scenario_usage_cli.errors import ApiError
from scenario_usage_cli.periods import check_askable

_NORMAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})Z", re.ASCII)

_Value = TypeVar("_Value")
_Result = TypeVar("_Result")


class Event(NamedTuple):
    """One row of the log. What the API did not give is None; a name falls back to its id.

    `time` is UTC in ISO 8601, or the API's own text if that is not a time; `cost` is in CU.
    """

    time: str | None
    action: str | None
    project_id: str | None
    project: str | None
    user_id: str | None
    user: str | None
    is_api_key: bool | None
    model_id: str | None
    model: str | None
    job_id: str | None
    asset_id: str | None
    collection_id: str | None
    cost: Decimal | None


def stream_activity(
    request: Request,
    names: "EventNames | None" = None,
    *,
    actions: tuple[str, ...] = (),
    limit: int | None = None,
    jobs: int,
    warnings: list[str],
    on_nothing: Callable[[], list[str]] = list,
) -> Generator[list[Event], None, bool]:
    """The events of a request, newest first, in lists of at most a page, none of them empty.

    `actions` narrows the rows, and `limit` counts those that remain. The first page is handed out
    before another is requested. While one of the others is used, the next ones are requested if
    they come slowly, `jobs` at a time. What the reader must know is appended to `warnings`, and so
    is what `on_nothing` returns if there is no event at all. Returns whether these are known to be
    all events of the period; it may take one more page to know.

    Raises the client's errors, what `on_nothing` raises, UnreadableAnswer for a log without end,
    and BadArgument for a period that the API would refuse.
    """
    check_askable(request.period)
    names = names or EventNames(NameLookup(request.client, request.filters.team_id))
    unseen = {action.casefold(): action for action in actions}
    wanted = frozenset(unseen)
    left = math.inf if limit is None else limit
    event_pages = EventPages(request, jobs=jobs, limit=None if wanted else left + 1)
    is_empty = True
    have_more: bool | None = False
    pages = event_pages.read()
    for answer, rows in pages:
        names.learn(answer)
        is_empty &= not rows
        rows = _keep_wanted(rows, wanted)
        for action in unseen and {(row.get("action") or "").casefold() for row in rows}:
            unseen.pop(action, None)
        shown = rows if len(rows) <= left else rows[: int(left)]
        left -= len(shown)
        if shown:
            yield names.join(shown)
            warnings += names.take_warnings()
        if not left:
            have_more = len(shown) < len(rows) or _find_more(event_pages, pages, wanted)
            unseen.clear()
            break
    if event_pages.is_left_out:
        warnings.append("the API left out activity: its rows are unknown")
    elif is_empty:
        warnings += on_nothing()
    if isinstance(request.client, Local):
        warnings += request.client.describe_days(request)
    warnings += [f"no event of this period has the action {name}" for name in unseen.values()]
    if have_more is not False:
        warnings.append(_describe_limit(limit or 0, is_sure=have_more is True))
    return have_more is False and not event_pages.is_left_out


def _keep_wanted(rows: list[Activity], wanted: frozenset[str]) -> list[Activity]:
    if not wanted:
        return rows
    return [row for row in rows if (row.get("action") or "").casefold() in wanted]


def _find_more(
    event_pages: EventPages,
    pages: Iterator[tuple[UsagesAnswer, list[Activity]]],
    wanted: frozenset[str],
) -> bool | None:
    """Whether more such rows follow a page; None if one more page does not tell.

    All that was asked for has been handed out, so it is not a failure if that page cannot be read.
    """
    if event_pages.is_at_end:
        return False
    with suppress(ApiError):
        _, rows = next(pages)
        if _keep_wanted(rows, wanted):
            return True
        if event_pages.is_at_end:
            return False
    return None


def _describe_limit(limit: int, *, is_sure: bool) -> str:
    shown = f"the newest {limit:,} events are" if limit > 1 else "the newest event is"
    doubt = "" if is_sure else ", and there may be more"
    return f"only {shown} shown{doubt}: --all shows every one"


def fetch_activity(request: Request, names: "EventNames", *, jobs: int) -> list[Event] | None:
    """Every event of a request, newest first; None if the API leaves out its log.

    Raises what `stream_activity` does.
    """
    event_pages = EventPages(request, jobs=jobs)
    rows: list[Activity] = []
    for answer, page in event_pages.read():
        names.learn(answer)
        rows += page
    return None if event_pages.is_left_out else names.join(rows)


class EventNames:
    """Names for the ids of events: users and models come with answers, others are looked up."""

    def __init__(self, lookup: NameLookup) -> None:
        self._lookup = lookup
        self._known = Usage(())
        self._merger = Merger(self._known)
        self._projects: Mapping[str, str] = {}

    @property
    def users(self) -> Mapping[str, UserName]:
        """The users that are known by now."""
        return self._known.users

    def begin_anew(self) -> None:
        """Forget all names but those that no answer brings."""
        self._known = Usage(())
        self._merger = Merger(self._known)

    def learn(self, answer: UsagesAnswer) -> None:
        """Keep the names of an answer."""
        self._merger.add({"entities": answer.get("entities")})

    def take_warnings(self) -> list[str]:
        """What must be said of names that could not be had, once."""
        return self._lookup.take_warnings()

    def join(self, rows: list[Activity]) -> list[Event]:
        """The rows of an answer as events."""
        data: list[ActivityData] = [row.get("data") or {} for row in rows]
        project_ids = [row.get("projectId") or None for row in rows]
        user_ids = [row.get("userId") or None for row in rows]
        are_keys = [about.get("isApiKey") for about in data]
        self._look_up(project_ids, zip(user_ids, are_keys, strict=True))
        model_ids = [about.get("modelId") or None for about in data]
        # Column by column, as a log may have millions of rows: it takes a third of the time.
        columns = zip(
            [_normalise_time(row.get("time")) for row in rows],
            [row.get("action") or None for row in rows],
            project_ids,
            _read_each(project_ids, self._name_project),
            user_ids,
            _read_each(user_ids, self._name_user),
            are_keys,
            model_ids,
            _read_each(model_ids, self._name_model),
            [about.get("jobId") or None for about in data],
            [about.get("assetId") or None for about in data],
            [about.get("collectionId") or None for about in data],
            _read_each([row.get("creativeUnitsCost") for row in rows], _read_cost),
            strict=True,
        )
        return [Event._make(values) for values in columns]

    def _look_up(
        self, project_ids: Iterable[str | None], users: Iterable[tuple[str | None, bool | None]]
    ) -> None:
        """Look up projects, and the API keys among the users that have no name yet."""
        projects = set(filter(None, project_ids))
        keys = {
            one
            for one, is_key in set(users)
            if one and is_nameless_key(one, self.users.get(one), is_key=is_key)
        }
        self._lookup.need("projects", projects)
        self._lookup.need("keys", keys)
        if projects:
            self._projects = self._lookup.find("projects")
        if keys:
            found = self._lookup.find("keys")
            give_names([self._known], Names(keys={one: found[one] for one in keys if one in found}))

    def _name_project(self, project_id: str | None) -> str | None:
        return self._projects.get(project_id or "", project_id)

    def _name_user(self, user_id: str | None) -> str | None:
        user = self._known.users.get(user_id or "")
        return (user and user.name) or user_id

    def _name_model(self, model_id: str | None) -> str | None:
        return self._known.models.get(model_id or "", model_id)


def _read_each(values: Sequence[_Value], read: Callable[[_Value], _Result]) -> list[_Result]:
    """What each value is read as. Few values fill many rows, so each is read once."""
    known = {value: read(value) for value in set(values)}
    return [known[value] for value in values]


def _read_cost(cost: float | None) -> Decimal | None:
    return None if cost is None else exact(cost)


def _normalise_time(text: str | None) -> str | None:
    found = _NORMAL_TIME.fullmatch(text or "")
    if not text or (found and found[1] != ".000"):
        return text or None
    try:
        if found:
            datetime.fromisoformat(text)
            return text.removesuffix(".000Z") + "Z"
        moment = parse_time(text)
    except ValueError:
        return text
    return format_instant(moment.replace(microsecond=moment.microsecond // 1000 * 1000))
