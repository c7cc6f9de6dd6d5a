"""Linear mixed models from sufficient statistics: pupils in schools, schools in municipalities.

``formula``      terms asked for → columns, coded and named as R does;
``cells``        sums of an engine by unit and cell → the input of a fit;
``sums``         the input: cross products of the columns by unit, and how units nest;
``basis``        columns centred and scaled inside, collinear ones left out, results back on the user's scale;
``elimination``  profiled deviance and its gradient, effects integrated out level by level;
``optimum``      its minimum, boundary included;
``fitting``      ``fit``: the model asked for → ``Fit``; what it refuses and what it leaves out, as codes;
``effects``      what is read off a fit: bars, reliability, expected results;
``stability``    do effects stay from year to year;
``diagnostics``  whether the assumptions hold, from the same sums.

Nothing here sees a pupil: memory goes with units × columns². Start with ``fitting``.
"""

from rostok.statistics.multilevel.fitting import Fit, FitRefused, LevelFit, Remark, fit
from rostok.statistics.multilevel.sums import INTERCEPT, NotNested, Sums, Units, sums_of_rows

__all__ = [
    "INTERCEPT",
    "Fit",
    "FitRefused",
    "LevelFit",
    "NotNested",
    "Remark",
    "Sums",
    "Units",
    "fit",
    "sums_of_rows",
]
