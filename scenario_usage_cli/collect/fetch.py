"""A period, filters and sections to queries, and their answers to one Usage."""

from collections.abc import Callable

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import UsagesAnswer
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.sections import QUERY_TYPES
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.periods import LONGEST_QUERY, Period


def fetch_usage(
    client: Client,
    period: Period,
    filters: Filters,
    sections: tuple[str, ...],
    *,
    keep: Callable[[UsagesAnswer], None] = lambda answer: None,
) -> Usage:
    """What was used in the period. `keep` is handed every raw answer.

    Raises the client's errors, and BadArgument for a period over 120 days.
    """
    if period.length > LONGEST_QUERY:
        raise BadArgument(
            f"the period is {period.length / LONGEST_QUERY * 120:.1f} days long; "
            "one query of the API spans at most 120",
            hint="ask for a shorter period",
        )
    usage = Usage(sections, period, filters)
    answer = client.usages(
        UsagesQuery(
            start=period.start,
            end=period.end,
            types=tuple(QUERY_TYPES[section] for section in sections),
            project_ids=filters.project_ids,
            user_ids=filters.user_ids,
            team_id=filters.team_id,
        )
    )
    keep(answer)
    Merger(usage).add(answer)
    return usage
