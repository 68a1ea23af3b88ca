"""Aliases of people and API keys: the same for the same id, and no way back without the secret."""

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from threading import Lock
from typing import Any, NamedTuple

from scenario_usage_cli.collect.merge import NAMELESS
from scenario_usage_cli.collect.names import NOBODY, UserName

_NAME_DIGITS, _ID_DIGITS = 8, 16
"""Of 200 people, two would have the same eight with a chance of 1 in 4,500: one gets more then."""
_WORDS = {False: ("Person", "person"), True: ("Key", "key")}
"""What the name and the id of an alias begin with, of people and of API keys."""
_ARE_KEYS = {"user_": False, "apiu_": True}
_ENVELOPE = "_scenario_usage"
_LONG = 6
"""So many digits are more than a year or a count."""
_AN_ALIAS = r"(?:Person |Key |person_|key_)\d{8,}"
_ALIAS_ID = re.compile(rf"(person|key)_([1-9]\d{{{_NAME_DIGITS - 1}}})\d{{8,}}")
"""The id of an alias of this or of another run; no id of the API is like it."""
_OPENING = re.compile("(?:error|hint|warning): |")
_START, _END = r"(?:(?<!\w)|(?<=%2C))", r"(?!\w)"
"""No letter is beside a word, but for a comma of a URL."""
_UNKNOWN = re.compile(
    rf"{_START}(?P<id>(?:user|apiu)_(?=[A-Za-z]*\d)\w{{6,}})"
    r"|(?P<address>[^\s@'\"<>(),;=]+@[^\s@'\"<>(),;:/]+\.[^\W\d_]+)"
)
"""The id or the address of somebody who came in no answer; `user_ids` and the like are words."""
_ANY_ADDRESS, _ANY_NAME = "(e-mail)", "(name)"
"""What is shown of an address that is nobody's, and of a name that several have."""


class Alias(NamedTuple):
    """What stands for a person or an API key: an id of its own, and a name."""

    id: str
    name: str


