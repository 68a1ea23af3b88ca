"""The tables of `report --by`: projects or users with their totals, and each with its models."""

from scenario_usage_cli.collect.breakdown import BREAKDOWN, COST_CENTRE
from scenario_usage_cli.report.fields import ADDITIVE, Field, Fields, Gauges, Kind, Table, pick
from scenario_usage_cli.report.figures import COST, KNOWN_COST, MODEL_FIGURES
from scenario_usage_cli.report.tables import MODEL, MODEL_ID, SUMMED, name_sums
from scenario_usage_cli.report.words import list_words


def _declare_dimension(by: str) -> tuple[Field[str], Field[str]]:
    """The id of a member, and its name; those of a cost centre are the same."""
    words = by.replace("-", " ").capitalize()
    key = by.replace("-", "_")
    if by == COST_CENTRE:
        own = Field[str](key, words, Kind.TEXT, 100, "`(unassigned)` is what belongs to none.")
        return own, own
    return (
        Field[str](f"{key}_id", f"{words} id", Kind.TEXT),
        Field[str](key, words, Kind.TEXT, 100, "The id where there is no name."),
    )


CENTRE, _ = _declare_dimension(COST_CENTRE)


def _list(names: Fields) -> str:
    """For people: `project`, `project and user`, `project, user and model`."""
    return list_words([name.title.lower() for name in names])


def _describe(names: Fields) -> str:
    """What a row is of: `a project`, `a user in a project`."""
    return " in ".join(f"a {name.title.lower()}" for name in reversed(names))


def declare_breakdown_totals(*by: str) -> Table:
    """One row for each project or user, or for each pair of them."""
    ids, names = zip(*map(_declare_dimension, by), strict=True)
    whose = _describe(names)
    charged = (field.or_null() for field, _ in SUMMED["consumption"])
    return Table(
        "breakdown_totals",
        f"By {_list(names)}",
        ids,
        names if names[1:] or names == ids else (names[0]._replace(key="name"),),
        (*charged, *name_sums("models", whose), *name_sums("assets", whose)),
        KNOWN_COST,
        f"What {whose} was charged, and what it ran and made.",
        of=whose,
        gauges=Gauges("".join(f"{name.key}_" for name in names)),
    )


def declare_breakdown(*by: str) -> Table:
    """One row for each model of a project or user, or of a pair of them."""
    ids, names = zip(*map(_declare_dimension, by), strict=True)
    return Table(
        BREAKDOWN,
        f"By {_list((*names, MODEL))}",
        (*ids, MODEL_ID),
        (*names, MODEL),
        tuple(
            field.or_null() if field.is_part else field for field in pick(MODEL_FIGURES, *ADDITIVE)
        ),
        COST,
        f"What {_describe(names)}'s generations with a model cost. A row whose `model_id` is empty "
        "is the rest of its consumption: operations without a model, and refunds.",
        of="a model",
    )
