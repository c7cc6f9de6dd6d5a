"""A table with a row per pupil and a column per item → scores, and the columns that say who the pupil is.

CSV, XLSX, XLS, ODS and Parquet alike, and Arrow tables from notebooks. Columns become distinct values with
codes, so that a million rows are parsed as a handful of cells. What is no score becomes missing and is reported
with its column and row; a column that holds no scores at all is set aside and named.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rostok.formats.cells import FLAW_CODES, Distinct, Flaw, item_score, plain, text_of
from rostok.formats.csv_text import decode, delimiter_of, read_csv
from rostok.formats.problem_log import LISTED_PER_CODE, ProblemLog
from rostok.formats.sniffing import FileForm, FileRefused, form_of
from rostok.formats.spreadsheets import read_workbook
from rostok.formats.workbook import Cell, Sheet
from rostok.schema.file_system import in_words
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.scales import NOT_ATTEMPTED, NOT_TAUGHT
from rostok.wording import decimal, gettext

BLANK = -3  # beside NOT_ATTEMPTED and NOT_TAUGHT: an empty cell, or one that is no score
MOST_POINTS = 100  # a larger number in an item's column is a typing mistake or no score
LEAST_SHARE = 0.5  # of the filled cells of a column must be scores for it to be an item
# A score of one pupil or of very few, so far above all others: 7 among 0 and 1. An essay's best mark stands nearer
# to the next. In fewer scores than these a jump is no wonder, and what more than this share got is no slip.
LONE_SCORES, LONE_STEP, LONE_TIMES, LONE_SHARE = 20, 3, 2, 0.02
# A column in which nothing comes twice and more than this share is no score: codes of pupils that happen to be small.
KEY_CELLS, KEY_WRONG = 20, 0.1

_FRACTION = re.compile(r"[+-]?\d{1,9}\.\d*[1-9]\d*")
_STORED_ITEM = re.compile(r"item_\d{2,}")
_BLANK_WORDS = frozenset(
    {"na", "nan", "null", "none", "-", "–", "—"}
)  # as R and Python write a missing value

Codes = NDArray[np.int16]


@dataclass(frozen=True)
class ItemTable:
    """A table read. ``scores`` (items × pupils): points, NOT_ATTEMPTED, NOT_TAUGHT or BLANK.

    ``columns``: the other columns by name, of texts, empty as null, in the order asked for.
    ``first_row``: number of the first pupil's row as a spreadsheet counts.
    """

    name: str
    items: tuple[str, ...]
    scores: Codes
    columns: Mapping[str, pa.Array]
    problems: tuple[Problem, ...]
    first_row: int = 2

    @property
    def pupils(self) -> int:
        return int(self.scores.shape[1])


@dataclass(frozen=True)
class _Column:
    label: str
    cells: Distinct


def read_item_file(
    path: Path, *, others: Sequence[str], maxima: Mapping[str, int] | None = None
) -> ItemTable:
    """The table of a file; ``others``: columns that are no items. Raises InputRefused for what cannot be used.

    Of a workbook the first sheet that holds anything is read.
    """
    name = path.name
    try:
        columns, first_row, rows = _columns_of_file(path.read_bytes(), name)
    except FileRefused as refused:
        raise InputRefused((refused.problem,)) from refused
    except FileNotFoundError as error:
        raise InputRefused((Problem("file-missing", str(path)),)) from error
    except OSError as error:
        raise InputRefused((Problem("file-damaged", name, values={"detail": in_words(error)}),)) from error
    return _table(name, columns, rows, first_row, others, maxima or {})


def read_item_table(
    table: object, *, others: Sequence[str], maxima: Mapping[str, int] | None = None, name: str = ""
) -> ItemTable:
    """The same from an Arrow table, or from anything that gives one (pandas, Polars)."""
    arrow = table if isinstance(table, pa.Table) else pa.table(table)
    return _table(name, _arrow_columns(arrow), arrow.num_rows, 2, others, maxima or {})


def _columns_of_file(data: bytes, name: str) -> tuple[list[_Column], int, int]:
    """Columns, the number of the first row as a spreadsheet counts, and how many rows there are."""
    form = form_of(data, name)
    if form is FileForm.PARQUET:
        return _parquet_columns(data, name)
    if form is FileForm.TEXT_TABLE:
        text = decode(data, name)
        if not text.strip():
            raise FileRefused("table-empty", name)
        return _quick_columns(text) or _sheet_columns(read_csv(data, name), name)
    if form is not FileForm.WORKBOOK:
        raise FileRefused("item-table-unknown", name)
    sheets = read_workbook(data, name)
    if not sheets:
        raise FileRefused("table-empty", name)
    return _sheet_columns(sheets[0], name)


def _parquet_columns(data: bytes, name: str) -> tuple[list[_Column], int, int]:
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise FileRefused("file-damaged", name, detail=gettext("содержимое не разбирается")) from error
    return _arrow_columns(table), 2, table.num_rows


def _quick_columns(text: str) -> tuple[list[_Column], int, int] | None:
    """A regular CSV by Arrow's reader; None where the lines are of several widths and need patience."""
    if text[:4].lower() == "sep=":
        return None
    parse = pyarrow.csv.ParseOptions(delimiter=delimiter_of(text), newlines_in_values=True)
    header = pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=1 << 24)
    names = [f"f{place}" for place in range(len(_first_line(text, parse)))]
    as_text = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
    )
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(text.encode()), read_options=header, parse_options=parse, convert_options=as_text
        )
    except pa.ArrowInvalid:
        return None
    heads = [text_of(table.column(place)[0].as_py() or "") for place in range(table.num_columns)]
    rest = table.slice(1)
    columns = [_Column(head, _distinct(rest.column(place))) for place, head in enumerate(heads)]
    return columns, 2, rest.num_rows


