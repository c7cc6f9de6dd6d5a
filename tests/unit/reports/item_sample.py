"""Sections on items and objectivity as the pipeline would hand them over: invented, small, every case once."""

from __future__ import annotations

from dataclasses import replace

from report_sample import ASSESSMENTS, sample_report

from rostok.reports.item_charts import Boundary, MarkPoint, MarkRow, ScoreBar
from rostok.reports.item_model import (
    EffectLine,
    Gaps,
    IndexLine,
    ItemLine,
    ListedPaper,
    ListedSchool,
    MarkedPaper,
    Objectivity,
    PaperGaps,
    Percent,
    PlaceLine,
    SchoolGaps,
    SkillLine,
    TreatedLists,
    TreatedOutcome,
)
from rostok.reports.model import Report
from rostok.schema.verdicts import Status

PAPER = ASSESSMENTS[5]  # mathematics, spring 2021, grade 5
FRACTIONS = "Выполнять действия с дробями"
WELL = Percent(400, 81.25, 78.0, 84.0, Status.ABOVE)
BADLY = Percent(400, 31.5, 27.0, 36.0, Status.BELOW)
OPEN = Percent(9, 55.0, 25.0, 81.0, Status.CANNOT_TELL)
NOBODY = Percent(0, None)

ITEMS = (
    ItemLine("1", "Б", FRACTIONS, BADLY, 0.125, 0.0, 0.41),
    ItemLine("2", "Б", FRACTIONS, replace(BADLY, value=29.0), 0.03, 0.0, 0.38),
    ItemLine("3", "", "Решать задачи", replace(WELL, status=None), 0.0, 0.25, None),
)
SKILLS = (
    SkillLine(FRACTIONS, ("1", "2"), BADLY, ("1", "2"), systemic=True, says_more=True),
    SkillLine("Решать задачи", ("3",), replace(WELL, status=Status.CANNOT_TELL), judged=False),
)
PLACES = (
    PlaceLine("Заречный район", (BADLY, BADLY, WELL), (BADLY, WELL)),
    PlaceLine("Верхнебельский район", (OPEN, WELL, NOBODY), (OPEN, NOBODY)),
)
MARKS = tuple(
    MarkRow(label, tuple(MarkPoint(f"«{m}»", p, 80) for m, p in zip("2345", percents, strict=True)), crossing)
    for label, percents, crossing in (
        ("1", (10.0, 25, 50, 80), False),
        ("2", (8.0, 35, 20, 71), True),
        ("3", (40.0, 70, 90, 99), False),
    )
)
SCORES = tuple(ScoreBar(score, count) for score, count in enumerate((3, 10, 40, 90, 120, 90, 40, 7)))

GAPS = Gaps(
    papers=(
        PaperGaps(PAPER, 12, 400, ITEMS, SKILLS, PLACES, MARKS, SCORES, (Boundary(0, "«2»"), Boundary(3, "«3»"))),
        PaperGaps(ASSESSMENTS[4], 3, 25, (replace(ITEMS[2], skill=""),)),
    ),
    schools={"900001": (SchoolGaps(PAPER, 25, 3, ("1", "2"), (FRACTIONS,)),)},
    thresholds=(("Б", 60, 3), ("П", 30.0, 1.5)),
    codifiers=True,
)  # fmt: skip

OBJECTIVITY = Objectivity(
    schools=60, asked=50, marked=20, tested=50, rate=0.05,
    markers=(("inflated_mean", 20), ("boundary_peaks", 1)),
    listed=(ListedSchool("900002", 3, 0.0000123, 0.0006, ("boundary_peaks",),
                         (ListedPaper(PAPER, "boundary_peaks", 15, 9.5),)),
            ListedSchool("900001", 2, 0.0021, 0.04, ("repeated_answers",))),
    indexes=(IndexLine("", 2020, 75.0, 40, 10), IndexLine("", 2021, 70.0, 50, 15)),
    by_paper=(MarkedPaper("900002", "boundary_peaks", None, 80, 15.0, 9.5, 0.00004),
              MarkedPaper("900001", "inflated_mean", PAPER, 25, 14.5, 12.25),
              MarkedPaper("900002", "inflated_mean", PAPER, 9, 15.0, 12.25)),
    effects=(EffectLine("territory=rural", 30, 20, 10, 25, 1), EffectLine("kind=лицей", 4, 4, 3, 4, 0),
             EffectLine("size=small", 5, 0, 0, 2, 0)),
    lists=TreatedLists((("не в списке", 40, 39, 40), ("сказать нельзя", 20, 21, 20)),
                       (TreatedOutcome("900002", "не в списке", "сказать нельзя", "не в списке"),), 6),
    names={"900001": ("Школа № 1", "Заречный район"), "900002": ("Школа № 2", "Верхнебельский район")},
)  # fmt: skip


def full_report(schools: int = 60) -> Report:
    return replace(sample_report(schools), gaps=GAPS, objectivity=OBJECTIVITY)
