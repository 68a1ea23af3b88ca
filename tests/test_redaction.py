"""Secrets are masked in every spelling, and what is no secret comes through as it was."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.redaction import Redactor

KEY = "key-4f7a91"
SECRET = "s3cr/et+0c55e2=="
TOKEN = 'tok"en\\-77'
BASIC = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()


def knowing(*secrets: str) -> Redactor:
    """A redactor that was told these secrets at once."""
    redactor = Redactor()
    redactor.add(secrets)
    return redactor


REDACTOR = knowing(KEY, SECRET)
REDACTOR.add([TOKEN])


def masked(document: Any, **dumps: Any) -> Any:
    """What is left of a document that was written as JSON and redacted."""
    return json.loads(REDACTOR.json_body(json.dumps(document, **dumps).encode()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("nothing to hide", "nothing to hide"),
        (KEY, "***"),
        (f"key={KEY}&secret={SECRET}", "key=***&secret=***"),
        (f"{KEY}{KEY}", "******"),
        (f"token {TOKEN}!", "token ***!"),
        (f"Authorization: Basic {BASIC}", "Authorization: Basic ***"),
        ("said " + json.dumps(TOKEN), 'said "***"'),
        ('{"k": "' + SECRET.replace("/", "\\/") + '"}', '{"k": "***"}'),
        (KEY.upper(), KEY.upper()),
        (KEY[:-1], KEY[:-1]),
    ],
)
def test_every_secret_in_a_text_is_masked(text: str, shown: str) -> None:
    """Verbatim, as the Basic header has them, and as JSON writers spell them."""
    assert REDACTOR.text(text) == shown


def test_a_longer_secret_is_masked_before_a_shorter_one_inside_it() -> None:
    """Whatever the order in which they were told: no tail of the longer one stays."""
    for secrets in (("abcd", "abcdefgh"), ("abcdefgh", "abcd")):
        assert knowing(*secrets).text("abcdefgh abcd") == "*** ***"


@pytest.mark.parametrize("short", ["", "a", "on", "key"])
def test_what_is_too_short_to_be_a_secret_is_not_masked(short: str) -> None:
    """It would spoil ordinary words, and an empty one every text."""
    assert knowing(short, SECRET).text("one monkey, once on a keyboard") == (
        "one monkey, once on a keyboard"
    )


def test_credentials_with_a_short_half_are_known_as_basic_too() -> None:
    """The header gives the long half away even where the short one is not masked."""
    encoded = base64.b64encode(f"abc:{SECRET}".encode()).decode()

    assert knowing("abc", SECRET).text(f"Basic {encoded}") == "Basic ***"


def test_nothing_is_masked_before_a_secret_is_told() -> None:
    """And secrets told later are known from then on, beside the earlier ones."""
    redactor = Redactor()
    before = redactor.text(f"{KEY} {TOKEN}")
    redactor.add([KEY])
    redactor.add([TOKEN])
    redactor.add([KEY])

    assert (before, redactor.text(f"{KEY} {TOKEN}")) == (f"{KEY} {TOKEN}", "*** ***")


@pytest.mark.parametrize("ascii_only", [True, False])
def test_secrets_in_the_strings_of_json_are_masked(ascii_only: bool) -> None:
    """At any depth, and the document stays what it was otherwise."""
    document = {
        "message": f"no such key: {KEY}",
        "rows": [{"id": SECRET, "cost": 0.1, "n": None, "ok": True}, [TOKEN, 3, "海賊"]],
        "header": f"Basic {BASIC}",
    }

    assert masked(document, ensure_ascii=ascii_only) == {
        "message": "no such key: ***",
        "rows": [{"id": "***", "cost": 0.1, "n": None, "ok": True}, ["***", 3, "海賊"]],
        "header": "Basic ***",
    }


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        SECRET.replace("/", "\\/"),
        SECRET.replace("=", "\\u003d"),  # as Gson writes it
        SECRET.replace("+", "\\u002b").replace("=", "\\u003D"),  # as .NET does
        SECRET.replace("/", "\\u002f"),
        "".join(f"\\u{ord(letter):04x}" for letter in SECRET),
        "".join(f"\\u{ord(letter):04X}" for letter in SECRET),
    ],
)
def test_a_secret_is_masked_however_json_escapes_it(spelled: str) -> None:
    """All of these are the same string to whoever reads the answer."""
    body = f'{{"message": "bad secret {spelled}"}}'

    assert json.loads(body)["message"] == f"bad secret {SECRET}"
    assert json.loads(REDACTOR.json_body(body.encode())) == {"message": "bad secret ***"}


def test_a_secret_that_is_a_key_or_part_of_a_number_leaves_the_document_whole() -> None:
    """The answer must not change its meaning because a secret is called like a field."""
    redactor = knowing("cost", "1234")
    body = b'{"cost": 112345.5, "rows": [{"cost": 1234, "name": "cost of 1234 jobs"}]}'

    assert json.loads(redactor.json_body(body)) == {
        "cost": 112345.5,
        "rows": [{"cost": 1234, "name": "*** of *** jobs"}],
    }


def test_a_body_without_secrets_comes_back_byte_for_byte() -> None:
    """Spaces, order and digits included."""
    body = b'{ "b" : 1.50 , "a" : "\xc3\xa9/" , "n" : 12345678901234567890.10e1 }'

    assert REDACTOR.json_body(body) == body
    assert Redactor().json_body(b'{"a" : "\\u0041"}') == b'{"a" : "\\u0041"}'


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        (b"", b""),
        (b"<html>no key here</html>", b"<html>no key here</html>"),
        (b"<html>key-4f7a91</html>", b"<html>***</html>"),
        (b'{"message": "key-4f7a91"', b'{"message": "***"'),
        (b'{"message": "s3cr\\/et+0c55e2==', b'{"message": "***'),
        (b"key-4f7a91\xff\xfe", b"***\xff\xfe"),
        (b'{"a": "key-4f7a91 \xff"}', b'{"a": "*** \xff"}'),
        (b"[" * 100_000 + b"key-4f7a91", b"[" * 100_000 + b"***"),
    ],
)
def test_what_is_not_json_is_masked_as_it_stands(body: bytes, masked: bytes) -> None:
    """And otherwise left alone, so that whoever fails to read it can show how it begins."""
    assert REDACTOR.json_body(body) == masked


def test_numbers_and_odd_strings_survive_the_masking() -> None:
    """Every double, large integers and lone surrogates."""
    body = b'{"k": "key-4f7a91", "f": 0.1, "e": 1e-7, "i": 123456789012345678901, "s": "\\ud83d"}'

    assert json.loads(REDACTOR.json_body(body)) == {
        "k": "***",
        "f": 0.1,
        "e": 1e-7,
        "i": 123456789012345678901,
        "s": "\ud83d",
    }


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
secrets = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="*"),
    min_size=4,
    max_size=20,
)


@given(secrets, st.text(), st.text(), trees, st.booleans())
def test_no_secret_is_left_in_any_json(
    secret: str, before: str, after: str, tree: Any, ascii_only: bool
) -> None:
    """Any printable secret in any string, beside any document, which keeps its shape."""
    document = {"said": f"{before}{secret}{after}", "tree": tree}
    body = json.dumps(document, ensure_ascii=ascii_only).encode()
    found = json.loads(knowing(secret).json_body(body))

    assert secret not in found["said"]
    assert list(found) == ["said", "tree"]
