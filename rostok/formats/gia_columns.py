"""The columns of a protocol of ГИА that are read, and how little of each cell goes on.

Names, documents, codes of participants and numbers of blanks stand in the same sheet. Only the columns named
here are looked at, and of these only what they may hold: a name shifted into a column of marks becomes «…»
before anything, a message included, can repeat it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rostok.formats.cells import is_no_mark, text_of, whole_number
from rostok.formats.gia_titles import Title, title_in
from rostok.formats.workbook import Cell, CellError, Sheet, heading

MASKED = "…"
LARGEST_NUMBER = 400  # no score of an exam is larger: a number of a document is

ROLES: Mapping[str, re.Pattern[str]] = {
    "school": re.compile(r"код (?:оо|оу|школы|образовательной организации)|логин(?: оо| школы)?|school_id|login"),
    "municipality": re.compile(r"код (?:мсу|ате)|мсу|ате"),
    "class": re.compile(r"класс"),
    "number": re.compile(r"№(?: п/п)?|n(?: п/п)?"),
    "variant": re.compile(r"вариант|№ варианта"),
    "status": re.compile(r"статус|явка|состояние|отметка о явке"),
    "brief": re.compile(r".*кратк.*"),
    "detailed": re.compile(r".*разв[её]рн.*"),
    "raw": re.compile(r"первичн\w*(?: балл)?|перв\. балл|сумма первичных баллов"),
    "test": re.compile(r"итогов\w* балл|тестов\w* балл|балл(?: по 100-балльной шкале)?"),
    "mark": re.compile(r"оценка"),
}  # fmt: skip
# Headings of protocols only; a report on ВПР has «Первичный балл» and «Код участника» too.
_OF_PROTOCOLS = re.compile(
    r"код ппэ|ппэ|аудитори\w*|.*кратк\w* форм.*|.*разв[её]рн\w* форм.*|№ бланка.*|фамилия|фио|ф\.\s?и\.\s?о\.?|фио \w+|участник|ученик|серия|код ооп|оценка|итоговый балл"
)
_SUBHEADINGS = frozenset({"серия", "номер", "фамилия", "имя", "отчество"})
_PERSONAL = re.compile(
    r"фамилия|имя|отчество|фио|ф\.\s?и\.\s?о\.?|фио \w+|участник|ученик|.*серия.*|номер|номер документа|.*документ.*|код участника|.*бланк.*|снилс|.*паспорт.*|.*рожден.*"
)
_ABSENT = re.compile(r"неявк|не\s*явил|отсут|н/я|не\s*сдавал|не\s*участв|не\s*прибыл")
_SCHOOL = re.compile(r"(?:sch|edu|ksh|spo)?[\s_]?\d[\d-]{0,9}", re.IGNORECASE)
_MUNICIPALITY = re.compile(r"(?:reg\d\d_)?(?:vpr_)?m?\d{1,8}", re.IGNORECASE)
_CLASS = re.compile(r"\d{0,2}\s*[-«\"]?\s*[А-Яа-яЁёA-Za-z]?\d?[»\"]?")


@dataclass(slots=True)
class Block:
    """One protocol in a sheet: its columns, the rows under them, the lines above."""

    columns: dict[str, int]
    personal: list[str]
    school_heading: str = ""
    rows: list[int] = field(default_factory=list)
    title: Title | None = None
    above: str = ""


def header_columns(row: Sequence[Cell], below: Sequence[Cell] | None = None) -> dict[str, int] | None:
    """Role → column for a header of a protocol; None for any other row.

    A role takes the first column that answers to it; ``below`` is the second line of a header of two lines.
    """
    names = _names(row, below)
    columns: dict[str, int] = {}
    for column, name in enumerate(names):
        for role, pattern in ROLES.items():
            if role not in columns and name and pattern.fullmatch(name):
                columns[role] = column
                break
    has_result = "mark" in columns or "test" in columns
    ours = sum(1 for name in names if _OF_PROTOCOLS.fullmatch(name))
    return columns if has_result and ours >= 2 and ("raw" in columns or "brief" in columns) else None


def find_blocks(sheet: Sheet, *, within: int | None = None) -> list[Block]:
    """Every protocol of a sheet; one sheet may hold several, each with its title and header."""
    blocks: list[Block] = []
    title: Title | None = None
    above: list[str] = []
    skip = -1
    for index, row in enumerate(sheet.rows if within is None else sheet.rows[:within]):
        if index == skip:
            continue
        columns = _header_at(sheet, index)
        if columns is not None:
            two_lines = _is_subheader(sheet, index + 1)
            names = _names(row, sheet.rows[index + 1] if two_lines else None)
            personal = [name for name in names if _PERSONAL.fullmatch(name)]
            if title is None and blocks:  # the header repeated on a new page of the same protocol
                title = blocks[-1].title
            school = names[columns["school"]] if "school" in columns else ""
            blocks.append(Block(columns, personal, school, title=title, above=" ".join(above)))
            title, above, skip = None, [], index + 1 if two_lines else -1
            continue
        found = _title(row)
        if found is not None:
            title = found
        elif blocks and title is None and _holds_anything(row, blocks[-1].columns):
            blocks[-1].rows.append(index)
            continue
        above.extend(text for cell in row if len(text := text_of(cell)) > 1)
        del above[:-40]
    return blocks


def _title(row: Sequence[Cell]) -> Title | None:
    lines = (cell for cell in row if isinstance(cell, str) and "20" in cell and len(cell) >= 12)
    return next((found for line in lines if (found := title_in(line)) is not None), None)


def _header_at(sheet: Sheet, index: int) -> dict[str, int] | None:
    row = sheet.rows[index]
    # Cheap refusal of the thousands of rows that hold papers.
    if not any(isinstance(cell, str) and ("алл" in cell or "ценка" in cell.casefold()) for cell in row):
        return None
    return header_columns(row, sheet.rows[index + 1] if _is_subheader(sheet, index + 1) else None)


def _is_subheader(sheet: Sheet, index: int) -> bool:
    if index >= len(sheet.rows):
        return False
    names = {heading(cell) for cell in sheet.rows[index]} - {""}
    return bool(names & _SUBHEADINGS) and not any(isinstance(cell, int | float) for cell in sheet.rows[index])


def _names(row: Sequence[Cell], below: Sequence[Cell] | None) -> list[str]:
    names = [heading(cell) for cell in row]
    return names if below is None else [heading(low) or name for name, low in zip(names, below, strict=True)]


def _holds_anything(row: Sequence[Cell], columns: Mapping[str, int]) -> bool:
    """Is this a row of the table? Not a blank one, a signature under it, or the numbers of its columns."""
    results = [role for role in ("raw", "test", "mark", "brief", "detailed", "status") if role in columns]
    if not any(text_of(row[columns[role]]) for role in results):
        return "school" in columns and bool(_SCHOOL.fullmatch(text_of(row[columns["school"]])))
    written = [text_of(cell) for cell in row if text_of(cell)]
    return written != [str(number) for number in range(1, len(written) + 1)] or len(written) < 3


# --- cells


def says_absent(cell: Cell) -> bool:
    """«неявка», «не явился», «отсутствовал»."""
    return isinstance(cell, str) and _ABSENT.search(heading(cell)) is not None


def safe_number(cell: Cell) -> Cell:
    """A number of an exam's size, an error of a formula or a blank; anything else becomes «…».

    >>> safe_number("24"), safe_number("Сидоров"), safe_number(6503123456.0), safe_number("не явился")
    ('24', '…', '…', '')
    """
    if isinstance(cell, CellError) or (isinstance(cell, str) and is_no_mark(cell)) or says_absent(cell):
        return cell if isinstance(cell, CellError) else ""
    number, flaw = whole_number(cell)
    return cell if not flaw and number <= LARGEST_NUMBER else MASKED


def _matching(pattern: re.Pattern[str], cell: Cell) -> str:
    text = text_of(cell)
    return text if pattern.fullmatch(text) else ""


def safe_school(cell: Cell) -> str:
    """A code of a school or a login; "" for anything else."""
    return _matching(_SCHOOL, cell)


def safe_municipality(cell: Cell) -> str:
    return _matching(_MUNICIPALITY, cell)


def safe_class(cell: Cell) -> str:
    """``9``, ``9А``, ``11-1``: a class of at most a number, a letter and a digit."""
    return _matching(_CLASS, cell)


def safe_short_number(cell: Cell) -> str:
    """A running number or a variant: at most six digits."""
    text = text_of(cell).rstrip(".")
    return text if text.isdecimal() and len(text) <= 6 else ""


def column_of(sheet: Sheet, block: Block, role: str) -> Iterator[Cell]:
    """The cells of a role over the rows of a block; "" where it has no such column."""
    place = block.columns.get(role)
    for index in block.rows:
        yield "" if place is None else sheet.rows[index][place]
