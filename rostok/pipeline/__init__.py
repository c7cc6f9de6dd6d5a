"""Read → store → reduce → evaluate → report, without Django: for the command line, jobs and notebooks.

>>> from rostok import pipeline
>>> methodology = pipeline.find_methodology("federal-low-results")
>>> pipeline.set_parameters(methodology, {"threshold": "0.25"}).label
'2021.1+threshold=0.25'

Start with ``analysing.analyse``: the whole job in twenty lines. ``reading`` and ``storing`` make a data version,
``calculating`` and ``intakes`` judge it, ``outputs`` and ``report_model`` give it form.
"""

from rostok.methodology.examples import check_examples
from rostok.pipeline.analysing import Plan, Run, analyse
from rostok.pipeline.calculating import Calculation, calculate
from rostok.pipeline.methodologies import (
    find_methodology,
    load_methodology,
    set_parameters,
    shipped_methodologies,
)
from rostok.pipeline.storing import Stored, read_and_store
from rostok.pipeline.synthesising import synthesise

__all__ = [
    "Calculation",
    "Plan",
    "Run",
    "Stored",
    "analyse",
    "calculate",
    "check_examples",
    "find_methodology",
    "load_methodology",
    "read_and_store",
    "set_parameters",
    "shipped_methodologies",
    "synthesise",
]
