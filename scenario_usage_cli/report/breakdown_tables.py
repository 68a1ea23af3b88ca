"""The tables of `report --by`: projects or users with their totals, and each with its models."""

from scenario_usage_cli.report.fields import ADDITIVE, Field, Gauges, Kind, Table, pick
from scenario_usage_cli.report.figures import COST, KNOWN_COST, MODEL_FIGURES
from scenario_usage_cli.report.tables import MODEL, MODEL_ID, SUMMED, name_sums


def _name_dimension(by: str, name_key: str) -> tuple[Field[str], Field[str]]:
    return (
        Field[str](f"{by}_id", f"{by.capitalize()} id", Kind.TEXT),
        Field[str](name_key, by.capitalize(), Kind.TEXT, 100, "The id where there is no name."),
    )


def declare_breakdown_totals(by: str) -> Table:
    """One row for each project or user."""
    id_field, name = _name_dimension(by, "name")
    charged = (field.or_null() for field, _ in SUMMED["consumption"])
    return Table(
        "breakdown_totals",
        f"By {by}",
        (id_field,),
        (name,),
        (*charged, *name_sums("models", f"a {by}"), *name_sums("assets", f"a {by}")),
        KNOWN_COST,
        f"What a {by} was charged, and what it ran and made.",
        of=f"a {by}",
        gauges=Gauges(f"{by}_"),
    )


def declare_breakdown(*by: str) -> Table:
    """One row for each model of a project or user."""
    ids, names = zip(*(_name_dimension(one, one) for one in by), strict=True)
    return Table(
        "breakdown",
        f"By {' and '.join((*by, 'model'))}",
        (*ids, MODEL_ID),
        (*names, MODEL),
        tuple(
            field.or_null() if field.is_part else field for field in pick(MODEL_FIGURES, *ADDITIVE)
        ),
        COST,
        f"What a {by[0]}'s generations with a model cost. A row whose `model_id` is empty is the "
        "rest of its consumption: operations without a model, and refunds.",
        of="a model",
    )
