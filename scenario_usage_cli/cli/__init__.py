"""The command line: what was asked, and how the process ends."""
