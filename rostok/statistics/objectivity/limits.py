"""Limits the commands name in their words; they stand alone so that naming one loads no numerical library."""

RATE = 0.05  # expected share of wrong schools in the list
LEAST_SCHOOLS = 20  # for an estimate of how schools really differ
