"""The folders of the user: those that platformdirs says, found without it where that is simple."""

import os

import platformdirs
import pytest

from scenario_usage_cli.cli.folders import find_user_folder


@pytest.mark.parametrize("chosen", [None, "", "/elsewhere"])
@pytest.mark.parametrize("kind", ["config", "cache"])
def test_the_folders_are_those_of_platformdirs(
    kind: str, chosen: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With and without the variable of the system's standard."""
    variable = f"XDG_{kind.upper()}_HOME"
    monkeypatch.delenv(variable, raising=False)
    if chosen is not None:
        monkeypatch.setenv(variable, chosen)
    expected = {
        "config": platformdirs.user_config_path("scenario-usage"),
        "cache": platformdirs.user_cache_path("scenario-usage"),
    }

    assert find_user_folder(kind) == expected[kind]


@pytest.mark.parametrize("kind", ["config", "cache"])
def test_without_a_home_the_folder_is_not_absolute(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So nobody makes a folder called `~` where the command runs."""
    monkeypatch.delenv(f"XDG_{kind.upper()}_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)

    assert not find_user_folder(kind).is_absolute()
