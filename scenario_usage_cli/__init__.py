"""What a studio spends on Scenario: consumption, cost per model and assets per kind."""

__version__ = "0.1.0"
