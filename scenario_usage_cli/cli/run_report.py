"""What `report` does: fetch or read, add up, show."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from scenario_usage_cli.api.wire import UsagesAnswer
from scenario_usage_cli.cli.formats import check_format, read_format
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    OutputOptions,
    PeriodOptions,
    split_values,
)
from scenario_usage_cli.cli.output import STDOUT, check_output, is_stdout, write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.saved_input import read_saved_usage
from scenario_usage_cli.cli.session import connect, read_config, read_filters, read_period
from scenario_usage_cli.collect.fetch import fetch_usage
from scenario_usage_cli.collect.saved import dump_saved
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render import FORMATS, load_renderer
from scenario_usage_cli.report.usage import build_report
from scenario_usage_cli.report.usage_view import build_usage_view
from scenario_usage_cli.settings import Settings, load_settings


@dataclass(frozen=True)
class ReportOptions:
    """Everything that was asked of `report`."""

    period: PeriodOptions
    filters: FilterOptions
    output: OutputOptions
    connection: ConnectionOptions
    model: list[str] | None
    section: list[str] | None
    from_file: str | None
    save_raw: str | None


def run_report(options: ReportOptions, runtime: Runtime) -> None:
    """Write the report; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    sections = parse_sections(options.section)
    models = split_values(options.model)
    _refuse_contradictions(options, sections, models)
    check_output(options.output.output)
    check_output(options.save_raw, option="--save-raw")
    settings = load_settings(
        runtime.environ,
        read_config(runtime),
        tz=options.period.tz,
        output_format=read_format(options.output),
    )
    render = load_renderer(check_format(settings, FORMATS))
    if options.from_file is not None:
        usage = read_saved_usage(
            options.from_file,
            runtime,
            settings,
            period=options.period,
            filters=options.filters,
            sections=sections,
            models=models,
        )
        models = usage.filters.models if usage.filters else models
    else:
        usage = _fetch_usage(options, settings, runtime, sections or SECTIONS, models)
    report = build_report(usage, models=models, generated_at=now)
    for warning in report.warnings:
        runtime.warn(warning)
    view = build_usage_view(report)
    target = options.output.output
    medium = runtime.build_medium(to_stdout=is_stdout(target), top=options.output.top)
    write_output(target, runtime.stdout, lambda out: render(view, out, medium))


def parse_sections(values: list[str] | None) -> tuple[str, ...] | None:
    """The sections that --section names, in the order in which they are shown; None for all."""
    wanted = [value.replace("-", "_").lower() for value in split_values(values)]
    if values is not None and not wanted:
        raise BadArgument("--section names no section", hint=f"one of {', '.join(SECTIONS)}")
    for name in wanted:
        if name not in SECTIONS:
            near = get_close_matches(name, SECTIONS, n=1) or SECTIONS
            raise BadArgument(f"--section {name!r} is not known", hint=f"try {', '.join(near)}")
    return tuple(name for name in SECTIONS if name in wanted) or None


def _refuse_contradictions(
    options: ReportOptions, sections: tuple[str, ...] | None, models: tuple[str, ...]
) -> None:
    if models and sections and "models" not in sections:
        raise BadArgument(
            "--model narrows the section models, which --section leaves out",
            hint="add --section models, or leave --model out",
        )
    if options.save_raw is not None:
        _refuse_shared_target(options.save_raw, options.output.output)
    if options.from_file is None:
        return
    for option, is_given in (
        ("--demo", options.connection.demo),
        ("--save-raw", options.save_raw is not None),
    ):
        if is_given:
            raise BadArgument(
                f"--from and {option} contradict each other",
                hint="--from reads a file, and asks no API",
            )


def _refuse_shared_target(save_raw: str, output: str | None) -> None:
    shared = (
        is_stdout(output or STDOUT)
        if is_stdout(save_raw)
        else output is not None and Path(save_raw).resolve() == Path(output).resolve()
    )
    if shared:
        raise BadArgument(
            f"--save-raw {save_raw} and --output {output or 'stdout'} are the same place",
            hint="give them two",
        )


def _fetch_usage(
    options: ReportOptions,
    settings: Settings,
    runtime: Runtime,
    sections: tuple[str, ...],
    models: tuple[str, ...],
) -> Usage:
    period = read_period(options.period, settings, runtime.now())
    answers: list[UsagesAnswer] = []
    with connect(runtime, settings.config, options.connection) as client:
        filters = read_filters(options.filters, settings, client, models=models)
        usage = fetch_usage(client, period, filters, sections, keep=answers.append)
    if options.save_raw is not None:
        text = dump_saved(answers[0], period, filters, sections)
        write_output(
            options.save_raw,
            runtime.stdout,
            lambda out: print(text, file=out),
            option="--save-raw",
        )
    return usage
