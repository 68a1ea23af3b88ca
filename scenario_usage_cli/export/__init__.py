"""The daily dataset: which days are missing, how they are fetched, and how it stays whole."""
