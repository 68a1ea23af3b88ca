"""From a period and filters to one merged Usage, however many answers that takes."""
