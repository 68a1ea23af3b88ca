"""What `--by` and `--split` name: the dimensions that usage is divided by."""

from collections.abc import Sequence

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.breakdown import BREAKDOWN, COST_CENTRE, DIMENSIONS, Dimension
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.settings import Config

KNOWN_DIMENSIONS = (*DIMENSIONS, COST_CENTRE)
"""The names of all of them."""


def check_breakdown(by: Sequence[str] | None, sections: tuple[str, ...] | None) -> None:
    """Raises BadArgument if --section leaves out what --by adds, or names it without --by."""
    if sections and BREAKDOWN in sections and not by:
        raise BadArgument(
            "--section breakdown needs --by", hint="add --by project or --by user, or leave it out"
        )
    if by and sections and BREAKDOWN not in sections:
        raise BadArgument(
            "--by adds the section breakdown, which --section leaves out",
            hint="add --section breakdown, or leave --by out",
        )


def find_dimensions(
    option: str, names: Sequence[str], cost_centres: str | None, config: Config, runtime: Runtime
) -> list[Dimension]:
    """The dimensions of these names; `cost_centres` is the file of the option, if it is given.

    Raises BadArgument for a file without the dimension, which the `option` names, and
    ConfigurationError for the dimension without cost centres.
    """
    if COST_CENTRE not in names:
        if cost_centres is not None:
            raise BadArgument(
                f"--cost-centres needs {option} {COST_CENTRE}", hint="add it, or leave both out"
            )
        return [DIMENSIONS[name] for name in names]
    # Imported here, as few runs are about cost centres.
    from scenario_usage_cli.cli.config.cost_centres import require_cost_centres
    from scenario_usage_cli.collect.cost_centre_dimension import build_dimension

    own = build_dimension(require_cost_centres(config, cost_centres, runtime))
    return [own if name == COST_CENTRE else DIMENSIONS[name] for name in names]
