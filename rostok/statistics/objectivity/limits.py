"""Limits the commands name in their words; they stand alone so that naming one loads no numerical library."""

RATE = 0.05  # expected share of wrong schools in the list
LEAST_SCHOOLS = 20  # for an estimate of how schools really differ
MEDIAN_OF_SQUARE = 0.6744897501960817**2  # of a standard normal squared: its upper quartile, squared
