"""What a threshold is on, and how a command ends where something is over it."""

from typing import NamedTuple

import typer

from scenario_usage_cli.cli.options.quota import AlertOptions
from scenario_usage_cli.cli.parsers import parse_names
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.budgets import BUDGET
from scenario_usage_cli.collect.quota import LIMITS
from scenario_usage_cli.errors import (
    AccessDenied,
    ApiError,
    BadArgument,
    ExitCode,
    UnreadableAnswer,
)
from scenario_usage_cli.render.alerts import format_alert
from scenario_usage_cli.report.alerts import (
    NEED_LIMITS,
    USED_UP,
    WATCHED,
    Threshold,
    judge,
    parse_threshold,
)
from scenario_usage_cli.report.quota import QuotaReport


class Watch(NamedTuple):
    """A threshold, and what is compared with it, some of `WATCHED`."""

    threshold: Threshold
    watched: tuple[str, ...]

    @property
    def needed(self) -> frozenset[str]:
        """What must be read of the API, as `fetch_quota` takes it."""
        return frozenset(LIMITS if one in NEED_LIMITS else one for one in self.watched)


def read_watch(options: AlertOptions) -> Watch | None:
    """What the options ask to watch, if they ask for it; raises BadArgument if they are wrong."""
    watched = parse_names("--on", options.on, WATCHED)
    if not options.fail_over:
        if watched:
            raise BadArgument(
                f"--on {','.join(watched)} has no threshold",
                hint=f"add one, as in --fail-over 80% --on {','.join(watched)}",
            )
        return None
    threshold, *others = options.fail_over
    if others:
        raise BadArgument(
            f"--fail-over is given {len(options.fail_over)} times: {', '.join(options.fail_over)}",
            hint="one threshold is for all of --on; run quota once for each",
        )
    return Watch(parse_threshold(threshold, "--fail-over"), watched or (USED_UP,))


def tell_alerts(watch: Watch | None, report: QuotaReport, runtime: Runtime) -> None:
    """Write a line to stderr for each thing that is over; raises typer.Exit if there is any.

    Raises UnreadableAnswer if there is none, but something that the API should tell is not known,
    and AccessDenied if that is what a budget needs which the key may not list.
    """
    if watch is None:
        return
    found = judge(report, watch.threshold, watch.watched)
    error: ApiError | None = None
    if found.unknown and not found.alerts:
        refusals = [one.refusal for one in report.budgets if one.refusal]
        error = (
            AccessDenied(found.unknown[-1], hint=refusals[-1].hint)
            if refusals and BUDGET in watch.watched
            else UnreadableAnswer(
                found.unknown[-1], hint="whether it is over cannot be told; ask again later"
            )
        )
    for warning in (*found.warnings, *(found.unknown[:-1] if error else found.unknown)):
        runtime.warn(warning)
    for alert in found.alerts:
        runtime.say(format_alert(alert, watch.threshold))
    if found.alerts:
        raise typer.Exit(ExitCode.OVER)
    if error:
        raise error
