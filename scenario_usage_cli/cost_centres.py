"""Cost centres: what a table of them in a TOML file means, and which ids belong to each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.patterns import WILDCARD, compile_pattern, fold
from scenario_usage_cli.settings import COST_CENTRES

UNASSIGNED = "(unassigned)"
"""What belongs to no cost centre."""

EXAMPLE = '"Game A" = ["Hero", "Marketing*"]'
"""How a cost centre is written."""


class CostCentre(NamedTuple):
    """The texts that name its projects and users: names, ids, or patterns of these with `*`."""

    projects: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    """Users and API keys; these also by e-mail."""


class CostCentres(NamedTuple):
    """All cost centres of a file, by their names, in its order."""

    path: str
    """The file, for messages."""
    by_name: Mapping[str, CostCentre]
    what: str = "cost centre"
    """What each is, for messages."""
    may_overlap: bool = False
    """Whether something may belong to two of them."""

    def list_texts(self, part: str) -> tuple[str, ...]:
        """Every text that names `projects` or `users`, whichever the part is."""
        return tuple(text for one in self.by_name.values() for text in getattr(one, part))

    @property
    def definition(self) -> dict[str, dict[str, list[str]]]:
        """The same for JSON: two that mean the same are equal, in whatever order they are."""
        return {
            name: {part: sorted(texts) for part, texts in one._asdict().items()}
            for name, one in sorted(self.by_name.items())
        }


class Members(NamedTuple):
    """The ids of each cost centre, by its name, and where they come from."""

    ids: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, tuple[str, str]]
    """The cost centre of each id, and the text there that names it."""
    unmatched: Sequence[tuple[str, str]]
    """Cost centres with texts that mean nothing that is known; those may be ids all the same."""


def parse_cost_centres(table: Any, path: str) -> CostCentres:
    """The cost centres of a table.

    Raises ConfigurationError, which names the key and the file, for a table that is not as it
    should be, and for one without cost centres.
    """
    if not isinstance(table, Mapping):
        raise _refuse(path, COST_CENTRES, "must be a table of cost centres")
    if not table:
        raise _refuse(path, COST_CENTRES, "has no cost centre")
    found: dict[str, CostCentre] = {}
    spelt: dict[str, str] = {}
    for key, value in table.items():
        name, where = key.strip(), f'{COST_CENTRES}."{key}"'
        if not name:
            raise _refuse(path, where, "must have a name")
        if fold(name) == UNASSIGNED:
            raise _refuse(path, where, "has the name of what belongs to no cost centre")
        if other := spelt.get(fold(name)):
            raise _refuse(path, where, f'is "{other}" in another spelling')
        spelt[fold(name)] = name
        found[name] = _parse_one(value, path, where)
    return CostCentres(path, found)


def find_members(
    centres: CostCentres,
    part: str,
    known: Mapping[str, Sequence[str]],
    is_id: Callable[[str], bool],
) -> Members:
    """Which projects, or users, belong to each cost centre.

    `part` is `projects` or `users`. `known` has the names of those that are known by their ids;
    `is_id` tells whether another text is an id. Raises ConfigurationError for the name of several,
    and for what belongs to two cost centres.
    """
    find = _index(known)
    ids: dict[str, tuple[str, ...]] = {}
    owners: dict[str, tuple[str, str]] = {}
    unmatched: list[tuple[str, str]] = []
    for centre, one in centres.by_name.items():
        mine: dict[str, None] = {}
        for text in getattr(one, part):
            found = find(text)
            if len(found) > 1 and WILDCARD not in text:
                raise ConfigurationError(
                    f"{text!r} of the {centres.what} {centre!r} in {centres.path} is the name of "
                    f"{len(found)} {part}",
                    hint=f"give one of their ids: {', '.join(found)}",
                )
            if not found:
                unmatched.append((centre, text))
                found = [text] if WILDCARD not in text and is_id(text) else []
            for member in found:
                owner = owners.setdefault(member, (centre, text))
                if owner[0] != centre and not centres.may_overlap:
                    what = f"the {part.removesuffix('s')} {describe(member, known)}"
                    raise refuse_two(centres, what, owner, (centre, text))
            mine |= dict.fromkeys(found)
        ids[centre] = tuple(mine)
    return Members(ids, owners, unmatched)


def describe(one: str, known: Mapping[str, Sequence[str]]) -> str:
    """For messages: `'Hero' (project_1)`, or the id where there is no name."""
    return next((f"{name!r} ({one})" for name in known.get(one, ()) if name != one), repr(one))


def refuse_two(
    centres: CostCentres, what: str, one: tuple[str, str], other: tuple[str, str]
) -> ConfigurationError:
    """The error that something belongs to two cost centres, each with the text that names it."""
    both = " and ".join(f"{centre!r} (by {text!r})" for centre, text in (one, other))
    return ConfigurationError(
        f"{what} belongs to two cost centres in {centres.path}: {both}",
        hint="let it belong to one of them, or nothing would add up",
    )


def _parse_one(value: Any, path: str, where: str) -> CostCentre:
    """Of a list of projects, or of a table with lists of projects and users."""
    if not isinstance(value, Mapping):
        return CostCentre(_parse_texts(value, path, where))
    if unknown := [key for key in value if key not in CostCentre._fields]:
        raise _refuse(path, f"{where}.{unknown[0]}", "is not known: there are projects and users")
    return CostCentre(
        **{key: _parse_texts(texts, path, f"{where}.{key}") for key, texts in value.items()}
    )


def _parse_texts(value: Any, path: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise _refuse(path, where, "must be a list of texts in quotes")
    if not all(text.strip() for text in value):
        raise _refuse(path, where, "has an empty text")
    return tuple(dict.fromkeys(text.strip() for text in value))


def _refuse(path: str, where: str, problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"{where} in {path} {problem}",
        hint=f"write {EXAMPLE}; scenario-usage help cost-centres shows more",
    )


def _index(known: Mapping[str, Sequence[str]]) -> Callable[[str], list[str]]:
    """What finds the ids that a text means: an id before a name."""
    named: dict[str, list[str]] = {}
    for one, names in known.items():
        for name in dict.fromkeys(map(fold, names)):
            named.setdefault(name, []).append(one)

    def find(text: str) -> list[str]:
        if text in known:
            return [text]
        if WILDCARD not in text:
            return named.get(fold(text), [])
        matches = compile_pattern(text)
        return [one for one, names in known.items() if any(map(matches, (one, *names)))]

    return find
