"""Which models `--model` means: ids or names, `*` as wildcard, ignoring case."""

from collections.abc import Iterable

from scenario_usage_cli.patterns import compile_pattern


class ModelFilter:
    """Patterns of model ids or names; without any, every model matches."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._patterns = {pattern: compile_pattern(pattern) for pattern in patterns}

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
