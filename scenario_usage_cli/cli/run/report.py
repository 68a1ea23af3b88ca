"""What `report` does: fetch or read, add up, show."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.config.pseudonyms import open_pseudonyms
from scenario_usage_cli.cli.dimensions import (
    KNOWN_DIMENSIONS,
    check_breakdown,
    find_dimensions,
)
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.made_at import find_made_at
from scenario_usage_cli.cli.money import (
    add_amounts,
    check_prices,
    find_list_price,
    read_money,
    refuse_list_price,
)
from scenario_usage_cli.cli.options import (
    FetchOptions,
    PeriodOptions,
    ReportFilterOptions,
    ReportOptions,
    ReportOutputOptions,
)
from scenario_usage_cli.cli.output import (
    STDOUT,
    check_output,
    is_stdout,
    prepare_format,
    write_output,
    write_view,
)
from scenario_usage_cli.cli.parsers import check_choice, parse_names
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import (
    Session,
    check_models,
    find_billing,
    read_period,
)
from scenario_usage_cli.cli.source import check_source, is_dataset, open_source
from scenario_usage_cli.collect.breakdown import (
    BREAKDOWN,
    PROJECT,
    SECTIONS_OF_BREAKDOWN,
    USER,
    Breakdown,
    Dimension,
    fetch_breakdowns,
    fetch_pairs,
)
from scenario_usage_cli.collect.fetch import Effort, fetch_usage
from scenario_usage_cli.collect.hiding import hide_usages
from scenario_usage_cli.collect.identify import describe_missing, find_missing
from scenario_usage_cli.collect.lookup import NameLookup
from scenario_usage_cli.collect.raw import RawAnswers, ignore_raw
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import BadArgument, ExitCode
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.report.fields import ORDERS
from scenario_usage_cli.report.usage import Report, build_report
from scenario_usage_cli.report.usage_view import build_usage_view
from scenario_usage_cli.report.view import View
from scenario_usage_cli.settings import Config

if TYPE_CHECKING:
    from scenario_usage_cli.cli.run.report_story import Story
    from scenario_usage_cli.money import Money

_BESIDE_A_FILE = ("--from", "--no-cache", "--pseudonyms")


def run_report(
    options: ReportOptions,
    runtime: Runtime,
    *,
    period: PeriodOptions,
    filters: ReportFilterOptions,
    output: ReportOutputOptions,
    connection: FetchOptions,
) -> None:
    """Write the report; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    by = parse_names("--by", options.by, KNOWN_DIMENSIONS)
    sections = parse_names("--section", filters.section, (*SECTIONS, BREAKDOWN))
    order = check_choice("--sort", output.sort, ORDERS)
    models = tuple(filters.model or ())
    dataset = options.from_file if is_dataset(options.from_file) else None
    check_source(dataset, connection, now, _list_of_api(options))
    if options.from_file is not None and dataset is None:
        from scenario_usage_cli.cli.run.saved_input import refuse_date

        refuse_date(options.from_file, now)
        _refuse_beside_a_file(options, connection, sections)
    check_models(models, sections, narrowed=("models", BREAKDOWN))
    _refuse_contradictions(options, sections, output, connection)
    check_output(output.output)
    check_output(options.save_raw, option="--save-raw")
    settings = read_settings(runtime, period, output, demo=connection.demo)
    money = read_money(settings.config, output)
    output_format = prepare_format(settings, "report", output, runtime)
    made_at = find_made_at(now, output_format, runtime)
    if output_format == "focus":
        # Imported here, as few reports are rows of FOCUS.
        from scenario_usage_cli.cli.run.report_focus import run_report_focus

        run_report_focus(
            options,
            runtime,
            settings,
            now,
            period=period,
            filters=filters,
            output=output,
            connection=connection,
        )
        return
    if output.focus_version is not None:
        raise BadArgument(
            "--focus-version needs --format focus", hint="add it, or leave the version out"
        )
    story = _begin_story(output_format, options, by or (), sections, settings.config, runtime)
    given = None if story and story.has_centres else options.cost_centres
    dimensions = find_dimensions("--by", by or (), given, settings.config, runtime)
    if options.from_file is not None and dataset is None:
        open_pseudonyms(runtime, settings.config, connection)
        # Imported here, as most reports neither read nor save a file.
        from scenario_usage_cli.cli.run.saved_input import read_saved_usage

        usage = read_saved_usage(
            options.from_file,
            runtime,
            settings,
            period=period,
            filters=filters,
            sections=sections,
            models=models,
            now=now,
            **({"see": story.read} if story else {}),
        )
        # The ids of a saved answer were looked up when it was fetched.
        was_looked_up = not (filters.user or filters.project)
        usage.notes += describe_missing(find_missing([usage]), only_names=was_looked_up)
        hide_usages([usage], runtime.pseudonyms)
        breakdowns, raw = list[Breakdown](), None
        refuse_list_price(money)
        check_prices(money, usage.period)
    else:
        billing = find_billing(runtime, settings, filters, connection, dataset)
        span = read_period(period, settings, now, ask_billing=billing)
        check_prices(money, span)
        raw_answers = RawAnswers(runtime.now) if options.save_raw is not None else None
        with (
            open_source(runtime, settings, filters, connection, dataset) as session,
            open_effort(
                runtime,
                connection,
                see=session.names.see,
                keep_going=options.keep_going,
                keep=raw_answers.add if raw_answers else ignore_raw,
            ) as effort,
        ):
            needed = {*(sections or SECTIONS), *(SECTIONS_OF_BREAKDOWN if by else ())}
            fetched = tuple(name for name in SECTIONS if name in needed)
            asked = session.read_filters(span, models=models)
            request = Request(session.client, span, asked, fetched)
            session.names.expect(
                request.filters,
                # A saved answer may be shown in any format.
                is_headed=FORMATS[output_format].is_for_people or raw_answers is not None,
                has_users="consumption" in (sections or SECTIONS) or USER in dimensions,
                has_projects=PROJECT in dimensions or story is not None,
            )
            money = find_list_price(money, session.client)
            usage, breakdowns = _fetch(session, request, dimensions, effort, story)
        raw = _dump(raw_answers, request, usage, session.names) if raw_answers else None
    report = build_report(
        usage,
        models=usage.patterns,
        sections=sections and tuple(name for name in sections if name != BREAKDOWN),
        breakdowns=breakdowns,
        generated_at=made_at,
    ).sort(order)
    for warning in report.warnings:
        runtime.warn(warning)
    view = _build_view(report, usage, story, money, runtime)
    # stdout is written last, so that it is empty if the other one fails.
    if not is_stdout(options.save_raw):
        _save(raw, options.save_raw, runtime)
    write_view(view, output_format, output, runtime)
    if is_stdout(options.save_raw):
        _save(raw, options.save_raw, runtime)
    if _have_failed(usage, breakdowns) or (story and story.has_failures):
        raise typer.Exit(ExitCode.REQUEST_FAILED)


