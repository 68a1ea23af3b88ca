"""The option of commands that can read a dataset instead of asking the API."""

from scenario_usage_cli.cli.option_groups import OptionGroup, option


class SourceOptions(OptionGroup, panel="Connection"):
    """Where the data comes from, if it is not the API."""

    from_dataset: str | None = option(
        "--from DIR", "Read a dataset of export, in a folder or at a URL, and ask no API."
    )
