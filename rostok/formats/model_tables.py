"""A table of pupils for a model: CSV or Parquet, or Arrow from a notebook; only the columns that are used.

Parquet is left where it lies: the engine reads it. A CSV file becomes an Arrow table of texts; what is a number in it
is decided later, for texts of Parquet by the same rule.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from rostok.formats.csv_text import decode, delimiter_of, read_csv
from rostok.formats.sniffing import FileForm, FileRefused, form_of
from rostok.formats.workbook import Cell
from rostok.schema.file_system import in_words
from rostok.schema.problems import InputRefused, Problem
from rostok.wording import gettext

# As R, Python and people write a missing value.
MISSING = [
    "",
    "NA",
    "N/A",
    "n/a",
    "NaN",
    "nan",
    "NULL",
    "null",
    "None",
    "-",
    "–",
    "—",
    "н/д",
    "нет данных",
    "#N/A",
]
LINES_LOOKED_AT = 200  # for quotation marks
HEAD = 50_000
_FORM_BYTES = 8192


@dataclass(frozen=True)
class ModelTable:
    """``path`` of a Parquet file, or ``rows`` in memory. ``quoted``: columns of a CSV whose cells are in quotes.

    R and others quote texts and not numbers: a quoted ``1`` is the name of a category, unless all is quoted.
    """

    name: str
    types: dict[str, pa.DataType]
    path: Path | None = None
    rows: pa.Table | None = None
    quoted: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.rows.num_rows if self.rows is not None else int(pq.read_metadata(self.path).num_rows)

    def head(self) -> pa.Table:
        """The first rows."""
        if self.rows is not None:
            return self.rows.slice(0, HEAD)
        with pq.ParquetFile(self.path) as file:
            columns = list(self.types)
            batch = next(file.iter_batches(HEAD, columns=columns), None)
            return file.schema_arrow.empty_table().select(columns) if batch is None else pa.table(batch)


def open_model_file(path: Path, used: Sequence[str]) -> ModelTable:
    """The table of a file. Raises InputRefused for what cannot be used."""
    name = path.name
    try:
        with path.open("rb") as stream:
            is_parquet = stream.read(4) == b"PAR1"
        return _parquet(path, used) if is_parquet else _text(path.read_bytes(), name, used)
    except FileRefused as refused:
        raise InputRefused((refused.problem,)) from refused
    except FileNotFoundError as error:
        raise InputRefused((Problem("file-missing", str(path)),)) from error
    except IsADirectoryError as error:
        raise InputRefused((Problem("model-table-unknown", name),)) from error
    except OSError as error:
        raise InputRefused((Problem("file-damaged", name, values={"detail": in_words(error)}),)) from error


def model_table_of(table: object, used: Sequence[str]) -> ModelTable:
    """The same of an Arrow table, or of anything that gives one (pandas, Polars)."""
    arrow = table if isinstance(table, pa.Table) else pa.table(table)
    _check_present("", arrow.column_names, used)
    return _in_memory("", arrow.select(list(used)))


def _in_memory(name: str, table: pa.Table, quoted: frozenset[str] = frozenset()) -> ModelTable:
    """Dictionaries become their values: engines disagree on what they are."""
    columns = {field.name: table.column(field.name).cast(field.type.value_type)
               if pa.types.is_dictionary(field.type) else table.column(field.name) for field in table.schema}  # fmt: skip
    plain = pa.table(columns)
    if not plain.num_rows:
        raise InputRefused((Problem("table-header-only", name),))
    return ModelTable(name, {field.name: field.type for field in plain.schema}, rows=plain, quoted=quoted)


def _parquet(path: Path, used: Sequence[str]) -> ModelTable:
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise FileRefused("file-damaged", path.name, detail=gettext("содержимое не разбирается")) from error
    _check_present(path.name, schema.names, used)
    if not rows:
        raise FileRefused("table-header-only", path.name)
    types = {name: schema.field(name).type for name in used}
    return ModelTable(path.name, {name: kind.value_type if pa.types.is_dictionary(kind) else kind
                                  for name, kind in types.items()}, path=path)  # fmt: skip


def _text(data: bytes, name: str, used: Sequence[str]) -> ModelTable:
    if form_of(data, name) is not FileForm.TEXT_TABLE:
        raise FileRefused("model-table-unknown", name)
    text = decode(data, name)
    if not text.strip():
        raise FileRefused("table-empty", name)
    delimiter = delimiter_of(text)
    table = _quick(text, delimiter, name, used)
    if table is None:
        table = _patient(data, name, used)
    return _in_memory(name, table, _quoted(text, delimiter) & frozenset(used))


def _quick(text: str, delimiter: str, name: str, used: Sequence[str]) -> pa.Table | None:
    """A regular CSV by Arrow's reader; None where the lines need patience."""
    header = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    names = [title.strip() for title in header]
    if text[:4].lower() == "sep=" or not any(names):
        return None
    _check_present(name, names, used)
    try:
        found = pyarrow.csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=pyarrow.csv.ReadOptions(column_names=[f"f{place}" for place in range(len(names))], skip_rows=1),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=[f"f{names.index(column)}" for column in used],
                column_types={f"f{names.index(column)}": pa.string() for column in used},
                null_values=MISSING, strings_can_be_null=True,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    return found.rename_columns(list(used))


def _patient(data: bytes, name: str, used: Sequence[str]) -> pa.Table:
    rows = [row for row in read_csv(data, name).rows if any(str(cell).strip() for cell in row)]
    names = [str(cell).strip() for cell in rows[0]]
    _check_present(name, names, used)
    return pa.table({column: pa.array([_value(row[names.index(column)]) for row in rows[1:]], pa.string())
                     for column in used})  # fmt: skip


def _value(cell: Cell) -> str | None:
    text = str(cell).strip()
    return None if text in MISSING else text


def _check_present(name: str, columns: Sequence[str], used: Sequence[str]) -> None:
    absent = [column for column in dict.fromkeys(used) if column not in columns]
    repeated = [column for column in dict.fromkeys(used) if list(columns).count(column) > 1]
    problems = [Problem("column-missing", name, column=column) for column in absent]
    problems += [Problem("column-repeated", name, column=column) for column in repeated]
    if problems:
        raise InputRefused(tuple(problems))


def _quoted(text: str, delimiter: str) -> frozenset[str]:
    """Columns of which every filled cell of the first lines is in quotation marks; none where all columns are.

    A line with another number of cells, or with a line end in a cell, says nothing.
    """
    lines = text[: 400 * LINES_LOOKED_AT].splitlines()[: LINES_LOOKED_AT + 1]
    header = [title.strip() for title in next(csv.reader(lines[:1], delimiter=delimiter), [])]
    bare: set[int] = set()
    marked: set[int] = set()
    for line in lines[1:]:
        cells = _cells(line, delimiter)
        if len(cells) != len(header):
            continue
        for place, cell in enumerate(cells):
            if cell.strip() not in MISSING:
                (marked if cell.lstrip().startswith('"') else bare).add(place)
    found = marked - bare
    return frozenset(header[place] for place in found) if bare else frozenset()


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line with their quotation marks."""
    found, start, inside = [], 0, False
    for place, letter in enumerate(line):
        if letter == '"':
            inside = not inside
        elif letter == delimiter and not inside:
            found.append(line[start:place])
            start = place + 1
    return [*found, line[start:]]
