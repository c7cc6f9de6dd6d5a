"""What a methodology is, and what it says of a school. Pure: no files, no clock, no engine of its own.

What can be said stands in ``nodes`` (and ``expressions``, ``parameters``), how it is read in ``loader``, how it is
computed in ``evaluate`` (Ibis, any engine) and ``reference`` (plain Python, slow and obvious: the judge of the
other), how it is told in ``explain``. Start with a file in ``methodologies/`` and ``nodes``.
"""

from rostok.methodology.errors import MethodologyError
from rostok.methodology.evaluate import Evaluation, FactTables, evaluate
from rostok.methodology.loader import load
from rostok.methodology.whole import Methodology

__all__ = ["Evaluation", "FactTables", "Methodology", "MethodologyError", "evaluate", "load"]
