"""The options that only `report` has."""

from scenario_usage_cli.cli.option_groups import OptionGroup, flag, option
from scenario_usage_cli.cli.options import (
    ModelFilterOptions,
    OutputOptions,
    declare_cost_centres,
    declare_focus_version,
    declare_format,
    declare_open,
    declare_sections,
)


class ReportFilterOptions(ModelFilterOptions, panel="Output"):
    """The filters of `report`, and its sections."""

    section: list[str] | None = declare_sections(
        *("consumption", "models", "assets", "actions", "moderation", "quality_gates"),
        by="breakdown",
    )


class ReportOutputOptions(OutputOptions):
    """How a report looks."""

    format: str | None = declare_format("report")
    show: bool = declare_open()
    focus_version: str | None = declare_focus_version()


class ReportOptions(OptionGroup, panel="Output"):
    """The options of `report` alone."""

    from_file: str | None = option(
        "--from FILE|DIR",
        "A saved raw answer, - is stdin; or a dataset of export, in a folder or at a URL.",
        panel="Connection",
        completed="paths",
    )
    by: list[str] | None = option(
        "--by WHAT",
        "project, user or cost-centre: also each with its models, one query apiece; "
        "project,user: both, and each user of each project.",
        completed=("project", "user", "cost-centre"),
    )
    cost_centres: str | None = declare_cost_centres()
    save_raw: str | None = option("--save-raw FILE", "Also keep the raw answer, for --from.")
    keep_going: bool = flag(
        "--keep-going",
        "Report what came although parts failed: totals are null, the exit code is 5.",
        panel="Connection",
    )
