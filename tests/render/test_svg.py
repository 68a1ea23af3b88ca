"""The table as a picture: the terminal's text, in a file that is XML and loads nothing."""

import json
import re
from xml.etree import ElementTree

import pytest

from tests.report.builders import model
from tests.support import run, usages

SPACE = "{http://www.w3.org/2000/svg}"
OCTOBER = ("--demo", "--period", "2026-10")
COMMANDS = (
    ("report", *OCTOBER, "--by", "project"),
    ("trend", *OCTOBER),
    ("compare", *OCTOBER),
    ("quota", "--demo"),
    ("list", "keys", "--demo"),
)


def draw(*argv: str, stdin: bytes = b"") -> str:
    """The picture that a command writes."""
    result = run(*argv, "--format", "svg", stdin=stdin)
    assert result.code == 0, result.stderr
    return result.stdout


def read_lines(picture: str) -> list[str]:
    """The text of a picture as a terminal has it, from the places of its pieces."""
    lines: dict[float, str] = {}
    for piece in ElementTree.fromstring(picture).iter(f"{SPACE}text"):
        row = float(piece.attrib["y"])
        column = round(float(piece.attrib["x"]) / 12.2)
        lines.setdefault(row, "")
        lines[row] = lines[row].ljust(column) + "".join(piece.itertext()).replace("\u00a0", " ")
    return [line.rstrip() for line in lines.values()]


@pytest.mark.parametrize("argv", COMMANDS)
def test_the_picture_has_the_text_of_a_terminal(argv: tuple[str, ...]) -> None:
    """Of 100 columns, to the last digit."""
    shown = run(*argv, columns=100).stdout
    texts = [line.split() for line in re.sub("\x1b[^m]*m", "", shown).splitlines() if line.strip()]
    drawn = [line.split() for line in read_lines(draw(*argv)) if line]

    assert drawn == texts[: len(drawn)]  # a terminal ends with the totals once more
    assert len(drawn) > 5


def test_nothing_is_loaded() -> None:
    """No font, no script, no address but that of the format itself."""
    picture = draw(*COMMANDS[0])

    assert re.findall(r"https?://[^\s\"']+", picture) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@font-face|@import|<script|<image|xlink|url\((?!#)", picture)


def test_it_is_light_and_dark_as_the_system_is() -> None:
    """Each style has a colour for both, and the picture says what it is."""
    picture = draw(*COMMANDS[0])
    light, dark = picture.split("@media (prefers-color-scheme: dark) {")
    names = re.compile(r"\.usage-r\d+(?= \{)")

    assert names.findall(light) == names.findall(dark.split("</style>")[0]) != []
    root = ElementTree.fromstring(picture)
    assert root.attrib["role"] == "img"
    assert root[0].text == "Scenario usage: 2026-10-01 to 2026-10-31, UTC"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "]]></svg>",
        "a & b \"c\" 'd'",
        "{unique_id} {0} {",
        "<!-- title --> /* dark */",
        "\x00\x1b[31m\ud800\u202e\ufffe",
        "x" * 10_000,
    ],
)
def test_no_name_breaks_the_picture(name: str) -> None:
    """It stays XML with nothing but text in it."""
    saved = usages(models=[model("m", cost=1, jobs=1)], model_names={"m": name})
    picture = draw("report", "--from", "-", stdin=json.dumps(saved).encode())
    root = ElementTree.fromstring(picture)

    tags = {element.tag.removeprefix(SPACE) for element in root.iter()}
    assert tags <= {"svg", "title", "style", "defs", "clipPath", "rect", "g", "circle", "text"}
    assert max(map(len, read_lines(picture))) <= 100


def test_wide_letters_have_their_room() -> None:
    """A letter of two cells is drawn in both."""
    saved = usages(models=[model("m", cost=1)], model_names={"m": "水墨山水"})
    picture = draw("report", "--from", "-", stdin=json.dumps(saved).encode())
    (piece,) = (
        piece
        for piece in ElementTree.fromstring(picture).iter(f"{SPACE}text")
        if "水墨山水" in (piece.text or "")
    )

    cells = len((piece.text or "").replace("水墨山水", "12345678"))
    assert float(piece.attrib["textLength"]) == pytest.approx(cells * 12.2)


def test_the_same_data_is_the_same_picture() -> None:
    """Names of classes and places are always the same."""
    assert draw(*COMMANDS[1]) == draw(*COMMANDS[1])
