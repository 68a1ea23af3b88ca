"""What a command line says so far, and what may stand at the cursor, by the declared options."""

from typing import NamedTuple

from scenario_usage_cli.cli.completion.place import Candidate, Place
from scenario_usage_cli.cli.completion.values import list_values
from scenario_usage_cli.cli.option_groups import OptionGroup, flag
from scenario_usage_cli.cli.typer_adapter import (
    GlobalOptions,
    Group,
    Level,
    read_groups,
    summarise,
)

_HELP = flag("--help", "Show this message and exit.")._replace(annotation=bool)
_FOR_SHELLS = {
    "--install-completion": "Install completion for the current shell.",
    "--show-completion": "Show completion for the current shell.",
}


class Offer(NamedTuple):
    """What may stand at the cursor after `before`, which is the begin of the word.

    Where it is a path, the shell knows the candidates.
    """

    candidates: list[Candidate]
    before: str = ""
    is_path: bool = False


def build_offer(words: list[str], current: str, place: Place) -> Offer:
    """What `current`, the word at the cursor, may become after `words`, without the program."""
    line = _Line(place.program)
    for word in words:
        line.read(word)
    if line.level is None:
        return Offer([])
    if line.awaited:
        return _offer_values(line, line.awaited, "", current, place)
    if current.startswith("-") and not line.is_plain:
        field, before, value = line.split(current)
        if field and value is not None:
            return _offer_values(line, field, before, value, place)
        return Offer(line.list_options())
    if isinstance(line.level, Group):
        return Offer([Candidate(name, summarise(one)) for name, one in line.level.commands.items()])
    field = line.next_argument
    if field:
        return _offer_values(line, field, "", current, place)
    return Offer([] if current or line.is_plain else line.list_options())


def _offer_values(line: "_Line", field: str, before: str, value: str, place: Place) -> Offer:
    """The values of an option or argument; `before` stands before them in the same word."""
    one = line.declared[field]
    if one.completed == "paths":
        return Offer([], before, is_path=True)
    found = list_values(
        one,
        value,
        place._replace(command=line.path[-1], given=line.given),
        line.given.get(field, []),
    )
    return Offer(list(found), before)


class _Line:
    """The words before the cursor, read one by one.

    `given` has the values of each option and argument by its field; `awaited` is the field of an
    option that has no value yet. `level` is None after a command that there is not, and `path` has
    the names of the commands.
    """

    def __init__(self, level: Level) -> None:
        self.given: dict[str, list[str]] = {}
        self.awaited: str | None = None
        self.is_plain = False
        self.path = [""]
        self._root = level
        self._enter(level)

    def _enter(self, level: Level | None) -> None:
        self.level = level
        self.declared = {
            field: one for group in self._list_groups() for field, one in group.declared.items()
        } | {"help": _HELP}
        self._options = {
            name: field
            for field, one in self.declared.items()
            for name in (one.name, *(one.info.param_decls or ()))
            if name.startswith("-")
        }

    def read(self, word: str) -> None:
        """Take one more word."""
        if self.awaited:
            self._take(self.awaited, word)
            self.awaited = None
        elif word == "--" and not self.is_plain:
            self.is_plain = True
        elif word.startswith("-") and word != "-" and not self.is_plain:
            field, _, value = self.split(word)
            if field and value is not None:
                self._take(field, value)
            elif field and not self.declared[field].is_flag:
                self.awaited = field
            elif field:
                self._take(field, word)
        elif isinstance(self.level, Group):
            self.path.append(word)
            self._enter(self.level.commands.get(word))
        elif field := self.next_argument:
            self._take(field, word)

    def split(self, word: str) -> tuple[str | None, str, str | None]:
        """The option of a word, what stands before its value, and the value if it has one."""
        name, separator, value = word.partition("=")
        if not word.startswith("--"):
            name, separator, value = word[:2], "", word[2:]
        field = self._options.get(name)
        has_value = field is not None and not self.declared[field].is_flag and (separator or value)
        return field, name + separator, value if has_value else None

    @property
    def next_argument(self) -> str | None:
        """The first argument without a value."""
        open_ones = (
            field
            for field, one in self.declared.items()
            if not one.name.startswith("-") and field not in self.given
        )
        return next(open_ones, None)

    def list_options(self) -> list[Candidate]:
        """The names of the options that may still be given, with their help."""
        found = []
        for name, field in self._options.items():
            one = self.declared[field]
            if field not in self.given or one.takes_several:
                found.append(Candidate(name, one.info.help or ""))
        if self.level is self._root:
            found += [Candidate(*one) for one in _FOR_SHELLS.items()]
        return found

    def _take(self, field: str, value: str) -> None:
        self.given.setdefault(field, []).append(value)

    def _list_groups(self) -> list[type[OptionGroup]]:
        if callable(self.level):
            return [*read_groups(self.level).values(), GlobalOptions]
        return [GlobalOptions] if self.level is self._root else []
