"""FOCUS, the FinOps Open Cost and Usage Specification: usage as rows of its CostAndUsage table."""
