"""The options that only `restatements` has."""

from scenario_usage_cli.cli.option_groups import OptionGroup, argument, flag, option
from scenario_usage_cli.cli.options.export import DATASETS


class RestatementOptions(OptionGroup, panel="Restatements"):
    """Which restatements of a dataset are shown."""

    directory: str = argument("DIR", "The folder or URL of a dataset.")
    since: str | None = option(
        "--since DATE", "The first day whose figures have moved.", completed="periods"
    )
    until: str | None = option("--until DATE", "The last such day, included.", completed="periods")
    restated_since: str | None = option(
        "--restated-since DATE", "What runs have found since that day.", completed="periods"
    )
    project: list[str] | None = option(
        "--project -p NAME", "An id or a name; repeatable, commas too.", completed="projects"
    )
    datasets: list[str] | None = option(
        "--datasets NAMES",
        "The tables: models, consumption and so on; repeatable, commas too.",
        completed=DATASETS,
    )
    every: bool = flag("--all", "Every column, not only cost (or count).")
