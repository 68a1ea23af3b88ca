"""All that knows HTTP and the wire format of the Scenario API."""

import sys

# Where click is installed, httpx imports its own command line, and with it rich and pygments.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: an ImportError
