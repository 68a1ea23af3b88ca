"""A table of cases within one test, for cases that take less time than a test of their own."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

Test = Callable[..., None]


def each(names: str | tuple[str, ...], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """Like `pytest.mark.parametrize`, but one test, which tries all cases and tells all that fail.

    For quick cases without fixtures that are made anew for each test. Above one another, they
    multiply.
    """
    keys = tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else names
    rows = [case if len(keys) > 1 else (case,) for case in cases]
    assert rows, "no case claims nothing"

    def decorate(test: Test) -> Test:
        @wraps(test)
        def try_all(**others: Any) -> None:
            failed: list[Exception] = []
            for row in rows:
                case = dict(zip(keys, row, strict=True))
                try:
                    test(**others, **case)
                except Exception as error:
                    error.add_note(f"with {case!r:.500}")
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {len(rows)} cases fail", failed)

        signature = inspect.signature(test)
        left = [one for name, one in signature.parameters.items() if name not in keys]
        # pytest reads the names of fixtures from it
        try_all.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return try_all

    return decorate