def _build_view(
    report: Report, usage: Usage, story: "Story | None", money: "Money | None", runtime: Runtime
) -> View:
    """The report ready for any renderer; the plan of a story has the price of its own period."""
    view = build_usage_view(report)
    if story is None:
        return add_amounts(view, money, report.period, runtime)
    view = story.tell(view, report, usage)
    view = add_amounts(view, money, report.period, runtime, before=story.period_before)
    return story.add_plan(view, money)


def _have_failed(usage: Usage, breakdowns: Sequence[Breakdown]) -> bool:
    parts = (part for one in breakdowns for part in one.usages.values())
    return any(each.failures for each in (usage, *parts))


def _save(raw: str | None, target: str | None, runtime: Runtime) -> None:
    """Save the answer for its owner only, as it has names and mail addresses of people."""
    if raw is not None:
        write_output(
            target,
            runtime,
            lambda out: print(raw, file=out),
            option="--save-raw",
            private=True,
        )


def _refuse_contradictions(
    options: ReportOptions,
    sections: tuple[str, ...] | None,
    output: ReportOutputOptions,
    connection: FetchOptions,
) -> None:
    check_breakdown(options.by, sections)
    if options.save_raw is not None:
        _refuse_shared_target(options.save_raw, output.output)
    if options.save_raw is not None and (options.by or options.keep_going):
        raise BadArgument(
            f"--save-raw and {'--by' if options.by else '--keep-going'} contradict each other",
            hint="a saved answer is one answer, and whole",
        )
    if connection.pseudonyms and options.save_raw is not None:
        raise BadArgument(
            "--pseudonyms and --save-raw contradict each other: a raw answer has names in it",
            hint="save it without --pseudonyms, and report it by --from FILE --pseudonyms",
        )


