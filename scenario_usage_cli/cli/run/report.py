"""What `report` does: see what is asked, find the figures, show them."""

from typing import TYPE_CHECKING

import typer

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.dimensions import find_dimensions
from scenario_usage_cli.cli.made_at import find_made_at
from scenario_usage_cli.cli.money import add_amounts, read_money
from scenario_usage_cli.cli.options import FetchOptions, PeriodOptions
from scenario_usage_cli.cli.options.report import (
    ReportFilterOptions,
    ReportOptions,
    ReportOutputOptions,
)
from scenario_usage_cli.cli.output import is_stdout, prepare_format, write_output, write_view
from scenario_usage_cli.cli.run.report_asked import Asked, read_options
from scenario_usage_cli.cli.run.report_sources import Found, Wish, fetch_all, read_file
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.breakdown import BREAKDOWN
from scenario_usage_cli.errors import BadArgument, ExitCode
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.report.usage import Report, build_report
from scenario_usage_cli.report.usage_view import build_usage_view
from scenario_usage_cli.report.view import View
from scenario_usage_cli.settings import Config

if TYPE_CHECKING:
    from scenario_usage_cli.cli.run.story import Story


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
    asked = read_options(
        options,
        runtime.now(),
        period=period,
        filters=filters,
        output=output,
        connection=connection,
    )
    settings = read_settings(runtime, period, output, demo=connection.demo)
    money = read_money(settings.config, output)
    output_format = prepare_format(settings, "report", output, runtime)
    made_at = find_made_at(asked.now, output_format, runtime)
    if output_format == "focus":
        # Imported here, as few reports are rows of FOCUS.
        from scenario_usage_cli.cli.run.report_focus import run_report_focus

        run_report_focus(asked, settings, runtime)
        return
    if output.focus_version is not None:
        raise BadArgument(
            "--focus-version needs --format focus", hint="add it, or leave the version out"
        )
    story = _begin_story(output_format, asked, settings.config, runtime)
    given = None if story and story.has_centres else options.cost_centres
    dimensions = find_dimensions("--by", asked.by, given, settings.config, runtime)
    wish = Wish(asked, settings, output_format, money, dimensions, story)
    if asked.file is not None:
        found = read_file(wish, asked.file, runtime)
    else:
        found = fetch_all(wish, runtime)
    report = build_report(
        found.usage,
        models=found.usage.patterns,
        sections=asked.sections and tuple(one for one in asked.sections if one != BREAKDOWN),
        breakdowns=found.breakdowns,
        generated_at=made_at,
    ).sort(asked.order)
    _show(report, found, wish, runtime)


def _show(report: Report, found: Found, wish: Wish, runtime: Runtime) -> None:
    """Write the report, and the raw answer if that is kept."""
    options, story = wish.asked.options, wish.story
    for warning in report.warnings:
        runtime.warn(warning)
    view = _build_view(report, found, story, runtime)
    # stdout is written last, so that it is empty if the other one fails.
    if not is_stdout(options.save_raw):
        _save(found.raw, options.save_raw, runtime)
    write_view(view, wish.output_format, wish.asked.output, runtime)
    if is_stdout(options.save_raw):
        _save(found.raw, options.save_raw, runtime)
    if found.has_failures or (story and story.has_failures):
        raise typer.Exit(ExitCode.REQUEST_FAILED)


def _build_view(report: Report, found: Found, story: "Story | None", runtime: Runtime) -> View:
    """The report ready for any renderer; the plan of a story has the price of its own period."""
    view, money = build_usage_view(report), found.money
    if story is None:
        return add_amounts(view, money, report.period, runtime)
    view = story.tell(view, report, found.usage)
    view = add_amounts(view, money, report.period, runtime, before=story.period_before)
    return story.add_plan(view, money)


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


def _begin_story(
    output_format: str, asked: Asked, config: Config, runtime: Runtime
) -> "Story | None":
    """None for a format that has tables only."""
    if not FORMATS[output_format].tells_story:
        return None
    # Imported here, as most formats are such.
    from scenario_usage_cli.cli.run.story import begin_story

    return begin_story(asked.options, asked.by, asked.sections, config, runtime)
