"""The daily dataset."""
