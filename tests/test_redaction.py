"""Secrets are masked in every spelling, and what is no secret comes through as it was."""

import base64
import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.redaction import Redactor
from tests.cases import each

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


def percent(text: str, digits: str) -> str:
    """Every letter as a URL may have it."""
    return "".join(f"%{ord(letter):{digits}}" for letter in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "url": lambda text: quote(text, safe=""),
    "url, lower": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    "url, with its slashes": quote,
    "url, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "url, every letter": lambda text: percent(text, "02X"),
    "url, every letter, lower": lambda text: percent(text, "02x"),
    "form": quote_plus,
    "html": html.escape,
    "html, numbers": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "html, hex": lambda text: "".join(f"&#x{ord(letter):04X};" for letter in text),
    "html, as a template has it": lambda text: (
        html.escape(text).replace("/", "&#x2F;").replace("=", "&#x3D;")
    ),
    "html, by name": lambda text: text.replace("+", "&plus;").replace("/", "&sol;"),
    "json in json": lambda text: json.dumps(json.dumps(text).replace("/", "\\/"))[3:-3],
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, unpadded": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64url, unpadded": lambda text: (
        base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    ),
}
ODD = "o?~dd>>>/+=<&'\"\\%7e"


@each("spell", SPELLINGS.values())
@each("secret", [KEY, SECRET, TOKEN, BASIC, ODD, f"{KEY}:{SECRET}"])
def test_a_secret_is_masked_in_other_spellings(spell: Callable[[str], str], secret: str) -> None:
    """In a text, in JSON, and in what is neither; nothing of it stays but what separates two."""
    redactor = knowing(KEY, SECRET)
    redactor.add([TOKEN])
    redactor.add([ODD])
    encodings = {SPELLINGS[name] for name in SPELLINGS if "64" in name or name.lower() == "hex"}
    if secret == BASIC and spell in encodings:
        return  # what is encoded twice is not listed
    spelled = spell(secret)
    for text in (spelled, f"x {spelled}!", json.loads(json.dumps(f"({spelled})"))):
        assert not has_part(spelled, redactor.text(text)), redactor.text(text)
    body = redactor.json_body(json.dumps({"message": spelled, "n": 1}).encode())
    assert not has_part(spelled, json.loads(body)["message"])
    assert not has_part(spelled, redactor.json_body(f"<p>{spelled}</p>".encode()).decode())


def has_part(spelled: str, text: str) -> bool:
    """Whether a text has ten letters that follow each other there."""
    return any(spelled[begin : begin + 10] in text for begin in range(max(1, len(spelled) - 9)))


@each("before", ["", "x", "xy", "xyz"])
@each("after", ["", "\n", ":x", "xyz"])
@each("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_within_a_text_in_base64_is_masked(
    before: str, after: str, encode: Callable[[bytes], bytes]
) -> None:
    """Wherever it begins there; the letters at its ends are made of both, and may stay."""
    for secret in (KEY, SECRET, TOKEN):
        encoded = encode((before + secret + after).encode()).decode()
        shown = REDACTOR.text(encoded)
        assert "***" in shown
        assert len(shown.replace("***", "")) <= len(encoded) - len(secret) * 8 // 6 + 2


@pytest.mark.parametrize(
    "harmless",
    [
        "abcd 61626364 YWJjZA== YWJjZA FiY2Q",
        "%25 &amp; &#47; \\u002f 100 % & more",
        "key-4f7a90",
        base64.b64encode(b"something else").decode(),
        "6b65792d",
        quote("Zoë & Ann/50%"),
    ],
)
def test_what_only_looks_like_a_spelling_is_not_masked(harmless: str) -> None:
    """A secret of four letters is known as it is, and in no encoding of eight or fewer."""
    redactor = knowing("abcdX", SECRET)
    redactor.add([KEY])

    assert redactor.text(harmless) == harmless
    body = json.dumps({"message": harmless}).encode()
    assert redactor.json_body(body) == body


def test_no_text_makes_the_search_slow() -> None:
    """Letters that may be spelled in many ways are tried in one."""
    redactor = knowing("\\" * 40, "&" * 40, "%25" * 20)

    assert redactor.text("\\" * 39 + "&amp" * 5_000) == "\\" * 39 + "&amp" * 5_000


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
