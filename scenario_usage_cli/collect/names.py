"""What ids are called, apart from the answers that mention them."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_NONE: Mapping[str, str] = MappingProxyType({})


PROJECT_PREFIXES = ("project_", "proj_")
KEY_PREFIX = "apiu_"
USER_PREFIXES = ("user_", KEY_PREFIX)
TEAM_PREFIXES = ("team_",)
"""How ids begin."""
_ALIAS = re.compile(r"(?:person|key)[ _]\d{8,}", re.IGNORECASE)


def looks_like_alias(text: str) -> bool:
    """Whether a text may be the id or the name that stands for a person or an API key."""
    return _ALIAS.fullmatch(text.strip()) is not None


_BLANK = re.compile(r"[\s\u115f\u1160\u2800\u3164\uffa0]*")
"""Spaces, and letters that look like one."""


def parse_name(text: str | None) -> str | None:
    """What something is called; None for a name that nobody would see."""
    return None if text is None or _BLANK.fullmatch(text) else text


class UserName(NamedTuple):
    """What the API knows of a user id."""

    name: str | None
    email: str | None
    is_api_key: bool | None
    is_alias: bool = False
    """Whether the name is an alias, which says itself what it stands for."""


NOBODY = UserName(None, None, None)


class Names(NamedTuple):
    """Names by id, for each kind of id.

    Those of API keys are by the user ids that usages have (`apiu_…`).
    """

    projects: Mapping[str, str] = _NONE
    keys: Mapping[str, str] = _NONE
    people: Mapping[str, str] = _NONE
    models: Mapping[str, str] = _NONE
    teams: Mapping[str, str] = _NONE


NO_NAMES = Names()
KINDS = Names._fields

Listed = Mapping[str, Mapping[str, str | None]]
"""Names by kind and id; None is an id that the API was asked for and does not list."""
