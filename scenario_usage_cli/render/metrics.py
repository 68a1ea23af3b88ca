"""What each figure is called in Prometheus; names are kept, as dashboards and alerts use them."""

from collections.abc import Mapping

_CU = "compute_units"
_SECONDS = "seconds"

METRICS: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("report", "generated_at"): (
        "scenario_usage_generated_timestamp_seconds",
        _SECONDS,
        "When the report was made.",
    ),
    ("period", "start"): (
        "scenario_usage_period_start_timestamp_seconds",
        _SECONDS,
        "First instant of the period.",
    ),
    ("period", "end"): (
        "scenario_usage_period_end_timestamp_seconds",
        _SECONDS,
        "Last instant of the period, included.",
    ),
    ("period", "provisional"): (
        "scenario_usage_period_provisional",
        "",
        "1 while the period contains the running day, else 0.",
    ),
    ("totals", "cost"): (
        "scenario_usage_totals_cost_compute_units",
        _CU,
        "Charged after discounts, to all users.",
    ),
    ("totals", "discount"): (
        "scenario_usage_totals_discount_compute_units",
        _CU,
        "Given as discount, to all users.",
    ),
    ("totals", "gross"): (
        "scenario_usage_totals_gross_compute_units",
        _CU,
        "Cost and discount of all users.",
    ),
    ("totals", "jobs"): ("scenario_usage_totals_jobs", "", "Jobs of all models."),
    ("totals", "assets"): ("scenario_usage_totals_assets", "", "Assets of all kinds."),
    ("totals", "users"): (
        "scenario_usage_totals_users",
        "",
        "Users and API keys with any cost or discount.",
    ),
    ("totals", "models"): ("scenario_usage_totals_models", "", "Models with any job or cost."),
    ("consumption", "cost"): (
        "scenario_usage_consumption_cost_compute_units",
        _CU,
        "Charged to a user or API key after discounts.",
    ),
    ("consumption", "discount"): (
        "scenario_usage_consumption_discount_compute_units",
        _CU,
        "Given to a user or API key as discount.",
    ),
    ("consumption", "gross"): (
        "scenario_usage_consumption_gross_compute_units",
        _CU,
        "Cost and discount of a user or API key.",
    ),
    ("models", "jobs"): ("scenario_usage_jobs", "", "Jobs with a model."),
    ("models", "cost"): (
        "scenario_usage_cost_compute_units",
        _CU,
        "Charged for a model after discounts.",
    ),
    ("models", "discount"): (
        "scenario_usage_discount_compute_units",
        _CU,
        "Given as discount on a model.",
    ),
    ("models", "gross"): (
        "scenario_usage_gross_compute_units",
        _CU,
        "Cost and discount of a model.",
    ),
    ("models", "api_key_cost"): (
        "scenario_usage_api_key_cost_compute_units",
        _CU,
        "The part of a model's cost that is by API keys.",
    ),
    ("models", "api_key_discount"): (
        "scenario_usage_api_key_discount_compute_units",
        _CU,
        "The part of a model's discount that is by API keys.",
    ),
    ("assets", "count"): ("scenario_usage_assets", "", "Assets of a kind."),
    ("assets", "api_key_count"): (
        "scenario_usage_api_key_assets",
        "",
        "The part of a kind's assets that is by API keys.",
    ),
    ("actions", "count"): ("scenario_usage_action_runs", "", "How often an action ran."),
    ("actions", "api_key_count"): (
        "scenario_usage_action_api_key_runs",
        "",
        "The part of an action's runs that is by API keys.",
    ),
    ("actions", "cost"): (
        "scenario_usage_action_cost_compute_units",
        _CU,
        "Charged for an action after discounts.",
    ),
    ("actions", "discount"): (
        "scenario_usage_action_discount_compute_units",
        _CU,
        "Given as discount on an action.",
    ),
    ("actions", "api_key_cost"): (
        "scenario_usage_action_api_key_cost_compute_units",
        _CU,
        "The part of an action's cost that is by API keys.",
    ),
    ("actions", "api_key_discount"): (
        "scenario_usage_action_api_key_discount_compute_units",
        _CU,
        "The part of an action's discount that is by API keys.",
    ),
    ("moderation", "count"): (
        "scenario_usage_moderation_assets",
        "",
        "Assets with a moderation label.",
    ),
    ("moderation", "api_key_count"): (
        "scenario_usage_moderation_api_key_assets",
        "",
        "The part of a label's assets that is by API keys.",
    ),
    ("quality_gates", "count"): (
        "scenario_usage_quality_gate_assets",
        "",
        "Assets with a verdict, distinct per bucket of time; the verdict total is the sum of the "
        "others.",
    ),
    ("quality_gates", "api_key_count"): (
        "scenario_usage_quality_gate_api_key_assets",
        "",
        "The part of a verdict's assets that is by API keys.",
    ),
    ("breakdown_totals", "cost"): (
        "scenario_usage_{by}_cost_compute_units",
        _CU,
        "Charged to a {by} after discounts.",
    ),
    ("breakdown_totals", "discount"): (
        "scenario_usage_{by}_discount_compute_units",
        _CU,
        "Given to a {by} as discount.",
    ),
    ("breakdown_totals", "gross"): (
        "scenario_usage_{by}_gross_compute_units",
        _CU,
        "Cost and discount of a {by}.",
    ),
    ("breakdown_totals", "jobs"): ("scenario_usage_{by}_jobs", "", "Jobs of a {by}."),
    ("breakdown_totals", "assets"): ("scenario_usage_{by}_assets", "", "Assets of a {by}."),
}
"""Section and JSON key to name, unit and help; `{by}` is project or user.

Shares and averages are left to PromQL, and the models of a breakdown are too many for labels.
"""
