"""The commands of `list` with their options and their help, as those of `commands`."""

from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FetchOptions,
    ListOutputOptions,
    ModelFilterOptions,
    PeriodOptions,
    TeamOptions,
)
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import Group


def _list_projects(
    runtime: Runtime,
    filters: TeamOptions,
    output: ListOutputOptions,
    connection: ConnectionOptions,
) -> None:
    """Projects with their consumption and caps, in CU.

    Consumption is that of the running billing period.

    Examples:
    scenario-usage list projects --sort cap-used
    scenario-usage list projects --json | jq '.projects[] | {name, consumption}'
    scenario-usage list projects -o projects.csv
    """
    from scenario_usage_cli.cli.run.list import run_list

    run_list("projects", runtime, filters=filters, output=output, connection=connection)


def _list_people(
    runtime: Runtime,
    filters: TeamOptions,
    output: ListOutputOptions,
    connection: ConnectionOptions,
) -> None:
    """People with their consumption and caps, in CU.

    Consumption is that of the running billing period; a cap is their own, or else the team's.

    The key that asks must be allowed to read the team: one with the scope team.read, not an
    Analytics key.

    Examples:
    scenario-usage list people --csv
    scenario-usage list people --top 10
    scenario-usage list people --sort name
    """
    from scenario_usage_cli.cli.run.list import run_list

    run_list("people", runtime, filters=filters, output=output, connection=connection)


def _list_keys(
    runtime: Runtime,
    filters: TeamOptions,
    output: ListOutputOptions,
    connection: ConnectionOptions,
) -> None:
    """API keys: names, projects, last use, caps in CU.

    A key is idle if it was not used for 90 days. The key that asks must be allowed to read the
    team: one with the scope team.read, not an Analytics key.

    Examples:
    scenario-usage list keys --sort last-used
    scenario-usage list keys --json | jq -r '.keys[] | select(.idle).name'
    scenario-usage list keys -o keys.md
    """
    from scenario_usage_cli.cli.run.list import run_list

    run_list("keys", runtime, filters=filters, output=output, connection=connection)


def _list_models(
    runtime: Runtime,
    period: PeriodOptions,
    filters: ModelFilterOptions,
    output: ListOutputOptions,
    connection: FetchOptions,
) -> None:
    """Models used in a period, with their ids.

    Examples:
    scenario-usage list models --period last-month --sort jobs
    scenario-usage list models --model 'Lumen*'
    scenario-usage list models --last 7d --csv
    """
    from scenario_usage_cli.cli.run.list import run_list_models

    run_list_models(runtime, period=period, filters=filters, output=output, connection=connection)


lists = Group(
    "Look up what an account has: projects, people, API keys, models in use.",
    {
        "projects": _list_projects,
        "people": _list_people,
        "keys": _list_keys,
        "models": _list_models,
    },
    examples="scenario-usage list projects\nscenario-usage list people\nscenario-usage list keys",
)
