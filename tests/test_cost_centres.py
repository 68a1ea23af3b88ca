"""Cost centres: what their table may say, and whom they mean."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.cost_centres import CostCentre, find_members, parse_cost_centres
from scenario_usage_cli.errors import ConfigurationError
from tests.cases import each

PROJECTS = {
    "project_1": ["Hero"],
    "project_2": ["Marketing & Trailers"],
    "project_3": ["Marketing, Print"],
    "project_4": ["Twin"],
    "project_5": ["twin"],
    "project_6": ["project_1"],
    "project_7": ["[draft] what?"],
}


def members(table: Any, known: Mapping[str, Sequence[str]] = PROJECTS) -> Any:
    """The ids of each cost centre, and the texts that mean nothing that is known."""
    found = find_members(
        parse_cost_centres(table, "f.toml"), "projects", known, lambda t: t.startswith("project_")
    )
    return dict(found.ids), list(found.unmatched)


def refuse(table: Any) -> str:
    """What is said of a table that is refused."""
    with pytest.raises(ConfigurationError) as caught:
        members(table)
    assert "f.toml" in caught.value.message
    assert caught.value.hint
    return caught.value.message


def test_a_cost_centre_is_a_list_of_projects_or_a_table() -> None:
    """Spaces around texts and names do not count, and each text counts once."""
    table = tomllib.loads(
        '" Game A " = ["Hero", " Hero "]\n"Studio" = {projects = ["R&D"], users = ["ci-*"]}\n'
        '[People]\nusers = ["ann@x.example"]\n[Later]\n'
    )

    assert parse_cost_centres(table, "f.toml").by_name == {
        "Game A": CostCentre(("Hero",)),
        "Studio": CostCentre(("R&D",), ("ci-*",)),
        "People": CostCentre((), ("ann@x.example",)),
        "Later": CostCentre(),
    }


@each(
    ("toml", "key", "problem"),
    [
        ("A = 7", 'cost_centres."A"', "list of texts"),
        ("A = true", 'cost_centres."A"', "list of texts"),
        ("A = 2026-01-01", 'cost_centres."A"', "list of texts"),
        ('A = "Hero"', 'cost_centres."A"', "list of texts"),
        ("A = [1]", 'cost_centres."A"', "list of texts"),
        ('A = [["Hero"]]', 'cost_centres."A"', "list of texts"),
        ('A = ["Hero", {}]', 'cost_centres."A"', "list of texts"),
        ('A = ["Hero", " "]', 'cost_centres."A"', "empty text"),
        ('[[A]]\nprojects = ["Hero"]', 'cost_centres."A"', "list of texts"),
        ('A = {project = ["Hero"]}', 'cost_centres."A".project', "not known"),
        ('[Games]\nA = ["Hero"]', 'cost_centres."Games".A', "not known"),
        ('A = {users = "ann"}', 'cost_centres."A".users', "list of texts"),
        ("A = {users = [0.5]}", 'cost_centres."A".users', "list of texts"),
        ('A = {projects = [""]}', 'cost_centres."A".projects', "empty text"),
        ('"" = ["Hero"]', 'cost_centres.""', "must have a name"),
        ('"  " = ["Hero"]', 'cost_centres."  "', "must have a name"),
        ('"(unassigned)" = ["Hero"]', 'cost_centres."(unassigned)"', "belongs to no cost centre"),
        ('"(Unassigned) " = []', 'cost_centres."(Unassigned) "', "belongs to no cost centre"),
        ('Game = ["Hero"]\nGAME = []', 'cost_centres."GAME"', '"Game"'),
        ('Game = ["Hero"]\n"Game " = []', 'cost_centres."Game "', '"Game"'),
        ('"\u00ea" = []\n"e\u0302" = []', 'cost_centres."e\u0302"', '"ê"'),
        ("", "cost_centres", "has no cost centre"),
    ],
)
def test_a_malformed_table_is_refused(toml: str, key: str, problem: str) -> None:
    """The message names the key and the file."""
    message = refuse(tomllib.loads(toml))

    assert message.startswith(f"{key} in f.toml ")
    assert problem in message


@pytest.mark.parametrize("value", [7, "x", [], ["Hero"], None, True])
def test_what_is_no_table_is_refused(value: Any) -> None:
    """As `cost_centres = 7` would be in the config file."""
    assert refuse(value).startswith("cost_centres in f.toml must be a table")


def test_projects_are_found_by_name_id_and_wildcard() -> None:
    """Names ignore case; only `*` is special; an id counts before the name of another project."""
    assert members(
        {
            "a": ["hero"],
            "b": ["MARKETING*", "Marketing & Trailers"],
            "c": ["[DRAFT] what?"],
            "d": ["project_6", "twi?"],
        }
    ) == (
        {
            "a": ("project_1",),
            "b": ("project_2", "project_3"),
            "c": ("project_7",),
            "d": ("project_6",),
        },
        [("d", "twi?")],
    )
    assert members({"a": ["project_1"]})[0] == {"a": ("project_1",)}
    assert members({"a": ["*_7", "twin*"]})[0] == {"a": ("project_7", "project_4", "project_5")}


@pytest.mark.parametrize("text", ["Forêt Noire", "FORÊT *", "*ê*"])
@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_may_be_written_in_either_way(text: str, forms: tuple[Any, Any]) -> None:
    """As one character, or as a letter and a mark, which looks the same."""
    mine, theirs = forms
    known = {"project_1": [normalize(theirs, "Forêt Noire")], "project_2": ["Foret Noire"]}

    assert members({"a": [normalize(mine, text)]}, known)[0] == {"a": ("project_1",)}


def test_blanks_at_the_ends_of_names_do_not_count() -> None:
    """Nobody sees them; two names that differ in them only are the same."""
    known = {"project_1": [" Lead "], "project_2": ["Trail\t"], "project_3": ["trail"]}

    assert members({"a": ["lead"], "b": ["tra*"]}, known)[0] == {
        "a": ("project_1",),
        "b": ("project_2", "project_3"),
    }
    with pytest.raises(ConfigurationError, match="name of 2 projects"):
        members({"a": ["Trail"]}, known)


def test_what_matches_nothing_is_told() -> None:
    """An unknown id is taken all the same: the list may not have all."""
    assert members({"a": ["Nope", "No*", "project_9", "Hero"], "b": ["project_*9"]}) == (
        {"a": ("project_9", "project_1"), "b": ()},
        [("a", "Nope"), ("a", "No*"), ("a", "project_9"), ("b", "project_*9")],
    )


def test_a_name_of_two_projects_is_refused() -> None:
    """It asks for ids, as `--project` does."""
    message = refuse({"a": ["Twin"]})

    assert message == "'Twin' of the cost centre 'a' in f.toml is the name of 2 projects"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hero", "her*"), ("project_1", "Hero"), ("*", "Hero"), ("project_1", "project_1")],
)
def test_a_project_of_two_cost_centres_is_refused(one: str, other: str) -> None:
    """It names the project, both cost centres, and the texts that name the project there."""
    message = refuse({"First [x]": ["project_6", one], "Second": [other]})

    assert "'Hero' (project_1)" in message or "'project_1' (project_6)" in message
    assert f"'First [x]' (by {one!r}) and 'Second' (by {other!r})" in message


def test_an_unknown_id_of_two_cost_centres_is_refused() -> None:
    """Also where the list does not have it."""
    assert "the project 'project_9' belongs to two" in refuse(
        {"a": ["project_9"], "b": ["project_9"]}
    )


texts = st.sampled_from(["Hero", "her*", "*", "project_1", "project_9", "twin", "x", " ", ""])
values = st.recursive(
    texts | st.integers() | st.floats() | st.booleans() | st.none() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["projects", "users", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
lists = st.lists(texts.filter(str.strip), max_size=3)
tables = st.dictionaries(st.sampled_from(["A", "b", "B ", "(unassigned)", ""]), values | lists)


@given(values | tables)
def test_any_table_is_read_or_refused(table: Any) -> None:
    """What is read has each project in one cost centre at most."""
    refused = "in f.toml"
    try:
        owned = [one for ids in members(table)[0].values() for one in ids]
    except ConfigurationError as error:
        owned, refused = [], error.message

    assert (len(owned), "in f.toml" in refused) == (len(set(owned)), True)
