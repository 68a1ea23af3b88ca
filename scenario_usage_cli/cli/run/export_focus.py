"""What the options of `export` say of a dataset of FOCUS."""

from scenario_usage_cli.cli.options.export import DatasetOptions
from scenario_usage_cli.cli.parsers import check_choice
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.export.layout import FOCUS_FORMATS
from scenario_usage_cli.report.focus.columns import VERSIONS


def read_focus(dataset: DatasetOptions) -> DatasetOptions:
    """The same options, with the format that the files have.

    Raises BadArgument for options that say nothing of rows of FOCUS.
    """
    check_choice("--focus-version", dataset.focus_version, VERSIONS)
    chosen = (dataset.file_format or "").lower()
    if chosen not in FOCUS_FORMATS:
        raise BadArgument(
            "--focus-version needs --format focus", hint="add it, or leave the version out"
        )
    others = {
        "--datasets": dataset.datasets,
        "--partition": dataset.partition,
        "--cost-centres": dataset.cost_centres,
    }
    for option, value in others.items():
        if value is not None:
            raise BadArgument(
                f"--format {chosen} and {option} contradict each other",
                hint="a dataset of FOCUS has one table, with a file for each day",
            )
    values = {field: getattr(dataset, field) for field in dataset.declared}
    values |= {"file_format": FOCUS_FORMATS[chosen], "by_project": True}
    return DatasetOptions(**values)
