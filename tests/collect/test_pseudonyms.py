"""Aliases: drawn from ids by a secret, never the same for two, and put into any text."""

import json
import re
from typing import Any

import pytest

from scenario_usage_cli.collect.hiding import hide_usages
from scenario_usage_cli.collect.names import UserName, looks_like_alias
from scenario_usage_cli.collect.pseudonyms import Pseudonyms
from scenario_usage_cli.collect.usage import Filters, Usage

SECRET = "nobody else has this secret"
ANNA = UserName("Anna Keller", "anna@studio.example", is_api_key=False)


@pytest.fixture
def pseudonyms() -> Pseudonyms:
    """Aliases of a secret."""
    return Pseudonyms(SECRET)


def test_an_alias_depends_on_the_id_and_the_secret_only(pseudonyms: Pseudonyms) -> None:
    """Neither on who came before, nor on what the API tells of others."""
    pseudonyms.learn("user_1", ANNA)
    pseudonyms.alias("user_1")
    late = pseudonyms.alias("user_2")

    assert Pseudonyms(SECRET).alias("user_2") == late
    assert Pseudonyms(SECRET + "!").alias("user_2") != late
    assert re.fullmatch(r"Person [1-9]\d{7}", late.name)
    assert re.fullmatch(r"person_[1-9]\d{15}", late.id)
    assert late.id.removeprefix("person_").startswith(late.name.removeprefix("Person "))


def test_the_alias_of_an_alias_is_itself(pseudonyms: Pseudonyms) -> None:
    """What is hidden already can be hidden again; what it stands for can be told by the run."""
    alias = pseudonyms.alias("user_1")

    assert pseudonyms.alias(alias.id) == alias
    assert Pseudonyms("another secret, of another run").alias(alias.id) == alias
    assert pseudonyms.reveal(alias.id) == "user_1"
    assert pseudonyms.reveal("user_2") == "user_2"


@pytest.mark.parametrize(
    ("user_id", "is_api_key", "word"),
    [
        ("user_1", None, "Person"),
        ("user_1", True, "Person"),
        ("apiu_1", None, "Key"),
        ("apiu_1", False, "Key"),
        ("9f1c", None, "Person"),
        ("9f1c", True, "Key"),
    ],
)
def test_the_id_tells_a_key_before_the_api_does(
    user_id: str, is_api_key: bool | None, word: str, pseudonyms: Pseudonyms
) -> None:
    """The alias stays the same where an answer leaves the person out."""
    pseudonyms.learn(user_id, UserName(None, None, is_api_key))

    assert pseudonyms.alias(user_id).name.startswith(f"{word} ")


def test_two_with_the_same_digits_are_told_apart(
    pseudonyms: Pseudonyms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one has more of them, in its name and in its id."""
    digits = {"user_1": "1" * 77, "user_2": "1" * 20 + "2" * 57, "user_3": "1" * 10 + "3" * 67}
    monkeypatch.setattr(pseudonyms, "_draw_digits", lambda purpose, text: digits[text])

    aliases = [pseudonyms.alias(one) for one in digits]

    assert [one.name for one in aliases] == [
        "Person 11111111",
        "Person 111111111",
        "Person 1111111111",
    ]
    assert len({one.id for one in aliases}) == 3


def test_thousands_have_names_of_their_own(pseudonyms: Pseudonyms) -> None:
    """Nobody's figures are mixed with those of another."""
    names = {pseudonyms.alias(f"user_{number}").name for number in range(20_000)}

    assert len(names) == 20_000


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("error: Anna Keller was seen", "error: {name} was seen"),
        ("'Anna Keller' (user_1)", "'{name}' ({id})"),
        ("mail anna@studio.example.", "mail {name}."),
        ("mail ANNA@Studio.Example", "mail {name}"),
        ("GET /usages?userIds=user_x%2Cuser_1&a=1", "GET /usages?userIds=user_x%2C{id}&a=1"),
        ("Anna Kellermann, user_10, xuser_1", "Anna Kellermann, user_10, xuser_1"),
        ("user_ids, user_id and api_key_id are keys", "user_ids, user_id and api_key_id are keys"),
        ("nobody@else.example", "(e-mail)"),
    ],
)
def test_a_text_tells_nobody(text: str, hidden: str, pseudonyms: Pseudonyms) -> None:
    """Names, ids and addresses are replaced where they are words of their own."""
    pseudonyms.learn("user_1", ANNA)
    alias = pseudonyms.alias("user_1")

    assert pseudonyms.text(text) == hidden.format(name=alias.name, id=alias.id)


