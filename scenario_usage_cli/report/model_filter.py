"""Which models `--model` means: ids or names, `*` as wildcard, ignoring case."""

import re
from collections.abc import Iterable
from fnmatch import translate

from scenario_usage_cli.collect.usage import Usage


class ModelFilter:
    """Patterns of model ids or names; without any, every model matches."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._patterns = {pattern: _compile(pattern) for pattern in patterns}

    def matches(self, model_id: str, name: str) -> bool:
        """Whether any pattern is this id or this name."""
        return not self._patterns or any(
            pattern.fullmatch(text)
            for pattern in self._patterns.values()
            for text in (model_id, name)
        )

    def unmatched(self, models: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """The patterns that are neither the id nor the name of any of these models."""
        texts = [text for model in models for text in model]
        return tuple(
            shown
            for shown, pattern in self._patterns.items()
            if not any(pattern.fullmatch(text) for text in texts)
        )


def split_patterns(texts: Iterable[str], usages: Iterable[Usage]) -> tuple[str, ...]:
    """The patterns in texts that may hold several, with commas between, each once; a text that is
    the id or name of a model of these usages is one pattern, whatever commas it has.
    """
    models = [model for usage in usages for model in name_models(usage)]
    patterns: list[str] = []
    for text in texts:
        is_one = not ModelFilter((text.strip(),)).unmatched(models)
        parts = [text] if is_one else text.split(",")
        patterns += [stripped for part in parts if (stripped := part.strip())]
    return tuple(dict.fromkeys(patterns))


def name_models(usage: Usage) -> list[tuple[str, str]]:
    """Every model with its name, which is its id where the API gave none."""
    return [(key, usage.models.get(key, key)) for key in usage.series.get("models", {})]


def _compile(pattern: str) -> re.Pattern[str]:
    """Only `*` is special; the standard translation never tries one text in many ways."""
    literal = re.sub(r"[?\[]", r"[\g<0>]", pattern)
    return re.compile(translate(literal), re.IGNORECASE)
