"""What is still to come: the method, its interval, and how well both did in many studios."""
