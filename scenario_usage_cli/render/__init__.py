"""How a report looks: one small renderer per format, all given the same view."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from scenario_usage_cli.extras import require_extra

if TYPE_CHECKING:
    from scenario_usage_cli.report.view import View


class Medium(NamedTuple):
    """Where the text goes.

    `width` is that of a terminal; None if nothing is cut to a width. `height` is how many lines it
    shows at once, None where that is not known. `top` is how many rows a table shows: 0 for all,
    None for the default of the format.
    """

    width: int | None = None
    height: int | None = None
    colour: bool = False
    top: int | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether a person looks at it right now."""
        return self.width is not None


class Renderer(Protocol):
    """Writes one view to a stream, of text or of bytes, in one format."""

    def __call__(self, view: "View", out: IO[Any], medium: Medium) -> None:
        """Write the whole view; numbers are formatted here, and never computed."""
        ...


class Format(NamedTuple):
    """A format of the output: what draws it, and what may be written in it.

    `render_NAME` of the `module` (without one, of that of its name) draws views; the log of
    `activity`, which comes in pieces, is drawn by `render.stream`.
    """

    commands: tuple[str, ...] | None = None
    """Those that have it; None for all."""
    module: str = ""
    suffixes: tuple[str, ...] = ()
    """How names of files in this format end."""
    synonyms: tuple[str, ...] = ()
    """What people call it as well."""
    is_for_people: bool = False
    """Whether it has all of a view: what stands around its tables, too."""
    top: int | None = None
    """How many rows its tables have, where that is not what a terminal has; 0 for all."""
    tells_story: bool = False
    """Whether it has the chapters of a report, for which more is fetched than for its tables."""
    extra: tuple[str, str] | None = None
    """The extra and the module that it cannot do without."""
    is_page: bool = False
    """Whether a browser shows it."""
    is_binary: bool = False
    """Whether it is bytes, and no text."""


FORMATS: Mapping[str, Format] = {
    "table": Format(is_for_people=True),
    "json": Format(suffixes=(".json",)),
    "ndjson": Format(("activity",), suffixes=(".ndjson", ".jsonl"), synonyms=("jsonl",)),
    "csv": Format(suffixes=(".csv",)),
    "tsv": Format(module="csv", suffixes=(".tsv",)),
    "markdown": Format(suffixes=(".md", ".markdown"), synonyms=("md",), is_for_people=True, top=0),
    "openmetrics": Format(
        ("report", "quota"),
        suffixes=(".prom", ".om"),
        synonyms=("prometheus",),
        extra=("metrics", "prometheus_client"),
    ),
    "slack": Format(("report", "compare", "quota"), is_for_people=True, top=5),
    "xlsx": Format(
        ("report", "trend", "compare", "quota", "list"),
        suffixes=(".xlsx",),
        synonyms=("excel",),
        tells_story=True,
        is_for_people=True,
        top=0,
        extra=("xlsx", "xlsxwriter"),
        is_binary=True,
    ),
    "html": Format(
        ("report", "trend", "compare", "quota"),
        suffixes=(".html", ".htm"),
        is_for_people=True,
        top=50,
        tells_story=True,
        extra=("html", "jinja2"),
        is_page=True,
    ),
    "svg": Format(
        ("report", "trend", "compare", "quota", "list"), suffixes=(".svg",), is_for_people=True
    ),
    "focus": Format(("report",)),
}
"""What --format may name; all that must be known of a format beside its own module."""


def list_formats(command: str = "") -> tuple[str, ...]:
    """The formats of a command, or else those of all commands, the usual one first."""
    return tuple(
        name for name, one in FORMATS.items() if one.commands is None or command in one.commands
    )


def load_renderer(name: str) -> Renderer:
    """The renderer of a format, or of another look, such as a heatmap.

    Only its own module is imported, to keep the start fast. Raises ConfigurationError where it
    needs an extra that is not installed.
    """
    one = FORMATS.get(name, Format(()))
    if one.extra:
        require_extra(*one.extra, purpose=f"the format {name}")
    module = import_module(f"{__name__}.{one.module or name}")
    renderer: Callable[..., None] = getattr(module, f"render_{name}")
    return renderer
