"""What `report` does: fetch or read, add up, show."""

import os
from datetime import datetime
from typing import NamedTuple

import typer

from scenario_usage_cli.cli.choices import parse_names
from scenario_usage_cli.cli.config_file import read_settings
from scenario_usage_cli.cli.formats import (
    check_format,
    check_models,
    parse_sections,
    write_view,
)
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    OutputOptions,
    PeriodOptions,
)
from scenario_usage_cli.cli.output import STDOUT, check_output, is_stdout, write_output
from scenario_usage_cli.cli.progress import show_progress
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import (
    check_ids,
    connect,
    explain_team,
    read_filters,
    read_period,
)
from scenario_usage_cli.collect.breakdown import (
    DIMENSIONS,
    SECTIONS_OF_BREAKDOWN,
    Breakdown,
    fetch_breakdown,
)
from scenario_usage_cli.collect.fetch import Effort, fetch_usage
from scenario_usage_cli.collect.identify import describe_missing, find_missing
from scenario_usage_cli.collect.raw import RawAnswers, ignore_raw
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.collect.workers import JOBS
from scenario_usage_cli.errors import BadArgument, ExitCode
from scenario_usage_cli.render import REPORT_FORMATS, load_renderer
from scenario_usage_cli.report.usage import build_report
from scenario_usage_cli.report.usage_view import build_usage_view
from scenario_usage_cli.settings import Settings

BREAKDOWN = "breakdown"


class ReportOptions(NamedTuple):
    """Everything that was asked of `report`."""

    period: PeriodOptions
    filters: FilterOptions
    output: OutputOptions
    connection: ConnectionOptions
    model: list[str] | None
    section: list[str] | None
    from_file: str | None
    save_raw: str | None
    keep_going: bool
    by: list[str] | None
    jobs: int | None


def run_report(options: ReportOptions, runtime: Runtime) -> None:
    """Write the report; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    by = parse_names("--by", options.by, DIMENSIONS)
    sections = parse_sections(options.section, (*SECTIONS, BREAKDOWN))
    models = tuple(options.model or ())
    _refuse_contradictions(options, sections, models)
    check_output(options.output.output)
    check_output(options.save_raw, option="--save-raw")
    settings = read_settings(runtime, options.period, options.output, demo=options.connection.demo)
    render = load_renderer(check_format(settings, REPORT_FORMATS))
    if options.from_file is not None:
        # Imported when it is asked for, as in most reports nothing is read, and nothing saved.
        from scenario_usage_cli.cli.saved_input import read_saved_usage

        usage = read_saved_usage(
            options.from_file,
            runtime,
            settings,
            period=options.period,
            filters=options.filters,
            sections=sections,
            models=models,
            now=now,
        )
        # What --save-raw keeps was asked for, and looked up, when it came.
        was_looked_up = not (options.filters.user or options.filters.project)
        usage.notes += describe_missing(find_missing([usage]), only_names=was_looked_up)
        breakdowns, raw = list[Breakdown](), None
    else:
        usage, breakdowns, raw = _fetch(options, settings, runtime, by, sections or SECTIONS, now)
    report = build_report(
        usage,
        models=usage.patterns,
        sections=sections and tuple(name for name in sections if name != BREAKDOWN),
        breakdowns=breakdowns,
        generated_at=now,
    )
    for warning in report.warnings:
        runtime.warn(warning)
    view = build_usage_view(report)
    # What goes to stdout comes last, so that nothing is there if the other fails.
    if not is_stdout(options.save_raw):
        _save(raw, options.save_raw, runtime)
    write_view(view, render, options.output, runtime)
    if is_stdout(options.save_raw):
        _save(raw, options.save_raw, runtime)
    parts = (part for one in breakdowns for part in one.usages.values())
    if any(each.failures for each in (usage, *parts)):
        raise typer.Exit(ExitCode.REQUEST_FAILED)


def _save(raw: str | None, target: str | None, runtime: Runtime) -> None:
    """Keep the answer, which has names and mail addresses of people in it, for its owner only."""
    if raw is not None:
        write_output(
            target,
            runtime,
            lambda out: print(raw, file=out),
            option="--save-raw",
            private=True,
        )


def _refuse_contradictions(
    options: ReportOptions, sections: tuple[str, ...] | None, models: tuple[str, ...]
) -> None:
    if options.from_file is not None:
        _refuse_beside_a_file(options, sections)
    check_models(models, sections)
    if sections and BREAKDOWN in sections and not options.by:
        raise BadArgument(
            "--section breakdown needs --by", hint="add --by project or --by user, or leave it out"
        )
    if options.by and sections and BREAKDOWN not in sections:
        raise BadArgument(
            "--by adds the section breakdown, which --section leaves out",
            hint="add --section breakdown, or leave --by out",
        )
    if options.save_raw is not None:
        _refuse_shared_target(options.save_raw, options.output.output)
    if options.save_raw is not None and (options.by or options.keep_going):
        raise BadArgument(
            f"--save-raw and {'--by' if options.by else '--keep-going'} contradict each other",
            hint="a saved answer is one answer, and whole",
        )


def _refuse_beside_a_file(options: ReportOptions, sections: tuple[str, ...] | None) -> None:
    others = {
        **dict.fromkeys(options.connection.given, True),
        "--save-raw": options.save_raw is not None,
        "--by": options.by is not None,
        f"--section {BREAKDOWN}": BREAKDOWN in (sections or ()),
        "--keep-going": options.keep_going,
        "--jobs": options.jobs is not None,
    }
    for option, is_given in others.items():
        if is_given:
            raise BadArgument(
                f"--from and {option} contradict each other",
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


def _fetch(
    options: ReportOptions,
    settings: Settings,
    runtime: Runtime,
    by: tuple[str, ...] | None,
    sections: tuple[str, ...],
    now: datetime,
) -> tuple[Usage, list[Breakdown], str | None]:
    """The usage of all, its breakdowns, and what is to be saved of the answer."""
    period = read_period(options.period, settings, now)
    raw = RawAnswers(runtime.now)
    with (
        connect(runtime, settings.config, options.connection) as client,
        explain_team(client, options.filters, settings),
        show_progress(runtime) as progress,
    ):
        models = tuple(options.model or ())
        filters = read_filters(options.filters, settings, client, models=models)
        effort = Effort(
            jobs=options.jobs or JOBS,
            keep_going=options.keep_going,
            keep=raw.add if options.save_raw is not None else ignore_raw,
            progress=progress,
        )
        needed = {*sections, *(SECTIONS_OF_BREAKDOWN if by else ())}
        fetched = tuple(name for name in SECTIONS if name in needed)
        request = Request(client, period, filters, fetched)
        usage = fetch_usage(request, effort=effort)
        breakdowns = [fetch_breakdown(request, one, usage, effort=effort) for one in by or ()]
        missing = find_missing([usage], breakdowns)
        usage.notes += check_ids(client, missing, options.filters, settings)
    if options.save_raw is None:
        return usage, breakdowns, None
    from scenario_usage_cli.collect.saved import dump_saved

    merged, parts = raw.merge()
    return usage, breakdowns, dump_saved(merged, request, parts, usage.remarks)
