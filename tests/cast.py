"""The people and API keys of the built-in studio, and whether a text tells of any of them."""

import json
from html import unescape

from scenario_usage_cli.sandbox.studio import KEYS, PEOPLE, QUIET_KEYS, make_id

CAST = (*PEOPLE, *KEYS, *QUIET_KEYS)
TELLING = {
    *(one.id for one in CAST),
    *(one.name for one in CAST),
    *(one.email for one in CAST if one.email),
    *(make_id("api", one.name) for one in CAST if one.is_key),
}


def find_telling(text: str) -> set[str]:
    """What of the people and keys of the studio is in a text, as HTML or JSON writes it, too."""
    plain = unescape(text)
    return {word for word in TELLING if word in plain or json.dumps(word)[1:-1] in plain}
