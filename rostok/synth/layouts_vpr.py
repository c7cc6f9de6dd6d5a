"""ВПР layouts: the exports of 2020 and 2021, the school forms of 2022 and 2026, the report Ф1.

Columns, order and quirks are those of the real files (numbers of items in the exports are places in the
paper, not numbers of items; the heading «Учебник» replaces the first column past the last item in 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from rostok.schema.assessments import Assessment, Subject
from rostok.synth.grids import ABSENT, NO_MARK, Grid, Objects, rows_of, shuffled_schools
from rostok.synth.places import REGION_NAME
from rostok.synth.region import Region
from rostok.synth.workbooks import Cell, Formula, Sheet

EXPORT_2020_ITEMS = 40
JUNK_COLUMNS = 3  # columns past the table in a dirty file

TITLES = {Subject.MATH: "Математика", Subject.RUSSIAN: "Русский язык"}
_DATIVE = {Subject.MATH: "математике", Subject.RUSSIAN: "русскому языку"}


def title(subject: Subject) -> str:
    """The subject as files write it."""
    return TITLES.get(subject, subject.label.capitalize())


def path_2020(assessment: Assessment) -> str:
    return f"{assessment.year}/{assessment.grade}/{title(assessment.subject)}.xlsx"


def path_2021(assessment: Assessment) -> str:
    subject = _DATIVE.get(assessment.subject, assessment.subject.by_label)
    grade, year = assessment.grade, assessment.year
    return f"{year}/{grade}/Проведение работы по {subject}, {grade} класс. ВПР {year}.xlsx"


def path_f1(assessment: Assessment) -> str:
    subject, grade, year = title(assessment.subject), assessment.grade, assessment.year
    return f"{year}/Ф1 Индивидуальные результаты. ВПР {year}. {subject}, {grade} класс.xlsx"


def form_name(assessment: Assessment) -> str:
    """The name of a school's form, the same in every school: the login is the folder's."""
    subject, grade, year = title(assessment.subject), assessment.grade, assessment.year
    return f"Форма сбора результатов {subject} {grade} класс ВПР {year}.xlsx"


def path_forms(assessment: Assessment) -> str:
    subject, grade, year = title(assessment.subject), assessment.grade, assessment.year
    return f"{year}/Формы сбора результатов ВПР {year} {subject} {grade} класс.zip"


def export_2020(region: Region, grid: Grid, *, junk: bool = False) -> list[Sheet]:
    """The 2020 export: numbers and codes are numbers, scores are texts, forty item columns."""
    schools, places = region.population.schools, region.municipalities.codes
    code = f"{region.region_code}-RU-REG,VPR_{region.region_code},"
    groups = np.array([code + place.replace("_m", "_vpr_m") for place in places], dtype=object)
    users = np.array([f"sch{key}" for key in schools.keys], dtype=object)
    number = grid.code - grid.assessment.pupil_grade * 10_000
    columns = [groups[schools.municipality][grid.school], users[grid.school], number, grid.code, grid.journal,
               grid.sex, grid.klass, grid.variant, _empty(grid), grid.total, *grid.items]  # fmt: skip
    header = ["groups", "user", "id", "code", "otc", "gender", "klass", "var-1", "var-2", "sum"]
    header += [f"a-{place}-grade" for place in range(1, EXPORT_2020_ITEMS + 1)]
    header[10 + len(grid.items)] = "Учебник"
    return [_sheet("Sheet1", header, columns, shuffled_schools(region, grid), junk)]


def export_2021(region: Region, grid: Grid, *, junk: bool = False) -> list[Sheet]:
    """The 2021 export: one table, every cell a text."""
    schools = region.population.schools
    users = np.array([f"sch{key}" for key in schools.keys], dtype=object)
    names = np.array(region.municipalities.names, dtype=object)[schools.municipality]
    number = grid.code - grid.assessment.pupil_grade * 10_000
    columns = [users[grid.school], names[grid.school], _texts(number), _texts(grid.code), grid.journal, grid.sex,
               grid.klass, grid.variant, _texts(grid.total), *grid.items]  # fmt: skip
    header = ["логин школы", "регион", "номер обучающегося", "код обучающегося",
              "отметка за предыдущую четверть/триместр", "пол", "класс", "вариант", "всего баллов"]  # fmt: skip
    header += [f"балл за {place}" for place in range(1, len(grid.items) + 1)]
    header += ["Учебник", "Др.уч. автор", "Др.уч. название"]
    return [_sheet("Sheet1", header, columns, shuffled_schools(region, grid), junk)]


def report_f1(region: Region, grid: Grid, *, junk: bool = False) -> list[Sheet]:
    """Ф1 «Индивидуальные результаты» of the whole region: a heading of five rows, levels, then the table."""
    schools, assessment = region.population.schools, grid.assessment
    sat = np.flatnonzero(~grid.absent)  # the report lists those who wrote
    order = shuffled_schools(region, grid)
    order = order[np.isin(order, sat)]
    users = np.array([f"edu{key}" for key in schools.keys], dtype=object)
    towns = np.array(region.municipalities.names, dtype=object)[schools.municipality]
    names = np.array(schools.names, dtype=object)
    columns = [users[grid.school], towns[grid.school], names[grid.school], grid.code, grid.klass, grid.variant,
               *(_numbers(cells) for cells in grid.items), grid.total, grid.mark, _numbers(grid.journal)]  # fmt: skip
    items = _labelled(grid)
    header = ["ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант", *items,
              "Первичный балл", "Отметка", "Отметка по журналу"]  # fmt: skip
    levels = ["", "", "", "", "", "", *["Б"] * len(items)]
    top: list[Sequence[Cell]] = [
        [f"ВПР {assessment.year} {title(assessment.subject)} {assessment.grade} класс"],
        ["Предмет", title(assessment.subject)],
        ["Максимальный первичный балл", sum(grid.item_maxima)],
        ["Дата", f"15.03.{assessment.year}"],
        [f"{REGION_NAME} | Кол-во участников: {len(order)}"],
        list(levels),
    ]
    table = _sheet("Ф1", header, columns, order, junk)
    return [Sheet(table.name, top + list(table.rows))]


def form_2022(grid: Grid) -> list[Sheet]:
    """The form of the one school in ``grid``, 2022: «Классы» and «Протокол»; the total is a formula."""
    classes: list[list[Cell]] = [["Буква класса", "Учебник"]]
    classes += [[letter, ""] for letter in _letters_used(grid)]
    header = ["Код участника", "Вариант", *_labelled(grid), "Наименование класса", "Пол",
              "Отметка за предыдущий триместр/ четверть/полугодие", "Итого баллов"]  # fmt: skip
    columns = [*_numbered(grid), grid.klass, grid.sex, _numbers(grid.journal)]
    return [Sheet("Классы", classes), Sheet("Протокол", _form_rows(grid, header, columns))]


def form_2026(grid: Grid) -> list[Sheet]:
    """The form of the one school in ``grid``, 2026: «Протокол», «Служебный», «Порядковый номер класса»."""
    letters = _letters_used(grid)
    place = {letter: number for number, letter in enumerate(letters, start=1)}
    classes = np.array([place.get(str(name), "") for name in grid.klass], dtype=object)
    header = ["Код участника", "Вариант", *_labelled(grid), "Порядковый номер класса",
              "Отметка за предыдущий триместр/ четверть/полугодие", "Итого баллов"]  # fmt: skip
    columns = [*_numbered(grid), classes, _numbers(grid.journal)]
    scores: list[Cell] = [*range(max(grid.item_maxima), -1, -1), "X"]
    lists: list[list[Cell]] = [[1, 2, ABSENT], scores, [5, 4, 3, 2, NO_MARK]]
    service: list[list[Cell]] = [list(line) for line in zip_longest(*lists, fillvalue="")]
    numbers: list[list[Cell]] = [["Порядковый номер класса", "Класс"]]
    numbers += [[number, letter] for letter, number in place.items()]
    return [Sheet("Протокол", _form_rows(grid, header, columns)),
            Sheet("Служебный", service),
            Sheet("Порядковый номер класса", numbers)]  # fmt: skip


def _letters_used(grid: Grid) -> list[str]:
    return sorted({str(name) for name in grid.klass if name})


def _numbered(grid: Grid) -> list[Objects]:
    """Code, variant and scores as numbers, as a form's lists give them."""
    return [grid.code, _numbers(grid.variant), *(_numbers(cells) for cells in grid.items)]


