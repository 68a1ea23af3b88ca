"""Workbooks read back: by openpyxl as they were written, or as LibreOffice calculates them."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook

from tests.needs import require_tool
from tests.support import run

SUMMARY = "Summary"


def write_book(path: Path, *argv: str, **more: Any) -> Path:
    """The workbook that a command writes to a path, without a word on stdout."""
    result = run(*argv, "--output", str(path), **more)
    assert (result.code, result.stdout) == (0, ""), result.stderr
    return path


def read_values(path: Path) -> Workbook:
    """With the stored values of formulas."""
    return openpyxl.load_workbook(path, data_only=True)


def read_formulas(path: Path) -> Workbook:
    """With formulas as text."""
    return openpyxl.load_workbook(path)


def read_rows(book: Workbook, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet, by the headings."""
    headings, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


class Figure(NamedTuple):
    """A figure of the first sheet."""

    title: str
    value: Any
    formula: str | None
    """None where it is a plain value."""


def read_figures(path: Path) -> list[Figure]:
    """What stands beside its title on the first sheet."""
    values, formulas = read_values(path)[SUMMARY], read_formulas(path)[SUMMARY]
    return [
        Figure(str(title), value, str(formula) if str(formula).startswith("=") else None)
        for (title, value, *_), (_, formula, *_) in zip(
            values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=True
        )
        if value is not None
    ]


def list_cells(book: Workbook) -> Iterator[Cell]:
    """Every cell that has something."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if isinstance(cell, Cell) and cell.value is not None)


def recalculate(paths: Sequence[Path], folder: Path) -> list[Path]:
    """The same workbooks, every formula of which LibreOffice has calculated anew."""
    office = require_tool("soffice")
    bare, done = folder / "bare", folder / "recalculated"
    bare.mkdir()
    for path in paths:
        book = read_formulas(path)
        for sheet in book.worksheets:
            sheet._charts = []  # type: ignore[attr-defined]  # it cannot read what an office writes
        book.save(bare / path.name)  # which keeps no stored value
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(folder / 'office').as_uri()}",
            *("--headless", "--convert-to", "xlsx", "--outdir", str(done)),
            *(str(bare / path.name) for path in paths),
        ],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "HOME": str(folder)},
    )
    return [done / path.name for path in paths]
