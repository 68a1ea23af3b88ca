"""Changing the config file: as a whole or not at all, and nothing but what is meant."""

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, TextIO

from scenario_usage_cli.cli.config.file import read_document
from scenario_usage_cli.cli.output import check_output, is_stdout, write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import PSEUDONYM_SECRET

_WHAT = "the config file"
_TOP_KEYS = ("default_profile", PSEUDONYM_SECRET)
"""The keys before all tables."""
_FOLDER_MODE = 0o700
_SCHEMA_MARK = "#:schema"
"""What the first line of a TOML file begins with, for the editors that know it."""

Document = dict[str, Any]
Change = Callable[[Any], None]
"""What changes a document in place, as a dict of dicts."""


def check_writable(path: Path) -> None:
    """Raise ConfigurationError early if the config file could not be written."""
    if is_stdout(str(path)) or (path.exists() and not path.is_file()):
        raise ConfigurationError(
            f"cannot write {_WHAT} {path}: it is not a regular file", hint="choose another place"
        )
    if path.parent.exists():
        check_output(str(path.absolute()), option=_WHAT)


def edit_config(
    path: Path,
    change: Change,
    runtime: Runtime,
    *,
    has_secrets: bool = False,
    is_private: bool = False,
) -> None:
    """Change the config file; comments, order and everything else stay as they are.

    It is replaced as a whole. It may be new, and so may its folder. If it gets secrets, or
    `is_private`, only its owner may use it from now on. With secrets, its JSON Schema is written
    beside it, to which its first line leads editors. Raises ConfigurationError if the file cannot
    be read or written, and for a file that cannot be changed in this way.
    """
    check_writable(path)
    wanted = deepcopy(read_document(path) or {})
    change(wanted)
    text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    changed = _change_text(text.replace("\r\n", "\n"), change, wanted)
    if changed is None:
        raise ConfigurationError(
            f"{_WHAT} {path} is written in a way that cannot be changed safely",
            hint="write profiles as tables such as [profiles.studio], or change it in an editor",
        )
    make_folder(path.absolute().parent)
    if has_secrets:
        changed = _add_schema(path, changed, runtime)
    if "\r\n" in text:
        changed = changed.replace("\n", "\r\n")
    _write(path, changed, _WHAT, runtime, private=has_secrets or is_private)


def _change_text(text: str, change: Change, wanted: Document) -> str | None:
    """The text of the changed file, which means what is wanted; None if it cannot be had."""
    with_top = _add_top_key(text, wanted)
    for prepared in (_add_profiles(with_top, wanted), with_top, text):
        changed = _apply(prepared, change)
        if changed is not None and _parse(changed) == wanted:
            return changed
    return None


def _add_top_key(text: str, wanted: Document) -> str:
    """The text with room for its first key before everything but the comments at its top."""
    known = _parse(text) or {}
    if any(key in known for key in _TOP_KEYS) or not (key := _find_top_key(wanted)):
        return text
    head = re.match(r"(?:(?:#[^\n]*\n)+\n+)?", text)
    place = head.end() if head else 0
    return f'{text[:place]}{key} = ""\n\n{text[place:]}'


def _find_top_key(wanted: Document) -> str | None:
    return next((key for key in _TOP_KEYS if key in wanted), None)


def _add_profiles(text: str, wanted: Document) -> str:
    """The text with a table at its end for each new profile."""
    import tomlkit

    known = (_parse(text) or {}).get("profiles", {})
    for name in wanted.get("profiles", {}):
        if name not in known:
            header = tomlkit.dumps({"profiles": {name: {}}})
            text = f"{text.rstrip()}\n\n{header}".lstrip("\n")
    return text


def _apply(text: str, change: Change) -> str | None:
    """The changed text; None if the text is in the way of the change."""
    # Imported only where a file is changed, as every start would wait for it.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document: Any = tomlkit.parse(text)
        profiles = document.get("profiles", {}).values()
        # What follows the last key of a table is most often about what comes after it.
        ends = [(one, _cut_end(one)) for one in profiles if isinstance(one, tomlkit.items.Table)]
        change(document)
        for profile, end in ends:
            profile.value.body.extend(end)
        return tomlkit.dumps(document).rstrip("\n") + "\n"
    except (TOMLKitError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _cut_end(table: Any) -> list[Any]:
    """Take the comments and blank lines from the end of a table."""
    body = table.value.body
    end: list[Any] = []
    while body and body[-1][0] is None:
        end.insert(0, body.pop())
    return end


def _parse(text: str) -> Document | None:
    import tomllib

    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def _add_schema(path: Path, text: str, runtime: Runtime) -> str:
    """The text with a first line that names the schema, which is written beside the file.

    A line that names another schema, and a file that is none, are left alone.
    """
    # Imported only where it is written, as every start would wait for it.
    from scenario_usage_cli.cli.config.schema import CONFIG_SCHEMA
    from scenario_usage_cli.render.json import encode

    schema = path.with_suffix(".schema.json")
    line = f"{_SCHEMA_MARK} ./{schema.name}"
    if _SCHEMA_MARK in text and line not in text:
        return text
    try:
        if schema.exists() and CONFIG_SCHEMA["title"] not in schema.read_text("utf-8"):
            return text
        _write(schema, encode(CONFIG_SCHEMA, "\n") + "\n", "the schema", runtime, private=False)
    except (ConfigurationError, OSError, UnicodeDecodeError) as error:
        runtime.warn(f"there is no schema beside the config file: {error}")
        return text
    return text if line in text else f"{line}\n\n{text}"


def _write(path: Path, text: str, what: str, runtime: Runtime, *, private: bool) -> None:
    def write(out: TextIO) -> None:
        out.write(text)

    write_output(str(path.absolute()), runtime, write, option=what, private=private)


def make_folder(folder: Path) -> None:
    """Make a folder, and those around it, that only its owner may look into."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        for one in reversed(missing):
            one.mkdir(_FOLDER_MODE, exist_ok=True)  # another run may make it, too
    except OSError as error:
        raise ConfigurationError(
            f"cannot make the folder {folder}: {error.strerror}",
            hint="make it yourself, or point SCENARIO_USAGE_CONFIG elsewhere",
        ) from error