def _form_rows(grid: Grid, header: list[str], columns: list[Objects]) -> list[list[Cell]]:
    first, last = _letter(2), _letter(1 + len(grid.items))
    table: list[list[Cell]] = [list(header)]
    for line, (row, total) in enumerate(zip(rows_of(columns), grid.total, strict=True), start=2):
        table.append([*row, Formula(f"=SUM({first}{line}:{last}{line})", total or 0)])
    return table


def _labelled(grid: Grid) -> list[str]:
    return [f"{label} ({most}б)" for label, most in zip(grid.item_labels, grid.item_maxima, strict=True)]


def _letter(column: int) -> str:
    """Spreadsheet letters of a column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _empty(grid: Grid) -> Objects:
    return np.full(len(grid), "", dtype=object)


def _texts(cells: Objects) -> Objects:
    return np.array(
        [str(cell) if isinstance(cell, int | np.integer) else cell for cell in cells], dtype=object
    )


def _numbers(cells: Objects) -> Objects:
    return np.array([int(c) if isinstance(c, str) and c.isdigit() else c for c in cells], dtype=object)


def _sheet(name: str, header: list[str], columns: list[Objects], order: np.ndarray, junk: bool) -> Sheet:
    """The table in the order of ``order``; with junk, three columns of remarks beyond it."""
    rows = rows_of([column[order] for column in columns])
    if junk:
        header = [*header, *(f"Столбец{number}" for number in range(1, JUNK_COLUMNS + 1))]
        for row in rows[:: max(1, len(rows) // 20)]:
            row.extend([""] * (len(header) - JUNK_COLUMNS - len(row)) + ["проверено", 1, "см. лист 2"])
    return Sheet(name, [header, *rows])
