"""HTML: one page that has all it needs in itself, and that nothing is loaded for."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TextIO

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

from scenario_usage_cli.render import FORMATS, Medium
from scenario_usage_cli.render.html.page import build_page
from scenario_usage_cli.render.text import escape_controls

if TYPE_CHECKING:
    from scenario_usage_cli.report.view import View

_OWN_FILES = files(__name__)


def render_html(view: "View", out: TextIO, medium: Medium) -> None:
    """The whole view as a page; its policy allows its own style and script, and nothing else."""
    top = FORMATS["html"].top if medium.top is None else medium.top
    style, script = _read("page.css"), _read("page.js")
    template = _build_environment().get_template("page.jinja")
    out.write(
        template.render(
            page=build_page(view, top or 0, is_chosen=medium.top is not None),
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


class _OwnTemplates(BaseLoader):
    """The files beside this one, wherever the package is."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        if not _OWN_FILES.joinpath(template).is_file():
            raise TemplateNotFound(template)
        return _read(template), template, None


@cache
def _build_environment() -> Environment:
    """Everything is escaped, and shows what a browser would obey."""
    return Environment(
        loader=_OwnTemplates(),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_finalize,
    )


def _finalize(value: Any) -> Any:
    """Plain text with control characters shown; what is marked as HTML stays."""
    return escape_controls(value) if type(value) is str else value


def _read(name: str) -> str:
    return _OWN_FILES.joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
