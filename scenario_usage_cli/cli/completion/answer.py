"""What the script of a shell is answered, in the form that this shell takes.

The first record is `words` or `paths`, the others are the candidates. Each record ends with a NUL
or, for bash, which has none, a line feed.
"""

import re
from collections.abc import Iterable, Sequence

from scenario_usage_cli.cli.completion.line import Offer, build_offer
from scenario_usage_cli.cli.completion.place import Candidate, Place
from scenario_usage_cli.cli.completion.quoting import read_words, unquote_for_fish

_MOST_LETTERS = 200


def build_answer(shell: str, argv: Sequence[str], place: Place) -> str:
    """What may stand at the cursor.

    The script for bash gives the line up to the cursor, and the end of it that will be replaced.
    The others give the words after the program, of which the last one is that at the cursor.
    """
    match shell:
        case "bash":
            line, replaced = argv
            return _end_records("\n", _answer_bash(line, replaced, place))
        case "fish":
            return _end_records("\0", _answer_fish(*argv[:-1], current=argv[-1], place=place))
        case _:
            return _end_records("\0", _answer_zsh(*argv[:-1], current=argv[-1], place=place))


def _answer_bash(line: str, replaced: str, place: Place) -> Iterable[str]:
    """What takes the place of `replaced`, quoted as the rest of the word is.

    bash does not choose among the candidates: those that begin otherwise are left out here.
    """
    kept, whole = read_words(line.removesuffix(replaced)), read_words(line)
    if whole.is_target:
        return ["paths"]
    offer = build_offer(whole.words[1:], whole.current, place)
    start, typed = kept.current, whole.current.removeprefix(kept.current).casefold()
    texts = (offer.before + one.text for one in _list_usable(offer))
    rests = (text.removeprefix(start) for text in texts if text.startswith(start))
    found = (kept.quote(rest) for rest in rests if rest.casefold().startswith(typed))
    return [_name_kind(offer), *found]


def _answer_zsh(*words: str, current: str, place: Place) -> Iterable[str]:
    """Also what stands before each candidate, which zsh is not to match, and their help."""
    offer = build_offer(list(words), current, place)
    found = ((re.sub(r"([\\:])", r"\\\1", text), help) for text, help in _list_usable(offer))
    return [_name_kind(offer), offer.before, *(":".join(filter(None, one)) for one in found)]


def _answer_fish(*words: str, current: str, place: Place) -> Iterable[str]:
    """Also the help of each candidate; or else what is before a path, and that path so far."""
    current = unquote_for_fish(current)
    offer = build_offer(list(words), current, place)
    if offer.is_path:
        return [_name_kind(offer), offer.before, current.removeprefix(offer.before)]
    found = ((offer.before + text, help) for text, help in _list_usable(offer))
    return [_name_kind(offer), *("\t".join(filter(None, one)) for one in found)]


def _end_records(end: str, records: Iterable[str]) -> str:
    return "".join(record + end for record in records)


def _name_kind(offer: Offer) -> str:
    return "paths" if offer.is_path else "words"


def _list_usable(offer: Offer) -> Iterable[Candidate]:
    """The candidates that a terminal can show; a line feed can be inserted, and is left in."""
    for one in offer.candidates:
        if _is_usable(one.text):
            yield one if _is_usable(one.help) else Candidate(one.text)


def _is_usable(text: str) -> bool:
    if not text or len(text) > _MOST_LETTERS:
        return False
    plain = text.replace("\n", "")
    if plain.isascii():
        return plain.isprintable()
    # Imported when it is needed: the words of this tool are ASCII.
    from scenario_usage_cli.render.text import escape_controls

    return escape_controls(plain) == plain
