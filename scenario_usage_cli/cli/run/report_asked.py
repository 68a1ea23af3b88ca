"""What `report` is asked for: its options together, and what of them contradicts each other."""

import os
from datetime import datetime
from typing import NamedTuple

from scenario_usage_cli.cli.dimensions import KNOWN_DIMENSIONS, check_breakdown
from scenario_usage_cli.cli.options import FetchOptions, PeriodOptions
from scenario_usage_cli.cli.options.report import (
    ReportFilterOptions,
    ReportOptions,
    ReportOutputOptions,
)
from scenario_usage_cli.cli.output import STDOUT, check_output, is_stdout
from scenario_usage_cli.cli.parsers import check_choice, parse_names
from scenario_usage_cli.cli.session import check_models
from scenario_usage_cli.cli.source import check_source, is_dataset
from scenario_usage_cli.collect.breakdown import BREAKDOWN
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.report.fields import ORDERS

_BESIDE_A_FILE = ("--from", "--no-cache", "--pseudonyms")


class Asked(NamedTuple):
    """The options of a report, and what they say."""

    options: ReportOptions
    period: PeriodOptions
    filters: ReportFilterOptions
    output: ReportOutputOptions
    connection: FetchOptions
    now: datetime
    by: tuple[str, ...]
    sections: tuple[str, ...] | None
    """Those that are named; None for all."""
    order: str | None

    @property
    def models(self) -> tuple[str, ...]:
        """What it is narrowed to, if anything."""
        return tuple(self.filters.model or ())

    @property
    def dataset(self) -> str | None:
        """The dataset that is read, if one is."""
        return self.options.from_file if is_dataset(self.options.from_file) else None

    @property
    def file(self) -> str | None:
        """The saved answer that is read, if one is."""
        return None if is_dataset(self.options.from_file) else self.options.from_file


def read_options(
    options: ReportOptions,
    now: datetime,
    *,
    period: PeriodOptions,
    filters: ReportFilterOptions,
    output: ReportOutputOptions,
    connection: FetchOptions,
) -> Asked:
    """All of them; raises BadArgument for those that contradict each other."""
    asked = Asked(
        options,
        period,
        filters,
        output,
        connection,
        now,
        by=parse_names("--by", options.by, KNOWN_DIMENSIONS) or (),
        sections=parse_names("--section", filters.section, (*SECTIONS, BREAKDOWN)),
        order=check_choice("--sort", output.sort, ORDERS),
    )
    check_source(asked.dataset, connection, now, _list_of_api(options))
    if asked.file is not None:
        # Imported here, as most reports read no file.
        from scenario_usage_cli.cli.run.saved_input import refuse_date

        refuse_date(asked.file, now)
        _refuse_beside_a_file(options, connection, asked.sections)
    check_models(asked.models, asked.sections, narrowed=("models", BREAKDOWN))
    _refuse_contradictions(options, asked.sections, output, connection)
    check_output(output.output)
    check_output(options.save_raw, option="--save-raw")
    return asked


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
