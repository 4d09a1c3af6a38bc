"""Computed figures, the rule catalogue, great-expectations suites, findings."""
