"""Whether files of FOCUS conform, by the tools of others, which need environments of their own.

`python -m tests.conformance VALIDATOR TOOLKIT` writes files and has them checked by
`focus-validator` (FOCUS 1.2) and `focus-data-toolkit` (1.4), each in its virtual environment. It
fails for every rule that is broken, but for those that no right file can keep.
"""

import json
import re
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.charges import TeamApi
from tests.report.builders import action, charge, model
from tests.support import run, usages

CRITERIA = (
    *("ACCOUNT_NAMING_SUPPORTED", "NEGOTIATED_PRICING_SUPPORTED"),
    *("PRICING_BILLING_CURRENCY_DIFFERENCES_SUPPORTED", "PUBLIC_PRICE_LIST_SUPPORTED"),
    *("SUB_ACCOUNT_SUPPORTED", "UNIT_PRICING_SUPPORTED", "USAGE_MEASUREMENT_SUPPORTED"),
    "VIRTUAL_CURRENCY_SUPPORTED",
)
"""What a team's usage has, in the words of FOCUS; the validator ignores a misspelt one."""

BUGS = frozenset({"InvoiceId-C-005-C", "PricingCurrency-C-003-M"})
"""Rules of focus-validator 2.2.1 that right files break.

Each InvoiceId would have to be null and not null, and the currency could not have its real name.
"""

UNPRICED = frozenset(
    {"BillingCurrency-C-004-M", "BilledCost-C-003-M"}
    | {f"{cost}Cost-C-00{n}-M" for cost in ("List", "Contracted", "Effective") for n in (3, 4)}
)
"""Those that files without a price break, as far as the validator looks."""

LEAST_PASSED = 225
"""How many rules at least must have been looked at and kept, so that nothing was skipped."""

LINTED = frozenset({"PricingCurrency bad_currency"})
"""What focus-data-toolkit says of right files, for the same reason."""

_FAILURE = re.compile(r"^- (?P<rule>[\w-]+): violations=\d+; ", re.MULTILINE)
_PASSED = re.compile(r"^Total: \d+ \| Pass: (\d+) ", re.MULTILINE)
_LINTED = re.compile(r"^  \[\w+:(?P<what>\w+)\] (?P<column>\w+) ", re.MULTILINE)
_UNICODE = "conform to StringHandling requirements"

PRICE = ("--cu-price", "0.0095", "--currency", "EUR")
USED = usages(
    consumption=[charge("user_a", 40.25, 9.8), charge("user_b", 3, 0)],
    models=[
        model("model_a", jobs=3, cost=24.2, discount=6.05),
        model("model_free", jobs=1, cost=0, discount=3.75),
        model("model_c", jobs=2, cost=12, discount=0),
    ],
    actions=[
        action("images-generation", "6", cost=36.2, discount=9.8),
        action("upscale", "2", cost=5, discount=0),
        action("custom-asset-created", "4"),
        action("refunds", "1", cost=-2.5, discount=0),
    ],
)
"""A day of everything: discounts, a free job, a refund, operations, and what nothing explains."""


def find_broken(output: str, rules: Mapping[str, Any]) -> set[str]:
    """The rules that a file breaks, from what focus-validator prints, which always exits with 0.

    Only those count that a file must keep; one that is made of others counts where none of
    these is broken.
    """
    _, _, failures = output.partition("--- Failures ---")
    broken = set(_FAILURE.findall(failures))
    return {
        rule
        for rule in broken
        if rules[rule]["ValidationCriteria"]["Keyword"] in ("MUST", "MUST NOT")
        and not broken & _find_parts(rules[rule])
    }


def _find_parts(rule: Mapping[str, Any]) -> set[str]:
    """The rules that a rule is made of."""
    items = rule["ValidationCriteria"]["Requirement"].get("Items", ())
    return {item["ModelRuleId"] for item in items if "ModelRuleId" in item}


