"""The real result files of the shared region: recognised, read whole, and equal to their raw cells.

The raw cells are taken with openpyxl and judged by a few lines of plain Python that know nothing of our
readers. Bounds of mark «2» and maxima are those of the official descriptions of 2021.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from rostok.formats import Assumptions, FileReading, ScriptBatch, discover, load_scales, read_file
from rostok.schema.problems import Severity

pytestmark = pytest.mark.shared

# Assessment → (data rows of the file, schools, grade of the pupils); rows and schools as counted in the files.
FILES = {
    "2020/4/Математика.xlsx": ("vpr/2020/autumn/math/4", 26626, 629, 5),
    "2020/5/Математика.xlsx": ("vpr/2020/autumn/math/5", 25907, 631, 6),
    "2020/5/Русский язык.xlsx": ("vpr/2020/autumn/russian/5", 25708, 631, 6),
    "2020/6/Математика.xlsx": ("vpr/2020/autumn/math/6", 23857, 626, 7),
    "2020/6/Русский язык.xlsx": ("vpr/2020/autumn/russian/6", 23801, 627, 7),
    "2021/4/Проведение работы по математике, 4 класс. ВПР 2021.xlsx": ("vpr/2021/spring/math/4", 26666, 635, 4),
    "2021/5/Проведение работы по математике, 5 класс. ВПР 2021.xlsx": ("vpr/2021/spring/math/5", 26139, None, 5),
    "2021/5/Проведение работы по русскому языку, 5 класс. ВПР 2021.xlsx": ("vpr/2021/spring/russian/5", 26501, None, 5),
    "2021/6/Проведение работы по математике, 6 класс. ВПР 2021.xlsx": ("vpr/2021/spring/math/6", 25950, None, 6),
    "2021/6/Проведение работы по русскому языку, 6 класс. ВПР 2021.xlsx": ("vpr/2021/spring/russian/6", 25744, 635, 6),
}  # fmt: skip
# Last total of mark «2», maximum of the paper, maxima of the items in the order of the paper.
PAPERS = {
    "math/4": (5, 20, [1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2]),
    "math/5": (6, 20, [1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 1, 1, 1, 1, 1, 2]),
    "math/6": (5, 16, [1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2]),
    "russian/5": (17, 45, [4, 3, 2, 3, 3, 3, 3, 2, 3, 2, 2, 2, 2, 1, 2, 1, 2, 2, 1, 1, 1]),
    "russian/6": (24, 51, [4, 3, 2, 3, 3, 3, 3, 1, 1, 2, 3, 2, 1, 1, 2, 1, 2, 3, 2, 1, 2, 1, 1, 2, 2]),
}
CHECKED_FROM_RAW = (
    "2020/5/Математика.xlsx",
    "2021/6/Проведение работы по русскому языку, 6 класс. ВПР 2021.xlsx",
)


@cache
def reading(path: Path, name: str) -> FileReading:
    root = Path(__file__).resolve().parents[3]
    return read_file(path, name=name, assume=Assumptions(), scales=load_scales(root / "scales"))


def batch(shared: Path, name: str) -> ScriptBatch:
    [found] = reading(shared / "region" / name, name).batches
    assert isinstance(found, ScriptBatch)
    return found


def test_discover_finds_the_ten_files(shared: Path) -> None:
    found = discover([shared / "region" / "2020", shared / "region" / "2021"])
    assert [file.name for file in found.files] == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_file_is_recognised_and_every_row_is_read(shared: Path, name: str) -> None:
    key, rows, schools, pupil_grade = FILES[name]
    found = batch(shared, name)
    assert found.assessment.key == key
    assert found.assessment.pupil_grade == pupil_grade
    assert (found.source.rows, found.table.num_rows) == (rows, rows)
    if schools is not None:
        assert len(found.table.column("school_id").unique()) == schools
    assert [item.maximum for item in found.items] == PAPERS[key.partition("/")[2].split("/", 2)[2]][2]


@pytest.mark.parametrize("name", FILES)
def test_real_files_have_no_file_level_errors(shared: Path, name: str) -> None:
    problems = reading(shared / "region" / name, name).problems
    assert [problem.code for problem in problems if problem.severity is Severity.ERROR] == []


def raw_rows(path: Path) -> list[dict[str, object]]:
    """The cells of a file by heading, read without our readers."""
    book = openpyxl.load_workbook(path, read_only=True)
    lines = book.active.iter_rows(values_only=True)
    header = [str(cell) for cell in next(lines)]
    return [dict(zip(header, line, strict=False)) for line in lines]


def judge(row: dict[str, object], paper: str) -> tuple[str, str]:
    """School, and «absent», «nothing», «2» or «above» for one raw row."""
    last_of_two, maximum, maxima = PAPERS[paper]
    export_2020 = "user" in row
    school = str(row["user" if export_2020 else "логин школы"])[3:]
    if str(row["var-1" if export_2020 else "вариант"] or "").strip() == "отсутствовал":
        return school, "absent"
    cells = [row[f"a-{n}-grade" if export_2020 else f"балл за {n}"] for n in range(1, len(maxima) + 1)]
    texts = ["" if cell is None else str(cell).strip() for cell in cells]
    scores = [
        int(text)
        for text, limit in zip(texts, maxima, strict=True)
        if text.isdecimal() and int(text) <= limit
    ]
    total = row["sum" if export_2020 else "всего баллов"]
    if total in (None, "") or int(str(total)) > maximum:
        tried = any(text.upper() in ("X", "Х") for text in texts)
        if not scores and not tried:
            return school, "nothing"
        total = sum(scores)
    return school, "2" if int(str(total)) <= last_of_two else "above"


@pytest.mark.parametrize("name", CHECKED_FROM_RAW)
def test_counts_of_every_school_agree_with_the_raw_cells(shared: Path, name: str) -> None:
    paper = FILES[name][0].split("/", 3)[3]
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for row in raw_rows(shared / "region" / name):
        school, verdict = judge(row, paper)
        expected[school][verdict] += 1
    found: dict[str, Counter[str]] = defaultdict(Counter)
    table = batch(shared, name).table.select(["school_id", "absent", "participant", "under_minimum"])
    for row in table.to_pylist():
        verdict = "absent" if row["absent"] else "nothing" if not row["participant"] else ""
        found[row["school_id"]][verdict or ("2" if row["under_minimum"] else "above")] += 1
    assert len(found) > 600
    assert found == expected


def test_counts_of_the_known_dirt(shared: Path) -> None:
    """Counted in the raw file by hand: absent, rows without a paper, totals absent, items of another paper."""
    name = "2020/5/Математика.xlsx"
    counted: Counter[str] = Counter()
    for problem in reading(shared / "region" / name, name).problems:
        counted[problem.code] += problem.count
    assert counted["rows-absent"] == 3847
    assert counted["row-empty-script"] == 1
    assert counted["total-missing"] == 2
    assert counted["value-out-of-range"] == 2  # «−1» in two cells
    assert counted["sex-unreadable"] == 8  # marks in the column of sex, beside the same marks
    assert counted["columns-junk"] == 1
