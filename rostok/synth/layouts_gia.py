"""Protocols of ОГЭ and ЕГЭ, with invented names and document numbers that a reader must drop.

Schools stand by their code of ГИА, which the register ties to the login. The ninth and eleventh graders who
did not come are not in a protocol.
"""

from __future__ import annotations

import numpy as np

from rostok.schema.assessments import Assessment, Kind, Subject
from rostok.synth import places
from rostok.synth.layouts_vpr import title
from rostok.synth.region import Region
from rostok.synth.scripts import Scripts
from rostok.synth.workbooks import Cell, Sheet

_CODES = {Subject.RUSSIAN: "01", Subject.MATH: "02"}
_BASE_CODE = "22"
_DAYS = {Subject.RUSSIAN: "05.30", Subject.MATH: "06.07"}
_NAMES = {Kind.OGE: "ОГЭ", Kind.EGE: "ЕГЭ", Kind.EGE_PROFILE: "ЕГЭ", Kind.EGE_BASE: "ЕГЭ"}
_LEVELS = {Kind.EGE_PROFILE: " профильный уровень", Kind.EGE_BASE: " базовый уровень"}

_OGE_HEADER = ("№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Код участника", "Фамилия", "Имя", "Отчество",
               "Серия", "Номер", "Ответы в краткой форме", "Ответы в развернутой форме", "Первичный балл",
               "Оценка")  # fmt: skip
_EGE_HEADER = ("№", "Код ППЭ", "Код ОО", "Класс", "Код ООП", "Профиль", "Фамилия", "Имя", "Отчество", "Вариант",
               "Код участника", "№ бланка", "Ответы в краткой форме", "Ответы в развернутой форме",
               "Первичный балл", "Итоговый балл")  # fmt: skip


def gia_codes(region: Region) -> list[str]:
    """Six digits of ГИА for each school: municipality and number within it. Not the digits of the login."""
    seen: dict[int, int] = {}
    codes = []
    for place in region.population.schools.municipality.tolist():
        seen[place] = seen.get(place, 0) + 1
        codes.append(f"{place + 1:03d}{seen[place]:03d}")
    return codes


def path(assessment: Assessment) -> str:
    name, level = _NAMES[assessment.kind], _LEVELS.get(assessment.kind, "")
    subject, year = title(assessment.subject), assessment.year
    return f"{year}/ГИА/Протокол {name} {year} {subject}{level}.xlsx"


def protocol(region: Region, assessment: Assessment) -> list[Sheet]:
    """The protocol of one exam of the whole region, ОГЭ or ЕГЭ by the kind."""
    scripts = region.scripts(assessment)
    sat = np.flatnonzero(~scripts.absent)
    short, extended = _answers(scripts, sat)
    codes = gia_codes(region)
    code = _BASE_CODE if assessment.kind is Kind.EGE_BASE else _CODES[assessment.subject]
    head = f"{code} - {title(assessment.subject)} {assessment.year}.{_DAYS[assessment.subject]}"
    is_oge = assessment.kind is Kind.OGE
    rows: list[list[Cell]] = [[head], [], list(_OGE_HEADER if is_oge else _EGE_HEADER)]
    for number, row in enumerate(sat.tolist(), start=1):
        school = int(scripts.school[row])
        klass = f"{assessment.grade}{'АБВГДЕЖЗИК'[int(scripts.klass[row]) % 10]}"
        place = 1000 + school // 8
        person = places.person(number)
        answers: list[Cell] = [short[number - 1], extended[number - 1], int(scripts.total[row])]
        if is_oge:
            rows.append([number, codes[school], klass, place, 1 + number % 15, _pupil(scripts, row), *person,
                         "0000", f"{number:06d}", *answers, int(scripts.mark[row])])  # fmt: skip
        else:
            rows.append([number, place, codes[school], klass, 1, "", *person, 100 + int(scripts.variant[row]),
                         _pupil(scripts, row), 2_000_000 + number, *answers, _final(scripts, row)])  # fmt: skip
    return [Sheet("Протокол", rows)]


def _pupil(scripts: Scripts, row: int) -> int:
    """A code unlike those of ВПР: the exams do not reuse them."""
    return int(scripts.school[row]) * 1_000 + int(scripts.number[row])


def _final(scripts: Scripts, row: int) -> int:
    """Test score, or the mark of the basic level."""
    test = scripts.blueprint.test_score(int(scripts.total[row]))
    return int(scripts.mark[row]) if test is None else test


def _answers(scripts: Scripts, rows: np.ndarray) -> tuple[list[str], list[str]]:
    """«++-+» for items of one point before the first larger one, «2(2)1(2)» for the rest."""
    maxima = [item.maximum for item in scripts.blueprint.items]
    first = next((place for place, most in enumerate(maxima) if most > 1), len(maxima))
    gained = np.maximum(scripts.scores, 0)[:, rows]
    short = np.where(gained[:first] > 0, "+", "-").T
    extended = gained[first:].T
    ends = [f"({most})" for most in maxima[first:]]
    return (
        ["".join(line) for line in short],
        [
            "".join(f"{points}{end}" for points, end in zip(line, ends, strict=True))
            for line in extended.tolist()
        ],
    )
