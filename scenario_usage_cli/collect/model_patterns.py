"""Patterns of `--model`: ids or names of models, `*` as wildcard, ignoring case."""

from collections.abc import Sequence

from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.patterns import compile_pattern, split_names


def name_models(usage: Usage) -> list[tuple[str, str]]:
    """Every model with its name, which is its id where the API gave none."""
    return [(key, usage.models.get(key, key)) for key in usage.series.get("models", {})]


def split_models(usages: Sequence[Usage]) -> None:
    """Split the `--model` texts of usages with the same filters into patterns, each once.

    A text may hold several patterns, with commas between them. One that is the id or the name of
    a model of any of these usages is a single pattern, whatever commas it has: this is why it
    takes the answers to split it.
    """
    if not any(usage.patterns for usage in usages):
        return
    names = {text for usage in usages for model in name_models(usage) for text in model}
    for usage in usages:
        if usage.filters:
            patterns = split_names(
                usage.patterns, names, lambda text: any(map(compile_pattern(text), names))
            )
            usage.filters = usage.filters._replace(models=tuple(dict.fromkeys(patterns)))
