"""What was examined → the lines of the report on indexes and on markers by school and paper. Words nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from rostok.pipeline.objectivity_loudest import columns_of, columns_of_paper
from rostok.reports.item_model import IndexLine, MarkedPaper
from rostok.reports.sheets import MAX_ROWS
from rostok.schema.assessments import Assessment

if TYPE_CHECKING:
    from rostok.pipeline.examining import Examination

_OF_YEAR = re.compile(r"objectivity_index\.(?P<year>\d{4})(?:\.region=(?P<region>.+))?")


def index_lines(region: Mapping[str, float]) -> tuple[IndexLine, ...]:
    """The official index by region and year, as ``region.csv`` has it: the document's index is of one year."""
    found = []
    for name, value in region.items():
        if of_year := _OF_YEAR.fullmatch(name):
            suffix = name.removeprefix("objectivity_index")
            asked, marked = (int(region[f"official.{what}{suffix}"]) for what in ("schools", "marked"))
            found.append(
                IndexLine(of_year["region"] or "", int(of_year["year"]), float(value), asked, marked)
            )
    return tuple(sorted(found, key=lambda line: (line.region, line.year)))


def marked_papers(examination: Examination, most: int = MAX_ROWS) -> tuple[MarkedPaper, ...]:
    """Every marker met, by school and paper; of listed schools alone, or of none, where a sheet could not hold more."""
    met = examination.markers
    if not met.num_rows:
        return ()
    met = met.filter(pc.fill_null(met["flagged"].cast(pa.bool_()), False))
    if met.num_rows > most:
        met = met.filter(pc.is_in(met["school_id"], pa.array(examination.flagged, pa.string())))
    if met.num_rows > most:
        return ()
    papers = {columns_of_paper(paper): paper for paper in examination.papers}
    return tuple(_marked(row, papers) for row in met.to_pylist())


def _marked(row: Mapping[str, Any], papers: Mapping[tuple[Any, ...], Assessment]) -> MarkedPaper:
    value, limit, chance = (_number(row[name]) for name in ("value", "limit", "p_value"))
    paper = papers.get(columns_of(row))
    return MarkedPaper(row["school_id"], row["marker"], paper, row["participants"], value, limit, chance)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
