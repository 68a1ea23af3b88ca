"""What stands on a page, as a browser without scripts would read it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.support import Result, run

_VOID = frozenset(("meta", "link", "br", "input"))


@dataclass
class Page(HTMLParser):
    """The tables, headings and texts of a page; it fails if an element is not closed."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    """The rows by the caption, with that of the headings; the first one of several tables."""
    headings: list[tuple[str, str]] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    """Those of pictures, and their titles."""
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, list[str]]] = []
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append((tag, []))
        if tag == "tr":
            self._rows.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        for _, texts in self._open:
            texts.append(data)
        if not {"script", "style"} & {tag for tag, _ in self._open}:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        opened, texts = self._open.pop()
        text = "".join(texts).strip()
        assert opened == tag, f"{opened} is closed as {tag}"
        if tag in ("th", "td"):
            self._rows[-1].append(text)
        elif tag == "caption":
            self._caption, self._rows = text, []
        elif tag == "table":
            self.tables.setdefault(self._caption, self._rows)
        elif tag in ("h1", "h2", "h3"):
            self.headings.append((tag, text))
        elif tag in ("desc", "title"):
            self.descriptions.append(text)
        elif tag == "dd":
            self.cards.append(text)

    def column(self, table: str, heading: str) -> list[str]:
        """The cells below a heading."""
        head, *rows = self.tables[table]
        return [row[head.index(heading)] for row in rows]

    def count(self, tag: str) -> int:
        """How many elements there are of a kind."""
        return sum(one == tag for one, _ in self.elements)


def read_page(text: str) -> Page:
    """A whole page."""
    page = Page()
    page.feed(text)
    page.close()
    assert page._open == [], "not everything is closed"
    return page


def open_page(*argv: str, answer: bytes = b"") -> Page:
    """That of a command which ends well."""
    result: Result = run(*argv, "--format", "html", stdin=answer)
    assert (result.code, result.stdout[:15]) == (0, "<!doctype html>"), result.stderr
    return read_page(result.stdout)
