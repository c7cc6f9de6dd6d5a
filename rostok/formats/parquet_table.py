"""A Parquet file as a sheet: the names of its columns, then its rows; a null is an empty cell."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from rostok.formats.sniffing import FileRefused
from rostok.formats.spreadsheets import MAX_CELLS
from rostok.formats.workbook import Cell, Sheet
from rostok.wording import gettext, integer


def read_parquet(data: bytes, name: str) -> Sheet:
    """The table of a file. Row numbers count from 2, as they would below a header in a spreadsheet.

    Raises FileRefused: damaged, or more cells than a table of rows may have here.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        cells = file.metadata.num_rows * file.metadata.num_columns
        if cells > MAX_CELLS:
            raise FileRefused(
                "table-too-large", name, title=name, cells=integer(cells), limit=integer(MAX_CELLS)
            )
        table = file.read()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise FileRefused("file-damaged", name, detail=gettext("содержимое не разбирается")) from error
    columns = [["" if cell is None else cell for cell in column.to_pylist()] for column in table.columns]
    header: list[Cell] = list(table.column_names)
    return Sheet("", [header, *map(list, zip(*columns, strict=True))])
