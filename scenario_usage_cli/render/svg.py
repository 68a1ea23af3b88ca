"""SVG: the table of a terminal as a picture, in light and dark, that loads nothing."""

import re
from html import escape, unescape
from io import StringIO
from typing import TextIO

from rich.cells import cell_len
from rich.terminal_theme import TerminalTheme

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.console import build_console
from scenario_usage_cli.render.table import build_blocks
from scenario_usage_cli.render.text import escape_controls
from scenario_usage_cli.report.view import View

WIDTH = 100
"""The cells of a line."""
_CELL = 12.2
"""How wide one is drawn."""
_NAME = "usage"
"""What the classes and ids of the picture begin with."""
_LIGHT = TerminalTheme(
    (255, 255, 255),
    (31, 35, 40),
    [
        (36, 41, 47),
        (191, 38, 48),
        (26, 127, 55),
        (140, 92, 0),
        (9, 105, 218),
        (130, 80, 223),
        (20, 116, 134),
        (90, 99, 109),
    ],
)
_DARK = TerminalTheme(
    (13, 17, 23),
    (230, 237, 243),
    [
        (110, 118, 129),
        (255, 123, 114),
        (63, 185, 80),
        (210, 153, 34),
        (88, 166, 255),
        (188, 140, 255),
        (86, 194, 214),
        (177, 186, 196),
    ],
)
_TITLE = "<!-- title -->"
_DARK_STYLES = "/* dark */"
_PICTURE = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" role="img">
{_TITLE}
<style>
.{{unique_id}}-matrix {{{{
  font: {{char_height}}px/{{line_height}}px ui-monospace, SFMono-Regular, Menlo, Consolas,
    "DejaVu Sans Mono", monospace;
}}}}
.{{unique_id}}-frame > rect {{{{ fill: {_LIGHT.background_color.hex}; stroke: #d0d7de; }}}}
{{styles}}
@media (prefers-color-scheme: dark) {{{{
.{{unique_id}}-frame > rect {{{{ fill: {_DARK.background_color.hex}; stroke: #30363d; }}}}
{_DARK_STYLES}
}}}}
</style>
<defs>
<clipPath id="{{unique_id}}-clip-terminal">
<rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}"/>
</clipPath>
{{lines}}
</defs>
<g class="{{unique_id}}-frame">{{chrome}}</g>
<g transform="translate({{terminal_x}}, {{terminal_y}})"
 clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""
"""What Rich fills in; its own picture loads a font."""
_TEXT = re.compile(r'(<text [^>]*textLength=")[^"]*("[^>]*>)([^<]*)(?=</text>)')


def render_svg(view: View, out: TextIO, medium: Medium) -> None:
    """As a terminal of a usual width shows it, whatever the medium."""
    screen = Medium(width=WIDTH, colour=True, top=medium.top)
    console = build_console(
        StringIO(), screen, width=WIDTH, record=True, highlight=False, markup=False, emoji=False
    )
    for block in build_blocks(view, screen):
        console.print(block)
    dark = console.export_svg(
        theme=_DARK, code_format="{styles}", unique_id=_NAME, title="", clear=False
    )
    picture = console.export_svg(theme=_LIGHT, code_format=_PICTURE, unique_id=_NAME, title="")
    told = escape(escape_controls(": ".join(filter(None, (view.title, view.subtitle)))))
    picture = picture.replace(_TITLE, f"<title>{told}</title>", 1).replace(_DARK_STYLES, dark, 1)
    out.write(_TEXT.sub(_measure, picture))


def _measure(found: re.Match[str]) -> str:
    """A text that is as long as its cells, of which Rich counts one for each letter."""
    start, middle, text = found.groups()
    return f"{start}{cell_len(unescape(text)) * _CELL:g}{middle}{text}"
