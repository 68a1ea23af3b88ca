"""How the tools that check files of FOCUS are read: the checks themselves are in `.ci/focus`."""

from typing import Any

from tests.conformance import find_broken, find_linted

OUTPUT = """
=== Validation Results ===
Total: 578 | Pass: 239 | Fail: 4 | Skipped: 330
❌ SkuMeter-C-000-C: FAIL  (violations=1, msg=SkuMeter-C-000-C: AND failed)

--- Failures ---
- SkuId-C-001-M: violations=2; SkuId MUST be of type String.
  MustSatisfy: SkuId MUST be of type String.
  Sample violations:
    SkuId='- SkuMeter-C-001-M: violations'
- SkuId-C-000-C: violations=1; SkuId-C-000-C: AND failed - failed child rules: [SkuId-C-001-M]
- SkuMeter-C-000-C: violations=1; SkuMeter-C-000-C: AND failed
- ServiceSubcategory-C-004-O: violations=1; ServiceSubcategory SHOULD be the same.
"""


def rule(keyword: str, *parts: str) -> dict[str, Any]:
    """A rule of the validator's model."""
    items = [{"CheckFunction": "CheckModelRule", "ModelRuleId": part} for part in parts]
    requirement = {"CheckFunction": "AND", "Items": items}
    return {"ValidationCriteria": {"Keyword": keyword, "Requirement": requirement}}


def test_only_rules_that_must_be_kept_are_broken() -> None:
    """One that is made of others counts where none of these is broken."""
    rules = {
        "SkuId-C-000-C": rule("MUST", "SkuId-C-001-M", "SkuId-C-002-M"),
        "SkuId-C-001-M": rule("MUST"),
        "SkuMeter-C-000-C": rule("MUST NOT", "SkuMeter-C-001-M"),
        "ServiceSubcategory-C-004-O": rule("SHOULD"),
    }
    assert find_broken(OUTPUT, rules) == {"SkuId-C-001-M", "SkuMeter-C-000-C"}


def test_a_file_without_failures_breaks_nothing() -> None:
    """The heading is not there then."""
    assert find_broken("Total: 578 | Pass: 248 | Fail: 0 | Skipped: 330", {}) == set()


def test_each_finding_of_the_toolkit_counts_once() -> None:
    """However many rows have it."""
    found = (
        "a.csv: 3 violation(s)\n"
        "  [STRUCTURAL_VALID:bad_currency] PricingCurrency row 0: invalid value 'Compute Units'\n"
        "  [STRUCTURAL_VALID:bad_currency] PricingCurrency row 1: invalid value 'Compute Units'\n"
        "  [SEMANTIC_VALID:wrong_parent_category] ServiceSubcategory row 0: belongs elsewhere\n"
    )
    assert find_linted(found) == {
        "PricingCurrency bad_currency",
        "ServiceSubcategory wrong_parent_category",
    }