def test_ids_that_no_answer_had_are_hidden(pseudonyms: Pseudonyms) -> None:
    """They look like ids of the API, and somebody may have typed them."""
    found = pseudonyms.text("--user 'user_8GxkQ2vYt5' and apiu_Zk81mm3")

    assert found == (
        f"--user '{pseudonyms.alias('user_8GxkQ2vYt5').id}' and "
        f"{pseudonyms.alias('apiu_Zk81mm3').id}"
    )


@pytest.mark.parametrize(
    "name", ["Max (2) [x]*", "O'Brien", 'the "boss"', "a\tb", "王小芳", "🎨", "é", "x" * 10_000]
)
def test_odd_names_are_hidden_as_they_are_and_as_python_quotes_them(
    name: str, pseudonyms: Pseudonyms
) -> None:
    """Messages quote names."""
    pseudonyms.learn("user_1", UserName(name, None, None))
    alias = pseudonyms.alias("user_1").name

    assert pseudonyms.text(f"{name}: {name!r}") in (f"{alias}: '{alias}'", f'{alias}: "{alias}"')


def test_a_name_of_several_is_that_of_none(pseudonyms: Pseudonyms) -> None:
    """It is hidden, and is not said to be one of them."""
    for one in ("user_1", "user_2"):
        pseudonyms.learn(one, ANNA)

    assert pseudonyms.text("'Anna Keller' is the name of 2 users") == (
        "'(name)' is the name of 2 users"
    )


def test_numbers_letters_and_the_openings_of_messages_are_no_names(pseudonyms: Pseudonyms) -> None:
    """A key may be called like a year; without them, a message can still be read."""
    for number, name in enumerate(("2026", "a", "error", "hint")):
        pseudonyms.learn(f"apiu_{number}", UserName(name, None, None))

    assert pseudonyms.text("error: a year is 2026") == "error: a year is 2026"


def test_a_text_may_be_hidden_twice(pseudonyms: Pseudonyms) -> None:
    """Also if a key is called like the beginning of an alias."""
    pseudonyms.learn("user_1", ANNA)
    pseudonyms.learn("apiu_1", UserName("Person", None, None))

    once = pseudonyms.text("Person and Anna Keller")

    assert pseudonyms.text(once) == once
    assert once == f"{pseudonyms.alias('apiu_1').name} and {pseudonyms.alias('user_1').name}"


@pytest.mark.parametrize(
    "document",
    [
        {"entities": {"users": [{"id": "user_1", "fullName": ANNA.name, "email": ANNA.email}]}},
        {"team": {"users": [{"id": "user_1", "email": ANNA.email}], "keys": None}},
        {"projects": [{"id": "p", "users": [{"id": "user_1", "email": ANNA.email}]}]},
        {"consumption": [{"userId": "user_1"}], "activity": [{"userId": "user_1"}]},
        {"_scenario_usage": {"names": {"people": {"user_1": ANNA.name}}}},
    ],
)
def test_every_answer_tells_who_there_is(document: Any, pseudonyms: Pseudonyms) -> None:
    """Whatever it is an answer to."""
    pseudonyms.learn_answer(json.dumps(document).encode())

    told = json.dumps(document)
    words = [word for word in ("user_1", ANNA.name, ANNA.email) if str(word) in told]
    assert words
    assert not any(str(word) in pseudonyms.text(f"of {word}") for word in words)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b'{"team": 1, "entities": {"users": 3}}']
)
def test_answers_of_any_shape_are_looked_at(body: bytes, pseudonyms: Pseudonyms) -> None:
    """What is wrong with one is told elsewhere."""
    pseudonyms.learn_answer(body)


def test_a_usage_is_hidden_once(pseudonyms: Pseudonyms) -> None:
    """Whoever is in it, by a filter only or without any name, has the alias as a name."""
    usage = Usage(("consumption",), filters=Filters(user_ids=("user_3",)))
    usage.users = {"user_1": ANNA}
    usage.consumption = {"user_1": {"cost": 1}, "user_2": {"cost": 2}, "unknown": {"cost": 3}}
    usage.notes = ["Anna Keller left"]

    hide_usages([usage, usage], pseudonyms)

    one, two, three = (pseudonyms.alias(f"user_{number}") for number in (1, 2, 3))
    assert usage.consumption == {one.id: {"cost": 1}, two.id: {"cost": 2}, "unknown": {"cost": 3}}
    assert usage.filters == Filters(user_ids=(three.id,))
    assert usage.notes == [f"{one.name} left"]
    assert usage.users == {
        one.id: UserName(one.name, one.name, is_api_key=False, is_alias=True),
        two.id: UserName(two.name, None, None, is_alias=True),
        three.id: UserName(three.name, None, None, is_alias=True),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Person 48213377", True),
        ("key_4821337712059913", True),
        ("Person 7", False),
        ("Key Account", False),
    ],
)
def test_aliases_can_be_told_from_names(text: str, expected: bool) -> None:
    """As far as they look."""
    assert looks_like_alias(text) is expected
