"""The browser of the person who runs the command."""

import os
import sys


def open_in_browser(address: str) -> bool:
    """Show an address in it; False where there is none, or no display for it.

    A browser for terminals is not asked, unless the environment names it.
    """
    import webbrowser

    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if sys.platform.startswith(("linux", "freebsd")) and not named:
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False
