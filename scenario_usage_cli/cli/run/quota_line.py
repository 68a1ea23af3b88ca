"""What `quota --line` does: show the plan in one line, of an answer that is kept between prompts.

A prompt waits for it: what asks the API is imported only when it is asked.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.option_groups import OptionGroup
from scenario_usage_cli.cli.options import FetchOptions, PeriodOptions
from scenario_usage_cli.cli.options.quota import LineOptions, OneTeamOptions, QuotaOutputOptions
from scenario_usage_cli.cli.output import check_output, write_output
from scenario_usage_cli.cli.plan_cache import KeptPlan, PlanCache, find_plan_cache
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import AccessDenied, ApiError, BadArgument
from scenario_usage_cli.report.quota_line import (
    AGE,
    FIELDS,
    Template,
    build_line,
    fill_template,
    format_age,
    has_age,
    parse_template,
)
from scenario_usage_cli.settings import Settings

_MAX_AGE = timedelta(minutes=15)


def run_line(
    options: LineOptions,
    runtime: Runtime,
    *,
    team: OneTeamOptions,
    output: QuotaOutputOptions,
    connection: FetchOptions,
    others: Sequence[OptionGroup] = (),
) -> None:
    """Write the line; raises ScenarioUsageError, with nothing written.

    Where the API does not answer, it is the line of the last answer, with its age.
    """
    _refuse_contradictions(options, output, connection, others)
    template = _read_template(options.line_format) if options.line_format is not None else None
    check_output(output.output)
    settings = read_settings(runtime, PeriodOptions(), output, demo=connection.demo)
    cache = _find_cache(settings, runtime, team, connection)
    now = runtime.now()
    kept = cache.read(now) if cache else None
    is_old = not (kept and _is_fresh(kept, now, options.max_age))
    if not kept or is_old:
        try:
            kept, is_old = _ask(settings, runtime, team, connection), False
        except ApiError as error:
            if not kept or isinstance(error, AccessDenied):
                raise
            runtime.log(f"the last answer is shown, as there is no new one: {error.message}")
        else:
            if cache:
                cache.keep(kept)
    line = _write_line(kept, template, now, is_old=is_old)
    write_output(output.output, runtime, lambda out: print(line, file=out))


def _refuse_contradictions(
    options: LineOptions,
    output: QuotaOutputOptions,
    connection: FetchOptions,
    groups: Sequence[OptionGroup],
) -> None:
    if not options.line:
        raise BadArgument(
            f"{options.list_given()[0]} is for the one line of --line", hint="add --line"
        )
    others = [name for name in output.list_given() if name != "--output"]
    others += [name for group in groups for name in group.list_given()]
    if others:
        raise BadArgument(
            f"--line and {others[0]} contradict each other",
            hint="--line-format says what the line has; the other formats need no --line",
        )
    if connection.no_cache and options.max_age is not None:
        raise BadArgument(
            "--no-cache and --max-age contradict each other",
            hint="leave --no-cache out, or --max-age: without kept answers, there is no age",
        )


def _read_template(text: str) -> Template:
    known = ", ".join((*FIELDS, AGE))
    try:
        return parse_template(text)
    except KeyError as error:
        raise BadArgument(
            f"--line-format has no field {error.args[0]!r}", hint=f"one of {known}"
        ) from None
    except ValueError as error:
        raise BadArgument(
            f"--line-format {text!r} has a single {error}",
            hint=f"fields are in braces, as in {{used}}; write {error}{error} for a brace itself",
        ) from None


def _find_cache(
    settings: Settings, runtime: Runtime, team: OneTeamOptions, connection: FetchOptions
) -> PlanCache | None:
    if connection.demo or connection.no_cache:
        return None
    return find_plan_cache(
        runtime.environ,
        settings.config,
        base_url=connection.base_url,
        team=team.team or settings.team,
        log=runtime.log,
    )


def _is_fresh(kept: KeptPlan, now: datetime, max_age: timedelta | None) -> bool:
    is_over = kept.until is not None and now >= kept.until
    return not is_over and now - kept.at < (_MAX_AGE if max_age is None else max_age)


def _ask(
    settings: Settings, runtime: Runtime, team: OneTeamOptions, connection: FetchOptions
) -> KeptPlan:
    # Imported here, as most prompts do not ask.
    from scenario_usage_cli.cli.run.quota_plan import fetch_plan

    return fetch_plan(settings, runtime, team=team, connection=connection)


def _write_line(kept: KeptPlan, template: Template | None, now: datetime, *, is_old: bool) -> str:
    """An old line tells its age, whatever its format is."""
    today, age = now.astimezone(UTC).date(), now - kept.at
    line = (
        build_line(kept.figures, today)
        if template is None
        else fill_template(template, kept.figures, today, age)
    )
    tells_age = template is not None and has_age(template)
    return f"{line} ({format_age(age)} old)" if is_old and not tells_age else line
