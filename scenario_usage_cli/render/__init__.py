"""How a report looks: one small renderer per format, all given the same view."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, TextIO

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
    """Writes one view to a stream, in one format."""

    def __call__(self, view: "View", out: TextIO, medium: Medium) -> None:
        """Write the whole view; numbers are formatted here, and never computed."""
        ...


_MODULES: Mapping[str, tuple[str, str]] = {
    "table": ("table", "render_table"),
    "json": ("json", "render_json"),
    "csv": ("csv", "render_csv"),
    "tsv": ("csv", "render_tsv"),
    "markdown": ("markdown", "render_markdown"),
}

FOR_PEOPLE = ("table", "markdown", "slack")
"""The formats that have all of a view: what stands around its tables, too."""

FORMATS = tuple(_MODULES)
"""What --format may name; other views have renderers of their own."""

REPORT_FORMATS = (*FORMATS, "openmetrics", "slack")
"""What it may name for `report`."""

COMPARE_FORMATS = (*FORMATS, "slack")
"""What it may name for `compare`."""

_OTHERS: Mapping[str, tuple[str, str]] = {
    "openmetrics": ("openmetrics", "render_openmetrics"),
    "slack": ("slack", "render_slack"),
    "heatmap": ("heatmap", "render_heatmap"),
}

_EXTRAS: Mapping[str, tuple[str, str]] = {"openmetrics": ("metrics", "prometheus_client")}
"""The extra and the module that a format cannot do without."""


def load_renderer(output_format: str) -> Renderer:
    """The renderer of a format; only its own module is imported, to keep the start fast.

    Raises ConfigurationError where it needs an extra that is not installed.
    """
    if output_format in _EXTRAS:
        require_extra(*_EXTRAS[output_format], purpose=f"the format {output_format}")
    module, function = {**_MODULES, **_OTHERS}[output_format]
    renderer: Callable[..., None] = getattr(import_module(f"{__name__}.{module}"), function)
    return renderer
