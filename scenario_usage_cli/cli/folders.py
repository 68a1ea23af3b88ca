"""The user's folders for what this tool keeps: its config file, and its caches."""

import os
import sys
from pathlib import Path

_NAME = "scenario-usage"


def find_user_folder(kind: str) -> Path:
    """The folder for `config` or `cache`; it is not absolute if there is no home folder."""
    is_usual = not (os.environ.get(f"XDG_{kind.upper()}_HOME") or "ANDROID_DATA" in os.environ)
    try:
        if sys.platform == "linux" and is_usual:
            # What platformdirs says there; its import takes 5 % of the instructions of a start.
            return Path(f"~/.{kind}", _NAME).expanduser()
        # Imported only if it is needed, as every start would wait for it.
        import platformdirs

        find = platformdirs.user_config_path if kind == "config" else platformdirs.user_cache_path
        return find(_NAME)
    except RuntimeError:
        return Path(f"~/.{kind}", _NAME)
