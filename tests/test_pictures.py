"""The pictures of the README are fresh and small."""

from tests.pictures import PAGE, TABLE, draw_table
from tests.render.test_svg import read_lines


def test_the_picture_of_the_table_is_what_the_tool_draws() -> None:
    """Word for word: `python -m tests.pictures` makes it anew."""
    assert read_lines(TABLE.read_text(encoding="utf-8")) == read_lines(draw_table())


def test_the_picture_of_the_page_is_one_and_small() -> None:
    """A README that loads slowly is not read."""
    picture = PAGE.read_bytes()

    assert picture.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(picture[16:20]) == 1280
    assert len(picture) < 150_000
