"""Which models `--model` means: ids or names, `*` as wildcard, ignoring case."""

from collections.abc import Iterable

from scenario_usage_cli.patterns import WILDCARD, compile_pattern, find_near, fold

_ALIKE = 0.6
"""How much like a pattern a name must be to be offered."""
_MOST_NEAR = 3


class ModelFilter:
    """Patterns of model ids or names; without any, every model matches."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._patterns = {pattern: compile_pattern(pattern) for pattern in patterns}

    def matches(self, model_id: str, name: str) -> bool:
        """Whether any pattern is this id or this name."""
        return not self._patterns or any(
            matches(text) for matches in self._patterns.values() for text in (model_id, name)
        )

    def describe_unmatched(self, models: Iterable[tuple[str, str]]) -> list[str]:
        """A line for each pattern that is neither the id nor the name of any of these models."""
        models = list(models)
        texts = [text for model in models for text in model]
        names = {fold(name): name for _, name in models}
        lines = []
        for shown, matches in self._patterns.items():
            if not any(map(matches, texts)):
                near = find_near(shown.strip(WILDCARD), names, cutoff=_ALIKE)[:_MOST_NEAR]
                nearest = f"; the nearest: {', '.join(names[one] for one in near)}" if near else ""
                lines.append(f"no model is called {shown}{nearest}")
        return lines
