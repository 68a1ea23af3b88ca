"""Measurements, never assertions: whole processes, in turn, as ratios of one run."""
