"""Optional dependencies: what is there is fine, and what is not is named."""

from pathlib import Path

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


def test_an_extra_that_cannot_be_loaded_is_not_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where there is no memory for it: the installer would find everything in its place."""
    said = "libarrow.so: failed to map segment from shared object"
    (tmp_path / "heavy_module.py").write_text(f"raise ImportError({said!r})")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ConfigurationError) as caught:
        require_extra("parquet", "heavy_module", purpose="--format parquet")

    assert caught.value.message == f"--format parquet cannot load heavy_module: {said}"
    assert caught.value.hint.startswith("give it more memory, or reinstall it: pip install ")
