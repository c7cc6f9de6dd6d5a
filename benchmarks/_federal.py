"""The federal rule written down once for the peers: which papers count, thresholds, who sits them.

Only ВПР 5 and 6, Russian and mathematics: the national data hold no exams that the rule looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

THRESHOLD, MIN_ASSESSMENTS, MIN_PARTICIPANTS, WINDOW_YEARS = 0.30, 2, 5, 2
Z = 1.959963984540054  # 95 %
PRIMARY = "НОШ"  # primary schools teach up to grade 4 and sit none of these papers

RESULT_COLUMNS = ["school_id", "low_results", "low_count", "assessment_count", "unknown_count", "cohorts"]
REASON_COLUMNS = ["school_id", "kind", "subject", "grade", "year", "wave", "cohort", "participants", "absent", "below",
                  "share_below", "lower", "upper", "low"]  # fmt: skip


@dataclass(frozen=True)
class Paper:
    path: Path
    year: int
    wave: str
    subject: str
    grade: int

    @property
    def cohort(self) -> str:
        """School year and grade of the pupils; all national papers are written in spring."""
        return f"{self.year - 1}/{self.year % 100:02d}-{self.grade}"

    @property
    def identity(self) -> dict[str, object]:
        return {"kind": "vpr", "subject": self.subject, "grade": self.grade, "year": self.year, "wave": self.wave,
                "cohort": self.cohort}  # fmt: skip


def papers(store: Path) -> list[Paper]:
    """The files of the rule's window: paths are scripts/vpr/YEAR/WAVE/SUBJECT/GRADE.parquet."""
    found = []
    for path in sorted((store / "scripts" / "vpr").rglob("*.parquet")):
        year, wave, subject, grade = path.with_suffix("").parts[-4:]
        found.append(Paper(path, int(year), wave, subject, int(grade)))
    latest = max(paper.year for paper in found)
    return [
        paper
        for paper in found
        if paper.year > latest - WINDOW_YEARS
        and paper.subject in {"math", "russian"}
        and paper.grade in {5, 6}
    ]