class Pseudonyms:
    """Aliases by a secret, without a list of them that somebody would have to keep.

    Whoever has the secret gets the same ones, on any machine, for any period, and whoever else
    joins: numbers in the order of the people could not do that.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._lock = Lock()
        self._kinds: dict[str, bool] = {}
        """Whether an id is that of an API key, where the API tells."""
        self._ids: dict[str, str] = {}
        """Every id, those of API keys themselves as well, and the user id that it belongs to."""
        self._names: dict[str, str] = {}
        """Every name and address, and the user id that it belongs to; "" if several have it."""
        self._aliases: dict[str, Alias] = {}
        self._taken: dict[str, str] = {}
        """The ids and the names of aliases, and the user id behind each."""
        self._known: re.Pattern[str] | None = None

    @property
    def fingerprint(self) -> str:
        """What tells secrets apart, and tells nothing of them."""
        return self._draw_digits("fingerprint", "")[:_ID_DIGITS]

    def alias(self, user_id: str) -> Alias:
        """The alias of a user id; that of the id of an alias, of whatever run, is itself.

        Where two would have the same digits, the one that comes later has more of them.
        """
        with self._lock:
            return self._find_alias(self._taken.get(user_id, user_id))

    def reveal(self, alias_id: str) -> str:
        """The user id behind an alias of this run; any other id is itself."""
        return self._taken.get(alias_id, alias_id)

    def disguise(self, user_id: str, user: UserName = NOBODY) -> UserName:
        """What may be told of a user; an address that is known is the alias, too."""
        name = self.alias(user_id).name
        return UserName(name, user.email and name, user.is_api_key, is_alias=True)

    def learn(self, user_id: str, user: UserName = NOBODY, *other_ids: str | None) -> None:
        """Note what a user is called, so that no text tells it."""
        if user_id in self._taken or user_id == NAMELESS:
            return
        ids = [one for one in (user_id, *other_ids) if one]
        names = [name.strip() for name in (user.name, user.email) if name and name.strip()]
        with self._lock:
            if user.is_api_key is not None:
                self._kinds[user_id] = user.is_api_key
            if not all(one in self._ids for one in ids):
                self._ids |= dict.fromkeys(ids, user_id)
                self._known = None
            for name in names:
                if self._names.get(name) not in (user_id, ""):
                    self._names[name] = "" if name in self._names else user_id
                    self._known = None

    def learn_answer(self, body: bytes) -> None:
        """Note everybody whom a body of the API, or a saved file, mentions."""
        with suppress(ValueError, RecursionError):
            for user_id, user, key_id in _find_users(json.loads(body)):
                self.learn(user_id, user, key_id)

    def text(self, text: str) -> str:
        """The same text with aliases for all ids, names and addresses that are known by now.

        Ids and addresses of others are replaced as well, as far as they can be told from words.
        """
        opening = (_OPENING.match(text) or [""])[0]
        with self._lock:
            known = self._known = self._known or self._build_pattern()
            hidden = known.sub(self._replace, text[len(opening) :])
            return opening + _UNKNOWN.sub(self._replace, hidden)

    def _replace(self, found: re.Match[str]) -> str:
        word = found[0]
        if word in self._taken:
            return word
        if word in self._ids or found.lastgroup == "id":
            return self._find_alias(self._ids.get(word, word)).id
        if found.lastgroup == "address":
            owners = {one for name, one in self._names.items() if name.lower() == word.lower()}
            owner, instead = owners.pop() if len(owners) == 1 else "", _ANY_ADDRESS
        elif word in self._owners:
            owner, instead = self._owners[word], _ANY_NAME
        else:  # an alias that is nobody's
            return word
        return self._find_alias(owner).name if owner else instead

    def _build_pattern(self) -> re.Pattern[str]:
        """A pattern of all that is known, as it is and as Python quotes it; the longest first."""
        names = {name: owner for name, owner in self._names.items() if _is_telling(name)}
        self._owners = {repr(name)[1:-1]: owner for name, owner in names.items()} | names
        words = sorted({*filter(_is_telling, self._ids), *self._owners}, key=len, reverse=True)
        return re.compile("|".join([_AN_ALIAS, *map(_bound, words)]))

    def _find_alias(self, user_id: str) -> Alias:
        if found := _ALIAS_ID.fullmatch(user_id):
            return Alias(user_id, f"{found[1].capitalize()} {found[2]}")
        if user_id not in self._aliases:
            is_key = next(
                (is_key for prefix, is_key in _ARE_KEYS.items() if user_id.startswith(prefix)),
                self._kinds.get(user_id, False),
            )
            word, id_word = _WORDS[is_key]
            digits = self._draw_digits("alias", user_id)
            alias = Alias(
                self._take(f"{id_word}_{{}}", digits, _ID_DIGITS, user_id),
                self._take(f"{word} {{}}", digits, _NAME_DIGITS, user_id),
            )
            self._aliases[user_id] = alias
        return self._aliases[user_id]

    def _take(self, form: str, digits: str, count: int, user_id: str) -> str:
        """A text with so many digits, or with more if somebody else has that."""
        texts = (form.format(digits[:length]) for length in range(count, len(digits) + 1))
        # No two have the same digits to the end, unless they have the same secret and id.
        text = next(text for text in texts if text not in self._taken)
        self._taken[text] = user_id
        return text

    def _draw_digits(self, purpose: str, text: str) -> str:
        """77 digits, the first of which is not 0."""
        digest = hmac.digest(self._secret, f"{purpose}\n{text}".encode(), "sha256")
        return f"{int.from_bytes(digest) % (9 * 10**76) + 10**76}"


def _is_telling(name: str) -> bool:
    """Whether a name or an id tells anything, and is not a number or a letter of any text."""
    has_letters = len(name) > 1 and any(map(str.isalpha, name))
    return has_letters or not name.isascii() or len(name) >= _LONG


def _bound(word: str) -> str:
    first, last = re.match(r"\w", word[0]), re.match(r"\w", word[-1])
    return f"{_START if first else ''}{re.escape(word)}{_END if last else ''}"


def _find_users(document: Any) -> Iterator[tuple[str, UserName, str | None]]:
    """Everybody in a document: the user id, what is told, and the id of the key itself.

    Nothing is taken for granted of a document, which may be anything.
    """
    top = _as_dict(document)
    for key, names in _as_dict(_as_dict(top.get(_ENVELOPE)).get("names")).items():
        if key in ("people", "keys"):
            for named, name in _as_dict(names).items():
                yield named, UserName(_as_text(name), None, None), None
    holders = [top, *map(_as_dict, (top.get("entities"), top.get("team"))), *_rows(top, "projects")]
    for holder in holders:
        for row in (*_rows(holder, "users"), *_rows(holder, "keys")):
            if user_id := _as_text(row.get("id")):
                name, is_key = row.get("fullName") or row.get("name"), row.get("isApiKey")
                told = UserName(
                    _as_text(name),
                    _as_text(row.get("email")),
                    is_key if isinstance(is_key, bool) else None,
                )
                yield user_id, told, _as_text(row.get("apiKeyId"))
    for row in (*_rows(top, "consumption"), *_rows(top, "activity")):
        if charged := _as_text(row.get("userId")):
            yield charged, NOBODY, None


def _rows(holder: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    rows = holder.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _as_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
