"""Names of time zones to zones.

A module of its own, because most runs are about UTC: the database of zones would add 1 % to the
instructions of a report.
"""

from contextlib import suppress
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from scenario_usage_cli.errors import BadArgument

_MACHINE_ZONES = ("localtime", "posixrules", "factory")


def parse_zone(name: str, *, source: str = "--tz") -> tzinfo:
    """An IANA zone by its name, in upper or lower case.

    Raises BadArgument, naming the option `source`, for an unknown one.
    """
    if name.upper() == "UTC":
        return UTC
    if name.lower() not in _MACHINE_ZONES:
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo(name)
        # The list of all zones takes a while; it is needed only for names in another case.
        for known in available_timezones():
            if known.lower() == name.lower():
                return ZoneInfo(known)
    raise BadArgument(
        f"unknown time zone {name!r} in {source}",
        hint="use an IANA name such as UTC, Europe/Paris or Asia/Tokyo",
    )
