"""The story of a period, in chapters: what pages and workbooks tell of a report."""
