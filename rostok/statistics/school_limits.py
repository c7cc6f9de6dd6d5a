"""Defaults that the command line names without loading what computes with them (a second of libraries)."""

# Resilience: in standard deviations of pupils, about two points of a hundred; the bottom quarter of schools, as in
# PISA; with a certainty above 0.8 few schools of a region with a usual index get any verdict.
DELTA = 0.1
LOWER_PART = 0.25
CERTAINTY = 0.8

# Kinds of schools: how many at most, and resamples for their stability.
MOST_KINDS = 8
RESAMPLES = 50
