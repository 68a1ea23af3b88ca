"""Rows that are made when they are asked for, as a long trend has millions."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from scenario_usage_cli.report.fields import Row


class LazyRows(Sequence["Row"]):
    """A sequence of rows of which none is kept."""

    def __init__(self, count: int, make: "Callable[[int], Row]") -> None:
        self._numbers = range(count)
        self._make = make

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> "Row": ...
    @overload
    def __getitem__(self, index: slice) -> "Sequence[Row]": ...
    def __getitem__(self, index: int | slice) -> "Row | Sequence[Row]":
        if isinstance(index, slice):
            return [self._make(number) for number in self._numbers[index]]
        return self._make(self._numbers[index])

    def __iter__(self) -> "Iterator[Row]":
        return map(self._make, self._numbers)


def map_rows(change: "Callable[[Row], Row]", rows: "Sequence[Row]") -> "Sequence[Row]":
    """The rows, each changed; when they are asked for, if they are made then."""
    if isinstance(rows, LazyRows):
        return LazyRows(len(rows), lambda number: change(rows[number]))
    return list(map(change, rows))
