"""Sections of analysis of three made-up schools: figures chosen so that words can be checked by hand."""

from __future__ import annotations

from rostok.reports.analysis_model import GroupMoves, PaperValue, Sandbox, TriedValue, ValueAdded, ValueLine
from rostok.reports.effect_charts import BandPoint, BoxRow, Sign
from rostok.schema.assessments import Assessment, Kind, Subject, Wave

NAMES = {
    "990001": ("Школа № 10", "Заречный район"),
    "990002": ("Школа № 2", "Заречный район"),
    "990003": ("Школа № 1", "Лесной округ"),
}
PAPER = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 5)

VALUE = PaperValue(
    PAPER, ("sex", "cohort_prior_mean", "context"), participants=60, dropped=4, between_sd=5.0, share_between=0.1,
    lines=(
        ValueLine("990001", 30, real=61.0, expected=54.0, effect=5.0, error=2.0, sign=Sign.ABOVE),
        ValueLine("990002", 25, real=48.0, expected=50.0, effect=-1.0, error=2.5, sign=Sign.CANNOT_TELL),
        ValueLine("990003", 5, real=33.3, expected=44.4, effect=-2.0, error=4.0, sign=Sign.CANNOT_TELL),
    ),
    reliable_from=36.2,
    bands=(BandPoint(1, 40, 38, 42, 30, 50), BandPoint(10, 58, 56, 60, 48, 68)),
    of_conditions={"990001": 10.0, "990002": 4.0, "990003": 1.0},
)  # fmt: skip
VALUE_ADDED = ValueAdded(
    (VALUE,), "индекс из данных", (BoxRow("сельские", -4, -1, 0, 1, 4, "46 школ"),), 1, left_out=2, without=1
)

SANDBOX = Sandbox(
    "порог доли", "share", 0.3,
    (
        TriedValue(0.25, 3, ("990002", "990003"), (), 2, 1, 0.5, 1),
        TriedValue(0.3, 1, (), (), 2, 1, None, 1),
        TriedValue(0.35, 0, (), ("990001",), 1, 0, None, 1),
    ),
    (GroupMoves("territory=rural", 2, (2, 1, 0)),),
)  # fmt: skip
