"""Requests to queries, and their answers to one Usage each."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, cast

from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import UsagesAnswer
from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.collect.granularity import is_as_fine_as
from scenario_usage_cli.collect.local import Local, Source
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.model_patterns import split_models
from scenario_usage_cli.collect.parts import Part, cut_period
from scenario_usage_cli.collect.raw import ignore_raw
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.collect.workers import JOBS, Workers
from scenario_usage_cli.errors import AnswerTooLarge, ApiError
from scenario_usage_cli.periods import LONGEST_QUERY, check_askable

if TYPE_CHECKING:
    from scenario_usage_cli.api.client import Client


class Effort(NamedTuple):
    """How to fetch: `jobs` queries at a time.

    With `keep_going`, parts that fail are noted in the usage instead of failing the whole, unless
    the credentials are refused, or every part of the only usage is. `keep` is handed every body
    that counts; `announce`, beforehand, how many queries there are if the API takes each as it is;
    `progress`, how many parts are done and how many are known; `see`, each usage as far as it has
    come.
    """

    jobs: int = JOBS
    keep_going: bool = False
    keep: Callable[[Part, bytes], None] = ignore_raw
    announce: Callable[[int], None] = lambda queries: None
    progress: Callable[[int, int], None] = lambda done, known: None
    see: Callable[[Usage], None] = lambda usage: None


def fetch_usage(
    request: Request, *, buckets: Buckets | None = None, effort: Effort = Effort()
) -> Usage:
    """What was used in the period, in as many queries as the API needs for it.

    With `buckets`, points are added up in these, and stretches are halved until no point stands
    for more than one of them. Raises the client's errors, which name the part that failed.
    """
    (usage,) = fetch_usages([request], buckets=buckets, effort=effort)
    return usage


def fetch_usages(
    requests: Sequence[Request], *, buckets: Buckets | None = None, effort: Effort = Effort()
) -> list[Usage]:
    """One usage for each request, in their order; their queries are made side by side.

    The requests ask for the same models, which are split into patterns by the names in all answers.
    """
    found = dict(stream_usages(requests, buckets=buckets, effort=effort))
    usages = [found[number] for number in range(len(requests))]
    split_models(usages)
    return usages


def stream_usages(
    requests: Sequence[Request], *, buckets: Buckets | None = None, effort: Effort = Effort()
) -> Iterator[tuple[int, Usage]]:
    """Each usage as soon as it is whole, with the place of its request among the others.

    They come roughly in the order of the requests. Raises BadArgument, before anything is asked,
    for a period that the API would refuse.
    """
    for request in requests:
        check_askable(request.period)
    if any(isinstance(request.client, Local) for request in requests):
        return _read(requests, buckets, effort)
    return _Collector(requests, buckets, effort).run()


def _read(
    requests: Sequence[Request], buckets: Buckets | None, effort: Effort
) -> Iterator[tuple[int, Usage]]:
    """The same of figures that are at hand."""
    for number, request in enumerate(requests):
        if isinstance(request.client, Local):
            usage = request.client.read_usage(request, buckets)
            effort.see(usage)
            yield number, usage


def list_queries(requests: Sequence[Request]) -> list[UsagesQuery]:
    """What the API would be asked, if it took every query as it is."""
    return [part.build_query() for part in _cut_into_parts(requests)]


class _Task(NamedTuple):
    """A part to ask for, and the parts to ask for instead if its answer is too large."""

    part: Part
    smaller: list[Part]


class _Collector:
    """Works off parts: a part that cannot be answered as needed is cut into smaller ones.

    The length that could be answered is the limit from then on, for the same client and filters.
    """

    def __init__(
        self, requests: Sequence[Request], buckets: Buckets | None, effort: Effort
    ) -> None:
        self._requests = requests
        self._buckets = buckets
        self._effort = effort
        find = buckets.find if buckets else None
        self._mergers = {
            number: Merger(Usage(one.sections, one.period, one.filters), find)
            for number, one in enumerate(requests)
        }
        self._longest = {(one.client, one.filters): LONGEST_QUERY for one in requests}
        self._waiting = deque(_cut_into_parts(requests))
        self._missing = Counter(part.number for part in self._waiting)
        self._is_probing = buckets is not None
        self._done = 0
        self._refusals: list[ApiError] = []

    def run(self) -> Iterator[tuple[int, Usage]]:
        """Fetch and merge everything; raises the first failure.

        If it is to keep going, it raises the first refusal only, and only if nothing else came.
        """
        self._effort.announce(len(self._waiting))
        workers = Workers(self._fetch, self._effort.jobs)
        while self._waiting or workers.under_way:
            while (
                self._waiting and workers.have_room and not (self._is_probing and workers.under_way)
            ):
                self._begin(workers, self._waiting.popleft())
            task, outcome = workers.finish()
            number = task.part.number
            self._replace(task.part, self._take(task, outcome))
            del outcome  # megabytes, while the next one is waited for
            self._effort.progress(self._done, self._done + workers.under_way + len(self._waiting))
            if not self._missing[number]:
                if 0 < self._done == len(self._refusals) and not self._requests[1:]:
                    raise self._refusals[0]
                yield number, self._mergers.pop(number).finish()

    def _begin(self, workers: Workers[_Task, bytes], part: Part) -> None:
        """Ask for a part, or for its first piece if it is longer than the limit learned so far."""
        while part.length > self._longest[self._whose(part)]:
            pieces = part.halve(self._buckets)
            if not pieces:
                break
            self._replace(part, pieces)
            part = self._waiting.popleft()
        workers.begin(_Task(part, part.halve(None) or part.split_sections()))

    def _whose(self, part: Part) -> tuple[Source, Filters]:
        """The client and filters of a part, whose answers are alike in size."""
        return self._requests[part.number].client, part.filters

    def _replace(self, part: Part, pieces: Sequence[Part]) -> None:
        """Queue pieces in place of a part; without any, the part is done."""
        self._waiting.extendleft(reversed(pieces))
        self._missing[part.number] += len(pieces) - 1

    def _fetch(self, task: _Task) -> bytes:
        query = task.part.build_query()
        return self._find_client(task.part).usages_body(query, may_be_split=bool(task.smaller))

    def _find_client(self, part: Part) -> "Client":
        """That of the API: what is at hand is not collected."""
        return cast("Client", self._requests[part.number].client)

    def _take(self, task: _Task, outcome: bytes | Exception) -> list[Part]:
        """Merge an answer, or give the parts to ask for instead.

        Answers are parsed here, one at a time, so that only one of them is ever in memory.
        """
        part = task.part
        try:
            if isinstance(outcome, Exception):
                raise outcome
            answer = self._find_client(part).parse_usages(outcome, part.build_query())
            finer = self._refine(part, answer)
            if not finer:
                self._mergers[part.number].add(answer, part)
        except AnswerTooLarge as error:
            whose = self._whose(part)
            lengths = [piece.length for piece in task.smaller]
            self._longest[whose] = min([self._longest[whose], *lengths])
            if not task.smaller:
                self._fail(part, error)
            return task.smaller
        except ApiError as error:
            self._fail(part, error)
            return []
        if not finer:
            self._effort.keep(part, outcome)
            self._effort.see(self._mergers[part.number].usage)
            self._done += 1
        return finer

    def _refine(self, part: Part, answer: UsagesAnswer) -> list[Part]:
        """The halves to ask for instead, if the answer is too coarse for the buckets."""
        if self._buckets is None:
            return []
        halves = part.halve(self._buckets)
        if not halves or is_as_fine_as(answer, self._buckets.granularity):
            self._is_probing = False
            return []
        fitting = max(half.length for half in halves)
        for whose, longest in self._longest.items():
            self._longest[whose] = min(longest, fitting)
        return halves

    def _fail(self, part: Part, error: ApiError) -> None:
        """Fail with an error that names the part, or note that the part is missing."""
        request = self._requests[part.number]
        is_whole_period = (part.start, part.end) == (request.period.start, request.period.end)
        sections = f" ({', '.join(part.sections)})" if part.sections != request.sections else ""
        if not is_whole_period or self._requests[1:] or sections:
            error.message = f"{part}{sections}: {error.message}"
        if not self._effort.keep_going or error.status == HTTPStatus.UNAUTHORIZED:
            raise error
        if error.status == HTTPStatus.FORBIDDEN:
            self._refusals.append(error)
        self._mergers[part.number].usage.failures[part.start, part.sections] = error.message
        self._done += 1


def _cut_into_parts(requests: Sequence[Request]) -> list[Part]:
    return [
        Part(start, end, request.sections, request.filters, number)
        for number, request in enumerate(requests)
        for start, end in cut_period(request.period, LONGEST_QUERY)
    ]
