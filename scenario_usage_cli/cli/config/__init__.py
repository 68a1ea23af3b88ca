"""The config file: read, written and described; where secrets come from besides."""
