"""The official questionnaires of school context, 2021 (one table) and 2022 (two sheets), as CONTEXT rows.

Names, telephones and addresses are never read. Of the 2022 form also come the register (name, municipality)
and the codes of ГИА.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rostok.formats.batches import FileReading, TableBatch
from rostok.formats.cells import Flaw, text_of, whole_number
from rostok.formats.context_questions import (
    ADAPTED,
    QUESTIONS,
    RURAL,
    RURAL_SETTLEMENT,
    UNITS,
    WITHOUT_MEANING,
    Answer,
    Question,
    option_level,
    speed_level,
)
from rostok.formats.problem_log import ProblemLog, named
from rostok.formats.pupil_tables import about_pupils
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.register import ALIAS_HEADINGS, alias_codes
from rostok.formats.school_tables import (
    SCHOOL_HEADINGS,
    SchoolTable,
    after_bar,
    batch,
    before_bar,
    decimal_number,
    is_personal,
    locate,
    read_school_table,
    report_flaw,
    schools_of,
    year_in,
    year_of,
    yes_no,
)
from rostok.formats.workbook import Sheet, heading
from rostok.schema.keys import municipality_key
from rostok.schema.tables import ALIASES, CONTEXT, SCHOOLS

CODE = "context"

# In the form of 2022 «Школа» holds the login and the name, «Пользователь» the account of the operator.
ROLES = {
    "school": ("школа", *SCHOOL_HEADINGS),
    "municipality": ("муниципалитет",),
    "short_name": (
        "сокращенное наименование", "сокращенное наименование оо", "краткое наименование", "краткое наименование оо",
    ),
    **ALIAS_HEADINGS,
}  # fmt: skip
FEWEST_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class _Column:
    column: int
    code: str
    question: Question


def recognises(sheet: Sheet, ctx: ReadContext) -> bool:
    """Schools and at least three questions of the questionnaire."""
    table = locate(sheet, ROLES, ["school"])
    return (
        table is not None and not about_pupils(table.headings) and len(_questions(table)) >= FEWEST_QUESTIONS
    )


def read(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """A row of CONTEXT per school and question; a question not answered stays as a missing value."""
    return read_school_table(sheet, ctx, locate(sheet, ROLES, ["school"]), _collect)


def _collect(table: SchoolTable, ctx: ReadContext, rows: int, log: ProblemLog) -> Iterator[TableBatch]:
    asked = next((found for name in table.headings if (found := _asked_in(name))), None)
    year = asked or year_of(table, ctx, log)
    if year is None:
        return
    questions = _questions(table)
    _report_unread(table, questions, log)
    schools = dict(_once(table, log))
    records = [
        {"school_id": key, "year": year, **answer}
        for index, key in schools.items()
        for answer in _answers(table, index, questions, log)
    ]
    yield batch(CONTEXT, records, ctx, table.sheet, CODE, rows)
    yield from _register(table, schools, ctx, rows)


def _asked_in(name: str) -> int | None:
    """The year of a heading such as «в 2020/2021 учебном году»."""
    return year_in(name) if "учебном году" in name else None


def _once(table: SchoolTable, log: ProblemLog) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, key in schools_of(table, log):
        if key in seen:
            log.add("school-repeated", row=table.sheet.row_number(index), value=key)
        else:
            seen.add(key)
            yield index, key


# --- questions


def _questions(table: SchoolTable) -> list[_Column]:
    """Columns that are questions, each code once; «из них …» belongs to the question before it."""
    found: dict[str, _Column] = {}
    previous = ""
    for column, name in enumerate(table.headings):
        matched = None if is_personal(name) else _match(name, previous)
        if matched is None:
            continue
        code, question = matched
        found.setdefault(code, _Column(column, code, question))
        previous = code
    return list(found.values())


def _match(name: str, previous: str) -> tuple[str, Question] | None:
    # «Из них» after anything but a year of birth says nothing of whom.
    if previous.startswith("pupils_born_") and re.search(ADAPTED.pattern, name):
        return ADAPTED.code.format(previous), ADAPTED
    for question in QUESTIONS:
        code = question.code_for(name)
        if code is not None:
            return code, question
    return None


def _report_unread(table: SchoolTable, questions: list[_Column], log: ProblemLog) -> None:
    """Columns of unknown meaning, and columns nobody knows."""
    used = {column.column for column in questions} | set(table.columns.values())
    unread = [
        (column, name)
        for column, name in enumerate(table.headings)
        if name and column not in used and not is_personal(name)
    ]
    meaningless = [table.title(column) for column, name in unread if name in WITHOUT_MEANING]
    if meaningless:
        log.add("columns-without-meaning", values={"columns": ", ".join(meaningless)})
    known = {*WITHOUT_MEANING, *_KNOWN_UNREAD}
    others = [table.title(column) for column, name in unread if name not in known]
    if others:
        log.add("columns-junk", count=len(others), values={"columns": named(others)})


_KNOWN_UNREAD = frozenset(
    {
        "код региона",
        "регион",
        "дата загрузки",
        "пользователь",
        "инн",
        "статус",
        "логин",
        "полное наименование",
        "полное наименование оо",
    }
)


# --- answers


def _answers(
    table: SchoolTable, index: int, questions: list[_Column], log: ProblemLog
) -> Iterator[dict[str, object]]:
    for asked in questions:
        value = _value(table, index, asked, log)
        yield {"indicator": asked.code, "value": value, "unit": UNITS[asked.question.answer]}
        if asked.code == "settlement_type":
            rural = None if value is None else float(value == RURAL_SETTLEMENT)
            yield {"indicator": RURAL, "value": rural, "unit": "yes_no"}


def _value(table: SchoolTable, index: int, asked: _Column, log: ProblemLog) -> float | None:
    cell = table.sheet.rows[index][asked.column]
    text = heading(text_of(cell))
    if not text:
        return None
    match asked.question.answer:
        case Answer.COUNT:
            number, flaw = whole_number(cell)
            value = float(number) if flaw is Flaw.NONE else None
        case Answer.PERCENT:
            return _share(table, index, asked.column, log)
        case Answer.YES_NO:
            answer = yes_no(cell)
            value, flaw = (None if answer is None else float(answer)), Flaw.NOT_A_NUMBER
        case Answer.LEVEL:
            level = option_level(text)
            value, flaw = (None if level is None else float(level)), Flaw.NOT_A_NUMBER
        case Answer.SPEED:
            level = speed_level(text)
            value, flaw = (None if level is None else float(level)), Flaw.NOT_A_NUMBER
    if value is None:
        _report_answer(table, index, asked, flaw, log)
    return value


def _share(table: SchoolTable, index: int, column: int, log: ProblemLog) -> float | None:
    """Percent 0–100 as a share; ``85 %`` is read as 85."""
    cell = table.sheet.rows[index][column]
    number, flaw = decimal_number(cell)
    if number is None:
        report_flaw(table, index, column, flaw, log, "0–100")
        return None
    share = number if text_of(cell).endswith("%") else number / 100
    if not 0 <= share <= 1:
        report_flaw(table, index, column, Flaw.OUT_OF_RANGE, log, "0–100")
        return None
    return share


def _report_answer(table: SchoolTable, index: int, asked: _Column, flaw: Flaw, log: ProblemLog) -> None:
    if asked.question.answer is Answer.COUNT:
        report_flaw(table, index, asked.column, flaw, log)
    else:
        log.add("answer-unreadable", row=table.sheet.row_number(index), column=table.title(asked.column),
                value=text_of(table.sheet.rows[index][asked.column]))  # fmt: skip


# --- what the form says of the school itself


def _register(
    table: SchoolTable, schools: dict[int, str], ctx: ReadContext, rows: int
) -> Iterator[TableBatch]:
    """SCHOOLS where the form names schools, ALIASES where it has codes of ГИА."""
    described = [_described(table, index, key) for index, key in schools.items()]
    # The second sheet of the form repeats the names; the first one has the municipality too.
    if "municipality" in table.columns and any(record["name"] for record in described):
        yield batch(SCHOOLS, described, ctx, table.sheet, CODE, rows)
    aliases = [
        {"school_id": key, "alias": code, "kind": kind}
        for index, key in schools.items()
        for kind, code in alias_codes(table, index)
    ]
    if aliases:
        yield batch(ALIASES, aliases, ctx, table.sheet, CODE, rows)


def _described(table: SchoolTable, index: int, key: str) -> dict[str, object]:
    municipality = table.cell(index, "municipality")
    return {
        "school_id": key,
        "name": table.text(index, "short_name") or after_bar(table.cell(index, "school")),
        "municipality_id": municipality_key(before_bar(municipality)),
        "municipality": after_bar(municipality) or text_of(municipality) or None,
    }


LAYOUT = Layout(CODE, recognises, read)
