"""Two papers of three schools: one of few pupils, one under the threshold only if it is lowered, one far below."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.papers import NAME, STEM, export, pupils, write

AUTUMN = f"2020/{STEM.replace('2021', '2020')}.csv"
PLAN = ("--methodology", "federal-low-results", "--workers", "1")
QUICK = ("--no-report", "--no-firmness")


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Autumn 2020 (codes of seventh-graders) and spring 2021; «2» of 990001: 5 of 20, of 990002: 10 of 20, of 990003: 0 of 4."""
    sizes = {"sch990001": (20, 5), "sch990002": (20, 10), "sch990003": (4, 0)}

    def of_grade(grade: int) -> bytes:
        return export(
            *(
                line
                for school, (number, below) in sizes.items()
                for line in pupils(number, below, school=school, grade=grade)
            )
        )

    return write(tmp_path_factory.mktemp("inputs"), {NAME: of_grade(6), AUTUMN: of_grade(7)})
