"""Sections of analysis of three made-up schools: figures chosen so that words can be checked by hand."""

from __future__ import annotations

from dataclasses import replace

from report_sample import sample_report

from rostok.reports.analysis_model import (
    Analysis,
    Changed,
    ClusterLine,
    Clusters,
    Compared,
    GroupMoves,
    Growth,
    Moved,
    Neighbour,
    PaperValue,
    Resilience,
    ResilienceLine,
    Sandbox,
    Similar,
    SimilarLine,
    TriedValue,
    ValueAdded,
    ValueLine,
)
from rostok.reports.change_charts import Estimate, Line, Move
from rostok.reports.effect_charts import BandPoint, BoxRow, Sign
from rostok.reports.model import Report
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

GROWTH = Growth(
    ("весна 2020", "весна 2021"),
    (
        Compared("", "весна 2020", "весна 2021", -2.0, 3.0, (
            Changed("990001", 60, 4.0, -2.0, 5.0, 1.0, 9.0, Sign.ABOVE),
            Changed("990002", 50, -9.0, -2.0, -4.0, -9.0, 1.0, Sign.CANNOT_TELL),
            Changed("990003", 9, -30.0, -2.0, -7.0, -13.0, -1.0, Sign.BELOW),
        )),
    ),
    (Compared("ВПР", "4 класс", "5 класс", -7.0, 0.0, (Changed("990001", 60, -3.0, -7.0, 4.0, 1.0, 7.0, Sign.ABOVE),)),),
    (Moved("весна 2020", "весна 2021", ((Move(9, 5.2, 2, 8), Move(1, 3.0, 2, 5)), (Move(4, 4.0, 2, 6), Move(6, 6.0, 3, 9)))),),
    (
        Line("сельские", (Estimate(-0.1, -0.2, 0.0), Estimate(0.1, 0.0, 0.2))),
        Line("городские", (Estimate(0.0, -0.1, 0.1), None)),
    ),
    frozenset({"990002"}),
)  # fmt: skip

RESILIENCE = Resilience(
    "индекс из данных", 0.1, 0.25, 0.8, 3.2, 0.8,
    (
        ResilienceLine("990001", 1.0, 0.27, 0.82, "resilient"),
        ResilienceLine("990002", 2.0, -0.35, 0.02, "not_resilient"),
        ResilienceLine("990003", 9.0, 0.4, 0.0, "better_conditions"),
        ResilienceLine("990004", None, None, None, "cannot_tell"),
    ),
    assumed_reliability=True,
)  # fmt: skip
SIMILAR = Similar(
    "Социальный паспорт", 6, 0.5, 10,
    (
        SimilarLine("990001", 4, -5.0, -9.0, -1.0, Sign.BELOW,
                    (Neighbour("990003", 0.1, Sign.CANNOT_TELL), Neighbour("990002", 0.2, Sign.ABOVE))),
        SimilarLine("990002", 10, 2.0, -1.0, 5.0, Sign.CANNOT_TELL, (Neighbour("990001", 0.2, Sign.BELOW),)),
        SimilarLine("990003", 0, None, None, None, Sign.CANNOT_TELL),
    ),
    unknown=2,
)  # fmt: skip
CLUSTERS = Clusters(
    (
        ClusterLine(1, "близка к среднему по всем признакам", 0.93, (("990001", 0.99), ("990002", 0.6))),
        ClusterLine(2, "математика: ниже", 0.7, (("990003", 0.8),)),
    ),
    0.74,
)  # fmt: skip


def analysed_report() -> Report:
    """A report of the three schools with every section."""
    report = sample_report(5)
    schools = tuple(
        replace(line, school_id=key, name=NAMES[key][0], municipality=NAMES[key][1])
        for line, key in zip(report.schools, NAMES, strict=False)
    )
    found = Analysis(VALUE_ADDED, SANDBOX, GROWTH, RESILIENCE, SIMILAR, CLUSTERS)
    return replace(report, schools=schools, analysis=found)