def _first_line(text: str, parse: pyarrow.csv.ParseOptions) -> list[str]:
    first = text.partition("\n")[0]
    return first.split(parse.delimiter)


def _arrow_columns(table: pa.Table) -> list[_Column]:
    return [
        _Column(text_of(name), _distinct(table.column(place)))
        for place, name in enumerate(table.column_names)
    ]


def _distinct(column: pa.ChunkedArray) -> Distinct:
    plain_column = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
    coded = plain_column.combine_chunks()
    coded = coded if isinstance(coded, pa.Array) else pa.concat_arrays(coded.chunks)
    coded = coded.dictionary_encode(null_encoding="encode")
    cells: list[Cell] = ["" if cell is None else _cell(cell) for cell in coded.dictionary.to_pylist()]
    return Distinct(cells, coded.indices.to_numpy(zero_copy_only=False).astype(np.int32))


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and math.isnan(value):
        return ""
    return value if isinstance(value, str | int | float) else str(value)


def _sheet_columns(sheet: Sheet, name: str) -> tuple[list[_Column], int, int]:
    """The first row that holds anything is the header; blank rows below are left out at the end only."""
    start = next((place for place, row in enumerate(sheet.rows) if any(text_of(cell) for cell in row)), None)
    if start is None:
        raise FileRefused("table-empty", name)
    rows = sheet.rows[start + 1 :]
    while rows and not any(text_of(cell) for cell in rows[-1]):
        rows = rows[:-1]
    columns = [
        _Column(text_of(head), Distinct.of([row[place] for row in rows]))
        for place, head in enumerate(sheet.rows[start])
    ]
    return columns, sheet.row_number(start) + 1, len(rows)


