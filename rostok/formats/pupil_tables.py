"""Tables about single pupils: no table of schools, and results that must not be passed over in silence.

A sheet with a column of people beside a column of scores or marks that no layout of results takes is an error:
such a protocol left out with a mere notice would give figures without it, and read as school context worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rostok.formats.batches import FileReading
from rostok.formats.cells import text_of
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.workbook import Cell, Sheet, heading

# Headings of nothing but pupils.
_OF_PUPILS = frozenset(
    {
        "код участника", "код обучающегося", "номер обучающегося", "pupil_code", "var-1", "вариант",
        "variant", "фамилия",
    }
)  # fmt: skip
# Headings of people; beside a score they are pupils, else they may be heads of schools.
_OF_PEOPLE = re.compile(
    r"(?:фио|ф\.\s?и\.\s?о\.?|фамилия|имя|отчество|снилс|участник|ученик|обучающийся|учащийся|выпускник)"
    r"(?:[ ,(/].*)?"
)
_OF_STAFF = re.compile(r"директор|руковод|завуч|учител|педагог|ответствен|контакт|оператор|координатор")
_OF_SCORES = re.compile(r"(?<!\w)(?:балл\w{0,2}|оценк[аи]|отметк[аи]|raw_score|test_score|score|mark)(?!\w)")
_OF_MANY = re.compile(r"средн|колич|кол-во|число|дол[яи]|процент|%|сумма баллов оо")

WITHIN = 20  # lines a header may stand below


def about_pupils(headings: Iterable[str]) -> bool:
    """Is this the header of a table about single pupils? ``headings`` in the form of ``workbook.heading``."""
    names = set(headings)
    return not _OF_PUPILS.isdisjoint(names) or _people_with_scores(names)


def _people_with_scores(names: Iterable[str]) -> bool:
    written = [name for name in names if name]
    people = any(_OF_PEOPLE.fullmatch(name) and not _OF_STAFF.search(name) for name in written)
    return people and any(_OF_SCORES.search(name) and not _OF_MANY.search(name) for name in written)


def recognises(sheet: Sheet, ctx: ReadContext) -> bool:
    """A header with people and their scores."""
    return _header(sheet) is not None


def _header(sheet: Sheet) -> list[Cell] | None:
    rows = (row for row in sheet.rows[:WITHIN] if _people_with_scores(heading(cell) for cell in row))
    return next(rows, None)


def read(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """Nothing but the problem that names the headings."""
    log = ctx.log(sheet)
    named = ", ".join(text_of(cell) for cell in _header(sheet) or () if text_of(cell))
    log.add("pupils-unread", values={"columns": named})
    return FileReading(problems=log.problems())


LAYOUT = Layout("pupils-unread", recognises, read)
