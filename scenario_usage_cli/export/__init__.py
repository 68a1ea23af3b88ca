"""The daily dataset: which days are missing, fetched, written so that it is always whole."""
