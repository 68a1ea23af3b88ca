"""Optional dependencies: what is there is fine, and what is not is named."""

import pytest

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.extras import require_extra


def test_an_extra_that_is_installed_is_fine() -> None:
    """Nothing happens."""
    require_extra("anything", "json", purpose="a test")


def test_an_extra_that_is_missing_is_named() -> None:
    """With what needs it, what is not there, and the line that installs it; exit 3."""
    with pytest.raises(ConfigurationError) as caught:
        require_extra("cloud", "no_such_module", purpose="--output s3://")

    assert (caught.value.exit_code, caught.value.message, caught.value.hint) == (
        3,
        "--output s3:// needs the extra cloud: No module named 'no_such_module'",
        "pip install 'scenario-usage-cli[cloud]'",
    )
