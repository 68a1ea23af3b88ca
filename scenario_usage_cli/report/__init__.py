"""Pure: merged usage to reports. Every total and every column is defined here, once."""
