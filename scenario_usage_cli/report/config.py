"""The config file as tables: the settings that count, and the profiles there are."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from scenario_usage_cli.report.fields import Field, Json, Kind, Row, Table
from scenario_usage_cli.report.frame import build_head
from scenario_usage_cli.report.view import Section, View

_SETTING = Field[str]("setting", "Setting", Kind.TEXT, 100)
_VALUE = Field[str](
    "value", "Value", Kind.TEXT, 100, "What counts; null where nothing is set. Secrets are `***`."
).or_null()
_SOURCES = "option, environment, profile, file, default, or none where nothing is set."
_PLACES = "The option, the variable, or the key of the config file."
SETTINGS = Table(
    "settings",
    "Settings",
    (_SETTING,),
    (_VALUE,),
    (
        Field[str]("source", "Source", Kind.TEXT, 95, _SOURCES),
        Field[str]("name", "Name", Kind.TEXT, 60, _PLACES).or_null(),
    ),
    _SETTING,
    "A setting, and where its value comes from.",
)

_PROFILE = Field[str]("profile", "Profile", Kind.TEXT, 100)
_CREDENTIALS = "The keys that it has for them, with commas; null without any."
_ADDRESS = "Its own address of the API, or null."
_PROBLEMS = "Why its credentials cannot be used; null where they can, and without any."
PROFILES = Table(
    "profiles",
    "Profiles",
    (_PROFILE,),
    (),
    (
        Field[bool]("default", "Default", Kind.FLAG, 90, "Whether it counts without --profile."),
        Field[str]("credentials", "Credentials", Kind.TEXT, 80, _CREDENTIALS).or_null(),
        Field[str]("base_url", "Base URL", Kind.TEXT, 70, _ADDRESS).or_null(),
        Field[str]("problem", "Problem", Kind.TEXT, 0, _PROBLEMS).or_null(),
    ),
    _PROFILE,
    "A profile of the config file.",
)


def build_config_view(
    report: str,
    table: Table,
    config_file: str,
    rows: Sequence[Row],
    warnings: Sequence[str],
    generated_at: datetime,
) -> View:
    """One of the two tables, ready for any renderer."""
    document: Mapping[str, Json] = {
        **build_head(report, generated_at),
        "config_file": config_file,
        table.name: rows,
        "warnings": warnings,
    }
    return View(
        document=document,
        title="Config file",
        subtitle=config_file if rows else f"{config_file}, without {table.name}",
        headlines=(),
        sections=(Section(table, rows, is_timeline=True),) if rows else (),
        period=None,
        generated_at=generated_at,
    )