def _list_of_api(options: ReportOptions) -> list[str]:
    """The options that were given, and that only answers of the API have something for."""
    return [name for name in options.list_given() if name in ("--save-raw", "--keep-going")]


def _refuse_beside_a_file(
    options: ReportOptions, connection: FetchOptions, sections: tuple[str, ...] | None
) -> None:
    given = connection.list_given() + options.list_given()
    # A saved answer has its names with it, whether or not others may be kept.
    others = [name for name in given if name not in _BESIDE_A_FILE]
    if BREAKDOWN in (sections or ()):
        others.append(f"--section {BREAKDOWN}")
    if others:
        raise BadArgument(
            f"--from and {others[0]} contradict each other",
            hint="--from reads a file, and asks no API",
        )


def _refuse_shared_target(save_raw: str, output: str | None) -> None:
    shared = (
        is_stdout(output or STDOUT)
        if is_stdout(save_raw)
        else output is not None and os.path.realpath(save_raw) == os.path.realpath(output)
    )
    if shared:
        raise BadArgument(
            f"--save-raw {save_raw} and --output {output or 'stdout'} are the same place",
            hint="give them two",
        )


def _begin_story(
    output_format: str,
    options: ReportOptions,
    by: Sequence[str],
    sections: tuple[str, ...] | None,
    config: Config,
    runtime: Runtime,
) -> "Story | None":
    """None for a format that has tables only."""
    if not FORMATS[output_format].tells_story:
        return None
    # Imported here, as most formats are such.
    from scenario_usage_cli.cli.run.report_story import begin_story

    return begin_story(options, by, sections, config, runtime)


def _fetch(
    session: Session,
    request: Request,
    dimensions: Sequence[Dimension],
    effort: Effort,
    story: "Story | None",
) -> tuple[Usage, list[Breakdown]]:
    """The usage of all, and its breakdowns; and what is needed for a story."""
    if story:
        effort = story.watch(effort)
    usage = fetch_usage(request, effort=effort)
    parts = request._replace(sections=SECTIONS_OF_BREAKDOWN)
    breakdowns = fetch_breakdowns(dimensions, [parts], [usage], effort=effort)
    if {PROJECT, USER} <= set(dimensions):
        projects, users = (
            next(found for found in breakdowns if found.by == (one.name,))
            for one in (PROJECT, USER)
        )
        breakdowns.append(fetch_pairs(parts, projects, users, effort=effort))
    if story is None:
        return usage, session.settle([usage], breakdowns)
    story.fetch(request, usage, breakdowns, effort)
    return usage, story.settle(session, usage, breakdowns)


def _dump(raw: RawAnswers, request: Request, usage: Usage, names: NameLookup) -> str:
    """What --save-raw keeps of the answers."""
    from scenario_usage_cli.collect.saved import dump_saved

    merged, parts = raw.merge()
    told = names.given, names.warnings
    return dump_saved(merged, request, parts, usage.remarks, *told)
