"""The config file as tables: the settings that count, and the profiles there are."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from scenario_usage_cli.report.fields import Field, Json, Kind, Row, Table
from scenario_usage_cli.report.frame import build_head
from scenario_usage_cli.report.view import Section, View

_SETTING: Field[str] = Field("setting", "Setting", Kind.TEXT, 100)
_VALUE: Field[str | None] = Field(
    "value",
    "Value",
    Kind.TEXT,
    100,
    meaning="What counts; null where nothing is set. Secrets are `***`.",
    nullable=True,
)
_SOURCE: Field[str] = Field(
    "source",
    "Source",
    Kind.TEXT,
    95,
    meaning="option, environment, profile, file, default, or none where nothing is set.",
)
_PLACE: Field[str | None] = Field(
    "name",
    "Name",
    Kind.TEXT,
    60,
    meaning="The option, the variable, or the key of the config file.",
    nullable=True,
)
SETTINGS = Table(
    name="settings",
    title="Settings",
    ids=(_SETTING,),
    names=(_VALUE,),
    fields=(_SOURCE, _PLACE),
    size=_SETTING,
    meaning="A setting, and where its value comes from.",
)

_PROFILE: Field[str] = Field("profile", "Profile", Kind.TEXT, 100)
_PROBLEM: Field[str | None] = Field(
    "problem",
    "Problem",
    Kind.TEXT,
    meaning="Why its credentials cannot be used; null where they can, and without any.",
    nullable=True,
)
PROFILES = Table(
    name="profiles",
    title="Profiles",
    ids=(_PROFILE,),
    names=(),
    fields=(
        Field("default", "Default", Kind.FLAG, 90, meaning="Whether it counts without --profile."),
        Field(
            "credentials",
            "Credentials",
            Kind.TEXT,
            80,
            meaning="The keys that it has for them, with commas; null without any.",
            nullable=True,
        ),
        Field(
            "base_url",
            "Base URL",
            Kind.TEXT,
            70,
            meaning="Its own address of the API, or null.",
            nullable=True,
        ),
        _PROBLEM,
    ),
    size=_PROFILE,
    meaning="A profile of the config file.",
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