def _table(
    name: str,
    columns: list[_Column],
    rows: int,
    first_row: int,
    others: Sequence[str],
    maxima: Mapping[str, int],
) -> ItemTable:
    log = ProblemLog(name)
    if not rows:
        raise InputRefused((Problem("table-header-only", name),))
    _check_present(name, columns, (*others, *maxima))
    kept = {label: _texts(next(c for c in columns if c.label == label).cells) for label in others}
    candidates = [column for column in columns if column.label not in others]
    stored = [column for column in candidates if _STORED_ITEM.fullmatch(column.label)]
    candidates = stored or candidates  # of our own store: marks and totals stand beside the items there
    items, scores = [], []
    for column in _named_apart(candidates, log):
        found = _scores(column, first_row, maxima.get(column.label), log)
        if found is not None:
            items.append(column.label)
            scores.append(found)
    if not items:
        raise InputRefused((*log.problems(), Problem("items-none", name)))
    return ItemTable(name, tuple(items), np.stack(scores), kept, log.problems(), first_row)


def _check_present(name: str, columns: list[_Column], wanted: Sequence[str]) -> None:
    labels = {column.label for column in columns}
    absent = [label for label in dict.fromkeys(wanted) if label not in labels]
    if absent:
        raise InputRefused(tuple(Problem("column-missing", name, column=label) for label in absent))


def _texts(cells: Distinct) -> pa.Array:
    return cells.strings(lambda cell: text_of(cell) or None)


def _named_apart(columns: list[_Column], log: ProblemLog) -> list[_Column]:
    """Columns with a label each: a repeated column is dropped, another one under the same label is numbered."""
    found: dict[str, _Column] = {}
    for place, column in enumerate(columns, 1):
        if not column.label:
            log.add("column-unnamed", column=str(place))
            continue
        if column.label not in found:
            found[column.label] = column
            continue
        if _same(found[column.label].cells, column.cells):
            log.add("item-column-repeated", column=column.label)
            continue
        number = next(n for n in range(2, len(columns) + 2) if f"{column.label} ({n})" not in found)
        label = f"{column.label} ({number})"
        log.add("item-labels-repeated", column=column.label, value=label)
        found[label] = _Column(label, column.cells)
    return list(found.values())


def _same(one: Distinct, other: Distinct) -> bool:
    if {text_of(cell) for cell in one.cells} != {text_of(cell) for cell in other.cells}:
        return False
    numbered = {text_of(cell): place for place, cell in enumerate(one.cells)}
    same = np.array([numbered[text_of(cell)] for cell in other.cells])
    return bool(np.array_equal(one.codes, same[other.codes]))


def _scores(column: _Column, first_row: int, maximum: int | None, log: ProblemLog) -> Codes | None:
    """Codes of a column; None, with a sentence, where most of it is no score."""
    parsed = [_score(cell, maximum) for cell in column.cells.cells]
    values = np.array([value for value, _ in parsed] or [BLANK], np.int16)
    numbers = np.bincount(column.cells.codes, minlength=len(parsed))
    wrong = [place for place, (_, code) in enumerate(parsed) if code]
    filled = int(sum(n for n, (value, code) in zip(numbers, parsed, strict=True) if code or value != BLANK))
    bad = int(numbers[wrong].sum())
    if filled and (bad > (1 - LEAST_SHARE) * filled or _is_key(parsed, numbers, filled, bad)):
        # No example: a column somebody forgot to name in --id holds names of pupils.
        row = first_row + int(np.flatnonzero(np.isin(column.cells.codes, wrong))[0])
        log.add("item-column-text", row=row, column=column.label,
                values={"wrong": bad, "filled": filled, "most": MOST_POINTS})  # fmt: skip
        return None
    for place in wrong:
        _report(column, place, str(parsed[place][1]), first_row, maximum, log)
    found: Codes = values[column.cells.codes]
    if maximum is None and (lone := far_scores(values, numbers, LONE_SHARE)) is not None:
        found = _without_lone(found, *lone, column.label, first_row, log)
    if not filled:
        log.add("item-empty", column=column.label)
    return found


def _is_key(parsed: list[tuple[int, str]], numbers: NDArray[np.int64], filled: int, bad: int) -> bool:
    """No value comes twice, and too many of them are no scores to be slips."""
    given = [value != BLANK or bool(code) for value, code in parsed]
    return filled >= KEY_CELLS and bad > KEY_WRONG * filled and int(numbers[given].max()) == 1


