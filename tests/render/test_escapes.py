"""Names are data: whatever stands in them is shown by every format, and obeyed by none."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC
from functools import cache
from typing import Any

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from scenario_usage_cli.periods import Period
from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.csv import write_rows
from scenario_usage_cli.render.markdown import escape_text
from scenario_usage_cli.render.stream import STREAM_RENDERERS
from scenario_usage_cli.report.fields import Field, Fields, Kind
from scenario_usage_cli.report.row_stream import RowStream
from tests.cases import each
from tests.support import CREDENTIALS, NOW, Result, model_row, point, run, usages

PLAIN = CREDENTIALS | {"NO_COLOR": "1"}
OBEYED = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
"""Control characters but the line feed, direction marks and what takes no room."""
SGR = re.compile(r"\x1b\[[0-9;]*m")

NAMES = {
    "[red]": "[red]",
    "[/nope]": "[/nope]",
    "[link=https://x.example]y[/link]": "[link=https://x.example]y[/link]",
    ":smile: [bold": ":smile: [bold",
    "\x1b[2J": r"\x1b[2J",
    "\x1b]0;title\x07": r"\x1b]0;title\x07",
    "\x9b31m": r"\x9b31m",
    "abc\u202edef": r"abc\u202edef",
    "\u2066x\u2069": r"\u2066x\u2069",
    "\u061c\u200e\u200f": r"\u061c\u200e\u200f",
    "a\u200bb\u2060c\ufeff": r"a\u200bb\u2060c\ufeff",
    "\x07": r"\x07",
    "nul\x00": r"nul\x00",
    "\x7f\x85": r"\x7f\x85",
    "a\u2028b\u2029": r"a\u2028b\u2029",
    "a\x0bb\x0cc\x1cd": r"a\x0bb\x0cc\x1cd",
    "two\nlines": r"two\nlines",
    "dos\r\nlines": r"dos\r\nlines",
    "in the\rmiddle": r"in the\rmiddle",
    "\tlead": r"\tlead",
    "\rlead": r"\rlead",
    "\nlead": r"\nlead",
    "trail\n": r"trail\n",
    '=HYPERLINK("http://x.example")': '=HYPERLINK("http://x.example")',
    "+1": "+1",
    "-5": "-5",
    "+1+1": "+1+1",
    "-5 model": "-5 model",
    "1e5": "1e5",
    "@x": "@x",
    "'=x": "'=x",
    'quo"te': 'quo"te',
    '"': '"',
    "com,ma": "com,ma",
    "pi|pe||": "pi|pe||",
    "back\\|slash\\": "back\\|slash\\",
    "`code`": "`code`",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "&lt;b&gt; &amp;": "&lt;b&gt; &amp;",
    "R&D & &co &; &#5; &#x41; &copy": "R&D & &co &; &#5; &#x41; &copy",
    "*bold* _it_ ~~no~~ [a](b)": "*bold* _it_ ~~no~~ [a](b)",
    "![x](y) <!-- c -->": "![x](y) <!-- c -->",
    "x" * 10_000: "x" * 10_000,
    "混元" * 50: "混元" * 50,
    "👩‍👩‍👧‍👦 🇫🇷 ❤️": "👩‍👩‍👧‍👦 🇫🇷 ❤️",
    "ping @org/team, fixes #5 and GH-7": "ping @org/team, fixes #5 and GH-7",
    "https://x.example www.x.example a@x.example :tada:": (
        "https://x.example www.x.example a@x.example :tada:"
    ),
    "e\u0301" * 40: "e\u0301" * 40,
}
"""Each name, and how people see it."""

NUMBERED = [f"name {number}" for number in range(len(NAMES))]
"""As many, of which nothing is to be feared."""


def follow(names: Iterable[str]) -> list[str]:
    """For each, the next one: addresses that are names, but not their own, are shown as well."""
    first, *others = names
    return [*others, first]


def everywhere(names: Iterable[str]) -> dict[str, Any]:
    """An answer with each of these texts wherever the API sends text."""
    counted = {"points": [point(count=3, countApiKey=1)]}
    users = {name: f"user_{number}" for number, name in enumerate(names)}
    models = {name: f"model_{number}" for number, name in enumerate(names)}
    return usages(
        consumption=[{"userId": one, "value": 2} for pair in users.items() for one in pair],
        models=[model_row(one, point(jobs=1, cost=3)) for pair in models.items() for one in pair],
        assets=[{"kind": name, **counted} for name in names],
        actions=[
            {"usageName": name, "points": [point(value="3", apiKey="1", cost=2)]} for name in names
        ],
        moderation=[{"label": name, **counted} for name in names],
        quality_gates=[{"verdict": name, **counted} for name in names],
        users=[
            {"id": user_id, "fullName": name, "email": address, "isApiKey": False}
            for (name, user_id), address in zip(users.items(), follow(users), strict=True)
        ],
        model_names={model_id: name for name, model_id in models.items()},
    )


@cache
def show(*argv: str, columns: int | None = None, plain: bool = False) -> str:
    """What `report --from -` prints of every name, without colour; with `plain`, of the numbered
    ones.
    """
    return report(everywhere(NUMBERED if plain else NAMES), "--top", "0", *argv, columns=columns)


def report(document: Any, *argv: str, columns: int | None = None) -> str:
    """What `report --from -` prints for an answer, without colour."""
    body = json.dumps(document).encode()
    result = run("report", "--from", "-", *argv, stdin=body, columns=columns, environ=PLAIN)
    assert (result.code, result.stderr) == (0, "")
    return result.stdout


def parse(text: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a CSV, read by the standard library."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


SECTIONS = ("consumption", "models", "assets", "actions", "moderation", "quality_gates")

FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(1)", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "﹢1+1"),
    *(" =1+1", "   @x", "\u00a0-1+1", "\u3000＝1+1", "\u2003+x", " -5", "－5", "-5 model", "-"),
    *("\n=1+1", "\r\n=1+1", "\ttab", "\rx", "\nx", " \n=x", "\x0b=x", "\x00=x", "\x85=x"),
    *("'=x", "''-x", "'\t"),  # what has an apostrophe already, or else it could not be read back
    *("\u200b=1+1", "\ufeff@x", "\u202e-x", "\u2060 ＋x", "\u00ad=x", "\U000e0001=x"),
)
"""Text that some spreadsheet runs, takes for a formula, or would after a trim."""

HARMLESS = (
    "1+1",
    "a=b",
    "é=b",
    "x\n=1",
    "'x",
    "'",
    "",
    " ",
    "\u200b",
    "(=x)",
    " x",
    "-5",
    "+1",
    "-1.5e-3",
)


def disarmed(name: str) -> str:
    """A name as a cell of a CSV has it."""
    number = re.fullmatch(r"[+-]?[0-9.]+", name)
    is_formula = name.lstrip("'").startswith(tuple("=+-@\t\r\n"))
    return f"'{name}" if is_formula and not number else name


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_formula_is_disarmed_wherever_it_begins(delimiter: str) -> None:
    """Behind what is not seen, and in letters of another width; a number is none."""
    out = io.StringIO()
    write_rows([[name] for name in (*FORMULAS, *HARMLESS)], out, delimiter=delimiter)

    assert parse(out.getvalue(), delimiter) == [
        *([f"'{name}"] for name in FORMULAS),
        *([name] for name in HARMLESS),
    ]


TEXT_FORMATS = ("csv", "tsv", "openmetrics", "markdown", "json", "table")


@pytest.mark.parametrize("output_format", TEXT_FORMATS)
def test_no_format_passes_to_a_terminal_what_it_would_obey(output_format: str) -> None:
    """Lines end where they end for any other name, and tabs are those of TSV."""
    text = show("-f", output_format, columns=80)
    plain = show("-f", output_format, columns=80, plain=True)

    obeyed = OBEYED if output_format != "json" else re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
    assert obeyed.findall(text) == obeyed.findall(plain)
    assert text.count("\n") == plain.count("\n")


@pytest.mark.parametrize(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_on_a_terminal_shows_the_name(output_format: str, delimiter: str) -> None:
    """What a pipe is given as it is."""
    text = show("-f", output_format, "--section", "assets", columns=80)

    shown = [f"{disarmed(name).removesuffix(name)}{NAMES[name]}" for name in sorted(NAMES)]
    assert [row[2] for row in parse(text, delimiter)] == ["kind", *shown]


def test_a_piped_table_shows_the_name() -> None:
    """Whole, wherever it stands: twice for a model, and once beside the user; that of a user who is
    called as the id of another has the end of its own id.
    """
    text = show()
    cells = [cell for line in text.splitlines() for cell in re.split(r"\s{2,}", line.strip())]
    found = Counter(cells)

    assert OBEYED.findall(text) == []
    assert {name: found[name] for name in NAMES.values()} == dict.fromkeys(NAMES.values(), 8)
    assert text.count("\n") == show(plain=True).count("\n")


@pytest.mark.parametrize("columns", [60, 200])
def test_a_terminal_shows_the_name(columns: int) -> None:
    """Cut to the room there is, with a sign that it was cut, and nothing wraps."""
    text = show(columns=columns)

    assert OBEYED.findall(text) == []
    assert max(map(cell_len, text.split("\n"))) <= columns
    assert text.count("\n") == show(columns=columns, plain=True).count("\n")
    rows = Counter(re.split(r"\s{2,}", line.strip())[0] for line in text.splitlines())
    short = [shown for shown in NAMES.values() if len(shown) <= 16]
    assert {shown: rows[shown] for shown in short} == dict.fromkeys(short, 7)


def test_a_coloured_table_obeys_only_its_own_colours() -> None:
    """Escape sequences set colours, none of them comes from a name."""
    body = json.dumps(everywhere(NAMES)).encode()

    result = run("report", "--from", "-", "--top", "0", stdin=body, columns=200)

    lines = [line.rstrip() for line in SGR.sub("", result.stdout).split("\n")]
    assert lines == show(columns=200).split("\n")
    assert OBEYED.findall("".join(lines)) == []


@pytest.mark.parametrize(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_parses_back_to_the_name(output_format: str, delimiter: str) -> None:
    """The same text, but for the `'` that keeps a spreadsheet from running it."""
    rows = parse(show("-f", output_format), delimiter)[1:]

    expected = set()
    for number, name in enumerate(NAMES):
        cell = disarmed(name)
        expected |= {
            ("consumption", f"user_{number}", cell),
            ("models", f"model_{number}", cell),
            *((section, cell, cell) for section in SECTIONS),
        }
    assert {(row[2], row[3], row[4]) for row in rows} == expected


def test_csv_of_one_section_parses_back_to_the_name() -> None:
    """Also where an e-mail address or an id is the dangerous text."""
    header, *rows = parse(show("--csv", "--section", "consumption"))

    expected = []
    for number, (name, address) in enumerate(zip(NAMES, follow(NAMES), strict=True)):
        cell = disarmed(name)
        expected += [[f"user_{number}", cell, disarmed(address), "false"], [cell, cell, "", ""]]
    assert header[2:6] == ["user_id", "name", "email", "is_api_key"]
    assert sorted(row[2:6] for row in rows) == sorted(expected)


@pytest.mark.parametrize("columns", [None, 80])
def test_json_parses_back_to_the_name(columns: int | None) -> None:
    """Exactly the same text, and nothing in it that a terminal would obey."""
    text = show("--json", columns=columns)

    document = json.loads(text)
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e]", text) == []
    assert re.findall(r"[\u2066-\u2069]", text) == []
    people = {row["user_id"]: (row["name"], row["email"]) for row in document["consumption"]}
    models = {row["model_id"]: row["name"] for row in document["models"]}
    for number, (name, address) in enumerate(zip(NAMES, follow(NAMES), strict=True)):
        assert (people[f"user_{number}"], people[name]) == ((name, address), (name, None))
        assert (models[f"model_{number}"], models[name]) == (name, name)
    for section, key in {
        "assets": "kind",
        "actions": "action",
        "moderation": "label",
        "quality_gates": "verdict",
    }.items():
        assert [row[key] for row in document[section]] == sorted(NAMES)


def test_a_markdown_reader_sees_the_name() -> None:
    """A CommonMark parser finds it as plain text in its cell, and as many cells as ever."""
    text = show("-f", "markdown")

    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inlines = [token.children or [] for token in tokens if token.type == "inline"]
    cells = Counter(
        "".join(c.content for c in children).replace("\u200b", "") for children in inlines
    )
    plain = MarkdownIt("commonmark").enable("table").parse(show("-f", "markdown", plain=True))
    assert OBEYED.findall(text) == []
    assert {c.type for children in inlines for c in children} <= {"text", "text_special"}
    assert {name: cells[name] for name in NAMES.values()} == dict.fromkeys(NAMES.values(), 8)
    assert len(inlines) == len([token for token in plain if token.type == "inline"])


LIVE = (
    *("@org/team", "@octocat", "(@a-b)", "ann@x.example", "a.b+c@x.example", "org/repo@abc1234"),
    *("#5", "org/repo#5", "GH-5", "gh-12", "fixes: #1, GH-2"),
    *("https://x.example/a", "HTTP://x.example", "ftp://x.example", "<https://x.example>"),
    *("www.x.example", "WWW.x.example", "see www.x.example.", "_www.x.example"),
    *("mailto:ann@x.example", "xmpp:ann@x.example", "javascript://x"),
    *(":tada:", ":+1:", "x:tada:y", ":a_b:", ":100:", ":tada::tada:"),
)
"""What GitHub makes a mention, a link or a picture of, in plain text."""

MENTION = re.compile(r"@\w|#\d|gh-\d|\w+://|www\.|:(?!\d\d:)[\w+-]+:", re.IGNORECASE)


@each("text", LIVE)
def test_markdown_notifies_nobody_and_links_nothing(text: str) -> None:
    """Nothing of the kind is found in the source or in the page, which reads as before."""
    tokens = MarkdownIt("commonmark").enable("strikethrough").parseInline(escape_text(text))
    (inline,) = tokens
    shown = "".join(child.content for child in inline.children or [])

    assert MENTION.search(text)
    assert {child.type for child in inline.children or []} <= {"text", "text_special"}
    assert not MENTION.search(shown)
    assert not MENTION.search(escape_text(text).replace("&#8203;", "\u200b"))
    assert shown.replace("\u200b", "") == text


@pytest.mark.parametrize(
    "text", ["2026-11-01T08:30:59.123Z", "a: b: c", "C# and F#", "16:9", "a @ b"]
)
def test_markdown_leaves_alone_what_is_nothing(text: str) -> None:
    """Times above all, which stand in every row of the log."""
    assert escape_text(text) == text.replace("#", "\\#")


@pytest.mark.parametrize("output_format", ["json", "csv", "tsv", "markdown", "table"])
@pytest.mark.parametrize("columns", [None, 80])
def test_an_empty_name_is_the_id(output_format: str, columns: int | None) -> None:
    """A row never goes without anything to call it by."""
    answer = usages(models=[model_row("model7", point(cost=1))], model_names={"model7": ""})

    text = report(answer, "-f", output_format, "--section", "models", columns=columns)

    assert "model7" in text


@pytest.mark.parametrize("output_format", ["json", "csv", "tsv", "markdown", "table"])
def test_half_a_surrogate_from_the_shell_is_refused(output_format: str) -> None:
    """Bytes of an argument that are no UTF-8 are no text either: exit 2, in words that can be."""
    result = echo("--model", "\udcff*", "-f", output_format)

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.encode("utf-8")


HALVES = {"Ann \ud83d": "Ann \\ud83d", "\udc00": "\\udc00", "x\udcffé": "x\\udcffé"}
"""Text with half of a surrogate pair, as JavaScript makes it by a cut, and what is written."""


@each("name", HALVES)
@each("columns", [None, 200])
@each("output_format", sorted(STREAM_RENDERERS))
def test_half_a_surrogate_is_written_as_an_escape(
    output_format: str, columns: int | None, name: str
) -> None:
    """In every format, so that all of them can be encoded; JSON reads it back."""
    columns_of: Fields = tuple(Field(key, key, Kind.TEXT, 1) for key in ("id", "name"))
    period = Period(NOW, NOW, UTC, provisional=True)
    pages = iter([[(name, name)]])
    stream = RowStream({"report": name}, period, columns_of, pages, {"warnings": [name]})

    text = "".join(STREAM_RENDERERS[output_format](stream, Medium(width=columns)))

    text.encode()
    if output_format == "ndjson":
        assert json.loads(text) == {"id": name, "name": name}
    elif output_format == "json":
        assert json.loads(text)["rows"] == [{"id": name, "name": name}]
    shown = HALVES[name].replace("\\", "\\\\") if output_format == "markdown" else HALVES[name]
    assert text.count(shown) == (4 if output_format == "json" else 2)


def echo(*argv: str) -> Result:
    """A report of nothing, with some options."""
    return run("report", "--from", "-", *argv, stdin=json.dumps(usages()).encode(), environ=PLAIN)


@pytest.mark.parametrize("output_format", ["markdown", "table"])
def test_filters_are_shown_and_not_obeyed(output_format: str) -> None:
    """Patterns from the command line stand in the subtitle and in the warnings."""
    argv = [f"--model={name.replace(',', ';').strip()}" for name in NAMES]
    result = echo(*argv, "-f", output_format)
    plain = echo(*(f"--model={name}" for name in NUMBERED), "-f", output_format)

    assert result.code == 0
    assert OBEYED.findall(result.stdout + result.stderr) == []
    assert result.stdout.count("\n") == plain.stdout.count("\n")


def test_new_sections_are_named_and_not_obeyed() -> None:
    """The warning on stderr is one line, whatever the sections are called."""
    body = json.dumps(usages() | {f"new{name}": [] for name in NAMES}).encode()

    result = run("report", "--from", "-", "--json", stdin=body)

    (warning,) = result.json["warnings"]
    assert OBEYED.findall(result.stderr) == []
    assert result.stderr.count("\n") == 1
    assert [name for name in NAMES if f"new{name}" not in warning] == []
