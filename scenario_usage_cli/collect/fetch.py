"""Periods, filters and sections to queries, and their answers to one Usage each."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import NamedTuple

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import UsagesAnswer
from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.collect.granularity import is_as_fine_as
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.parts import Part, cut_period
from scenario_usage_cli.collect.raw import ignore_raw
from scenario_usage_cli.collect.sections import QUERY_TYPES
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.collect.workers import JOBS, Workers
from scenario_usage_cli.errors import AnswerTooLarge, ApiError
from scenario_usage_cli.periods import LONGEST_QUERY, Period, check_askable


class Effort(NamedTuple):
    """How to fetch: `jobs` queries at a time; with `keep_going`, parts that fail are noted in
    the usage instead of failing the whole, unless the credentials are refused, or every part of
    the only usage is. `keep` is handed every body that counts, `progress` how many parts are done,
    and how many are known of.
    """

    jobs: int = JOBS
    keep_going: bool = False
    keep: Callable[[Part, bytes], None] = ignore_raw
    progress: Callable[[int, int], None] = lambda done, known: None


def fetch_usage(
    client: Client,
    period: Period,
    filters: Filters,
    sections: tuple[str, ...],
    *,
    buckets: Buckets | None = None,
    effort: Effort = Effort(),
) -> Usage:
    """What was used in the period, in as many queries as the API needs for it.

    With `buckets`, points are added up in these, and stretches are halved until no point stands
    for more than one of them. Raises the client's errors, which name the part that failed.
    """
    (usage,) = fetch_usages(client, period, [filters], sections, buckets=buckets, effort=effort)
    return usage


def fetch_usages(
    client: Client,
    period: Period,
    many_filters: Sequence[Filters],
    sections: tuple[str, ...],
    *,
    buckets: Buckets | None = None,
    effort: Effort = Effort(),
) -> list[Usage]:
    """One usage for each of the filters, their queries side by side."""
    usages = [Usage(sections, period, filters) for filters in many_filters]
    for _ in stream_usages(client, usages, buckets=buckets, effort=effort):
        pass
    return usages


def stream_usages(
    client: Client,
    usages: Sequence[Usage],
    *,
    buckets: Buckets | None = None,
    effort: Effort = Effort(),
) -> Iterator[Usage]:
    """Fill usages that say what they are to be of, all side by side, and hand out each as soon as
    it is whole: roughly in the order given. Every one of them has a period and filters.

    Raises BadArgument, before anything is asked, for a period that the API would refuse.
    """
    for usage in usages:
        if usage.period is not None:
            check_askable(usage.period)
    return _Collector(client, usages, buckets, effort).run()


def list_queries(usages: Sequence[Usage]) -> list[UsagesQuery]:
    """What the API would be asked for these usages, if it takes every query as it is."""
    return [_build_query(part) for part in _cut_into_parts(usages)]


class _Collector:
    """Works off parts: what cannot be answered as it is needed is cut smaller, and the length
    that could is kept to from then on.
    """

    def __init__(
        self,
        client: Client,
        usages: Sequence[Usage],
        buckets: Buckets | None,
        effort: Effort,
    ) -> None:
        self._client = client
        self._buckets = buckets
        self._effort = effort
        find = buckets.find if buckets else None
        self._mergers = {number: Merger(usage, find) for number, usage in enumerate(usages)}
        self._is_one_of_many = len(usages) > 1
        self._longest = {_filters(usage): LONGEST_QUERY for usage in usages}
        self._waiting = deque(_cut_into_parts(usages))
        self._missing = Counter(part.number for part in self._waiting)
        self._is_probing = buckets is not None
        self._done = 0
        self._refusals: list[ApiError] = []

    def run(self) -> Iterator[Usage]:
        """Fetch and merge everything; raises the first failure, unless it is to keep going: then
        the first refusal, if nothing else came.
        """
        workers = Workers(self._fetch, self._effort.jobs)
        while self._waiting or workers.under_way:
            while (
                self._waiting and workers.have_room and not (self._is_probing and workers.under_way)
            ):
                self._begin(workers, self._waiting.popleft())
            part, outcome = workers.finish()
            self._replace(part, self._settle(part, outcome))
            del outcome  # megabytes, while the next one is waited for
            self._effort.progress(self._done, self._done + workers.under_way + len(self._waiting))
            if not self._missing[part.number]:
                if 0 < self._done == len(self._refusals) and not self._is_one_of_many:
                    raise self._refusals[0]
                yield self._mergers.pop(part.number).finish()

    def _begin(self, workers: Workers[Part, bytes], part: Part) -> None:
        """Ask for a part, or for its first piece where it is longer than what was learned."""
        while part.length > self._longest[part.filters]:
            pieces = part.halve(self._buckets)
            if not pieces:
                break
            self._replace(part, pieces)
            part = self._waiting.popleft()
        workers.begin(part)

    def _replace(self, part: Part, pieces: Sequence[Part]) -> None:
        """Let pieces wait in the place of a part; without any, it is done."""
        self._waiting.extendleft(reversed(pieces))
        self._missing[part.number] += len(pieces) - 1

    def _fetch(self, part: Part) -> bytes:
        is_whole = not (part.halve(None) or part.split_sections())
        return self._client.usages_body(_build_query(part), may_be_split=not is_whole)

    def _settle(self, part: Part, outcome: bytes | Exception) -> list[Part]:
        """Merge an answer, or give the smaller parts to ask for instead. Answers are read here,
        one at a time, so that there is never more than one of them in memory.
        """
        try:
            if isinstance(outcome, Exception):
                raise outcome
            keys = _build_query(part).keys
            answer = parse_usages(outcome, source="the answer", expected=keys)
            smaller = self._refine(part, answer)
            if not smaller:
                self._mergers[part.number].add(answer, part)
        except AnswerTooLarge as error:
            smaller = part.halve(None) or part.split_sections()
            lengths = [piece.length for piece in smaller]
            self._longest[part.filters] = min([self._longest[part.filters], *lengths])
            if not smaller:
                self._fail(part, error)
            return smaller
        except ApiError as error:
            self._fail(part, error)
            return []
        if not smaller:
            self._effort.keep(part, outcome)
            self._done += 1
        return smaller

    def _refine(self, part: Part, answer: UsagesAnswer) -> list[Part]:
        """The halves to ask for instead, if the answer is too coarse for the buckets."""
        if self._buckets is None:
            return []
        halves = part.halve(self._buckets)
        if not halves or is_as_fine_as(answer, self._buckets.granularity):
            self._is_probing = False
            return []
        fitting = max(half.length for half in halves)
        for filters, longest in self._longest.items():
            self._longest[filters] = min(longest, fitting)
        return halves

    def _fail(self, part: Part, error: ApiError) -> None:
        """Fail as a whole by the name of the part, or note that it is missing."""
        usage = self._mergers[part.number].usage
        whole = (_period(usage).start, _period(usage).end)
        sections = f" ({', '.join(part.sections)})" if part.sections != usage.sections else ""
        if (part.start, part.end) != whole or self._is_one_of_many or sections:
            error.message = f"{part}{sections}: {error.message}"
        if not self._effort.keep_going or error.status == HTTPStatus.UNAUTHORIZED:
            raise error
        if error.status == HTTPStatus.FORBIDDEN:
            self._refusals.append(error)
        usage.failures[part.start, part.sections] = error.message
        self._done += 1


def _cut_into_parts(usages: Sequence[Usage]) -> list[Part]:
    return [
        Part(start, end, usage.sections, _filters(usage), number)
        for number, usage in enumerate(usages)
        for start, end in cut_period(_period(usage), LONGEST_QUERY)
    ]


def _build_query(part: Part) -> UsagesQuery:
    return UsagesQuery(
        start=part.start,
        end=part.end,
        types=tuple(QUERY_TYPES[section] for section in part.sections),
        project_ids=part.filters.project_ids,
        user_ids=part.filters.user_ids,
        team_id=part.filters.team_id,
    )


def _period(usage: Usage) -> Period:
    assert usage.period is not None
    return usage.period


def _filters(usage: Usage) -> Filters:
    assert usage.filters is not None
    return usage.filters