def find_linted(output: str) -> set[str]:
    """What focus-data-toolkit finds: a column, and what is wrong with it."""
    return {f"{found['column']} {found['what']}" for found in _LINTED.finditer(output)}


def validate(environment: Path, file: Path, allowed: Collection[str], *, names: bool) -> None:
    """Have focus-validator check a file of 1.2; exits if it breaks other rules than allowed.

    `names` tells that there are names that are not ASCII, which the validator refuses.
    """
    (package,) = environment.glob("lib/python*/site-packages/focus_validator")
    rules = json.loads((package / "rules" / "model-1.2.0.1.json").read_text())["ModelRules"]
    done = subprocess.run(
        [
            *(environment / "bin" / "focus-validator", "--data-file", file.absolute()),
            *("--validate-version", "1.2", "--block-download", "--show-violations"),
            *("--focus-dataset", "CostAndUsage", "--applicability-criteria", ",".join(CRITERIA)),
        ],
        cwd=package.parent,  # it opens a file by a path relative to this
        capture_output=True,
        text=True,
    )
    passed = _PASSED.search(done.stdout)
    if not passed:
        sys.exit(f"focus-validator ended without a result:\n{done.stdout}{done.stderr}")
    broken = find_broken(done.stdout, rules)
    if names:
        broken = {
            rule
            for rule in broken
            if _UNICODE not in rules[rule]["ValidationCriteria"]["MustSatisfy"]
        }
    _compare(file, "focus-validator", broken, allowed)
    if int(passed[1]) < LEAST_PASSED:
        sys.exit(f"{file.name}: only {passed[1]} rules of focus-validator were looked at and kept")


def lint(environment: Path, file: Path) -> None:
    """Have focus-data-toolkit check a file of 1.4; exits if it finds more than is known."""
    conditions = ("SupportsUnitPricing", "SupportsMultiplePricingCategories")
    done = subprocess.run(
        [
            *(environment / "bin" / "focus-toolkit", "validate", "--dataset", "cost-and-usage"),
            *(part for one in conditions for part in ("--supports", one)),
            file,
        ],
        capture_output=True,
        text=True,
    )
    if "violation(s)" not in done.stdout:
        sys.exit(f"focus-toolkit ended without a result:\n{done.stdout}{done.stderr}")
    _compare(file, "focus-data-toolkit", find_linted(done.stdout), LINTED)


def _compare(file: Path, tool: str, found: Collection[str], expected: Collection[str]) -> None:
    if set(found) != set(expected):
        more, fewer = sorted({*found} - {*expected}), sorted({*expected} - {*found})
        sys.exit(f"{file.name}: {tool} breaks {more}, and no longer breaks {fewer}")
    print(f"{file.name}: as {tool} wants it", flush=True)


def write(folder: Path, name: str, *argv: str, used: object = None) -> Path:
    """A file of the studio's usage or, in one project, of the first of November as it is given."""
    file = folder / name
    studio = ("--demo", "--start", "2026-11-02", "--end", "2026-11-04")
    whose = ("--project", "project_a", "--period", "2026-11-01") if used else studio
    asked = ("report", "--format", "focus", *whose, "--output", str(file), *argv)
    result = run(*asked, transport=TeamApi(usages=used))
    if result.code:
        sys.exit(result.stderr)
    return file


def main(validator: Path, toolkit: Path) -> None:
    """Check all kinds of files."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for suffix in ("csv", "parquet"):
            file = write(folder, f"everything.{suffix}", *PRICE, used=USED)
            validate(validator, file, BUGS, names=False)
            file = write(folder, f"studio.{suffix}", "--cu-price", "list", "--currency", "USD")
            validate(validator, file, BUGS, names=True)
        file = write(folder, "unpriced.csv", used=USED)
        validate(validator, file, BUGS | UNPRICED, names=False)
        for used, kind in ((USED, "everything"), (None, "studio")):
            version = ("--focus-version", "1.4")
            lint(toolkit, write(folder, f"{kind}-1.4.csv", *PRICE, *version, used=used))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
