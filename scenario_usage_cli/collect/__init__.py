"""From requests to one merged Usage each, by as many answers as that takes."""
