"""The table of the event log: one row for each event."""

from scenario_usage_cli.report.fields import Field, Kind, Table
from scenario_usage_cli.report.figures import COST, KNOWN_COST
from scenario_usage_cli.report.tables import IS_API_KEY


def _optional(key: str, title: str, weight: int) -> Field[str | None]:
    return Field(key, title, Kind.TEXT, weight, nullable=True)


ACTIVITY = Table(
    "activity",
    "Activity",
    (Field[str | None]("time", "Time", Kind.TIME, 100, nullable=True),),
    (),
    (
        _optional("action", "Action", 95),
        _optional("project_id", "Project id", 0),
        _optional("project", "Project", 60),
        _optional("user_id", "User id", 0),
        _optional("user", "User", 80),
        IS_API_KEY._replace(weight=40, meaning=""),
        _optional("model_id", "Model id", 0),
        _optional("model", "Model", 70),
        _optional("job_id", "Job", 20),
        _optional("asset_id", "Asset", 10),
        _optional("collection_id", "Collection", 5),
        COST._replace(weight=97, meaning="Charged for the event.").or_null(),
    ),
    KNOWN_COST,
    "One event; null is what the API did not give, and a name falls back to its id.",
)
