"""A local Scenario usage API with a deterministic studio behind it, as one WSGI application."""

from scenario_usage_cli.sandbox.app import API_KEY, API_SECRET, TOKEN, Sandbox

__all__ = ["API_KEY", "API_SECRET", "TOKEN", "Sandbox"]