def _without_lone(found: Codes, least: int, below: int, label: str, first_row: int, log: ProblemLog) -> Codes:
    """The column without its scores from ``least`` on; each of them is named with its row."""
    alone = found >= least
    others = int((found > NOT_TAUGHT).sum() - alone.sum())
    rows = np.flatnonzero(alone)
    for place, row in enumerate(rows[: LISTED_PER_CODE + 1].tolist()):
        count = 1 if place < LISTED_PER_CODE else len(rows) - LISTED_PER_CODE
        log.add("item-score-alone", row=first_row + row, column=label, value=str(found[row]), count=count,
                values={"below": below, "others": others})  # fmt: skip
    return np.where(alone, BLANK, found).astype(found.dtype)


def far_scores(values: Codes, numbers: NDArray[np.int64], share: float) -> tuple[int, int] | None:
    """The least of the scores that look like typing mistakes, and the next below: with them no scale may be found.

    ``values``, ``numbers``: the distinct cells of a column and how many there are of each; ``share``: the most of
    the pupils with a score, beyond one, who may have such ones.
    """
    known = values > NOT_TAUGHT
    counts = np.bincount(np.maximum(values[known], 0), weights=numbers[known])  # not attempted: no points
    got = np.flatnonzero(counts)
    if len(got) < 3 or counts.sum() < LONE_SCORES:
        return None
    low, most = int(got[0]), max(1, share * counts.sum())
    for below, least in pairwise(got[1:].tolist()):
        far = least - below >= LONE_STEP and least - low > LONE_TIMES * (below - low)
        if far and counts[least:].sum() <= most:
            return least, below
    return None


def _score(cell: Cell, maximum: int | None) -> tuple[int, str]:
    """The code of a cell, and the code of the problem where it is none; such a cell becomes missing."""
    text = plain(cell)
    if text in _BLANK_WORDS or (isinstance(cell, float) and math.isnan(cell)):
        return BLANK, ""
    if text in {str(NOT_ATTEMPTED), str(NOT_TAUGHT)}:  # as our own store writes them
        return int(text), ""
    points, flaw = item_score(cell)
    if flaw is Flaw.BLANK:
        return BLANK, ""
    if flaw is not Flaw.NONE:
        return BLANK, "item-score-fraction" if _fraction(text) is not None else FLAW_CODES[flaw]
    if maximum is not None and points > maximum:
        return BLANK, "item-above-maximum"
    return (points, "") if points <= MOST_POINTS else (BLANK, "value-out-of-range")


def _fraction(text: str) -> str | None:
    """A number with a fraction as people write it, None for any other cell."""
    number = text.replace(",", ".")
    if not _FRACTION.fullmatch(number):
        return None
    return decimal(float(number), len(number.partition(".")[2]))


def _report(
    column: _Column, place: int, code: str, first_row: int, maximum: int | None, log: ProblemLog
) -> None:
    rows = np.flatnonzero(column.cells.codes == place)
    cell = column.cells.cells[place]
    value = (_fraction(plain(cell)) if code == "item-score-fraction" else None) or text_of(cell)
    for number in rows[:200].tolist():
        log.add(code, row=number + first_row, column=column.label, value=value,
                values={"limits": f"0–{MOST_POINTS}", "maximum": maximum})  # fmt: skip
    if len(rows) > 200:
        log.add(code, row=int(rows[200]) + first_row, column=column.label, value=value, count=len(rows) - 200,
                values={"limits": f"0–{MOST_POINTS}", "maximum": maximum})  # fmt: skip


def levels(column: pa.Array) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The values of a column in order (numbers by size, then texts), and the place of each row's; −1 for none."""
    coded = column.dictionary_encode()
    names = coded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=lambda place: _order(names[place]))
    rank = np.empty(len(names) + 1, np.int64)
    rank[order] = np.arange(len(names))
    rank[-1] = -1
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return tuple(names[place] for place in order), rank[codes]


def _order(text: str) -> tuple[int, float, str]:
    try:
        return 0, float(text.replace(",", ".")), text
    except ValueError:
        return 1, 0.0, text
