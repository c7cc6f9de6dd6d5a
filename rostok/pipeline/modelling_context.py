"""Context of schools beside their pupils: per indicator the latest value not later than the paper's school year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.integer]

PRECISION = ".10g"


@dataclass(frozen=True, slots=True)
class OfYear:
    """Values for the papers of one school year: schools × indicators, NaN where not known."""

    schools: pa.Array
    values: Floats

    def numbers(self, schools: pa.ChunkedArray) -> list[pa.ChunkedArray]:
        """A column per indicator for rows of ``schools``."""
        place = pc.index_in(schools, self.schools)
        return [pa.array(column, mask=np.isnan(column)).take(place) for column in self.values.T]

    def texts(self, schools: pa.ChunkedArray) -> list[pa.ChunkedArray]:
        """The same as texts of a CSV; each value is spelt once."""
        place = pc.index_in(schools, self.schools)
        found = []
        for column in self.values.T:
            known, of_school = np.unique(column, return_inverse=True)
            words = pa.array(
                [None if np.isnan(one) else format(one, PRECISION) for one in known], pa.string()
            )
            found.append(words.take(pa.array(of_school)).take(place))
        return found


@dataclass(frozen=True, eq=False)
class SchoolContext:
    """``names``: columns, one per code; ``renamed``: codes whose name is one of the table's own columns.

    Answers by year stay as they came, in the order of years: a matrix of every year would be a gigabyte for a country.
    """

    names: tuple[str, ...]
    renamed: dict[str, str]
    schools: pa.Array
    school: Whole
    code: Whole
    year: Whole
    value: Floats

    @classmethod
    def of(cls, context: pa.Table, taken: Sequence[str]) -> SchoolContext:
        """``taken``: names that are no context's."""
        rows = context.filter(pc.is_valid(context["value"])).sort_by("year")
        schools = pa.array(sorted(rows["school_id"].unique().to_pylist()), pa.string())
        codes = sorted(rows["indicator"].unique().to_pylist())
        renamed = {code: f"context_{code}" for code in codes if code in taken}
        names = tuple(renamed.get(one, one) for one in codes)
        school = pc.index_in(rows["school_id"], schools).to_numpy()
        code = pc.index_in(rows["indicator"], pa.array(codes, pa.string())).to_numpy()
        return cls(names, renamed, schools, school, code, rows["year"].to_numpy(), rows["value"].to_numpy())

    def of_year(self, year: int) -> OfYear:
        """Each indicator's latest value up to ``year``: of several the last one written stays."""
        values = np.full((len(self.schools), len(self.names)), np.nan)
        known = self.year <= year
        values[self.school[known], self.code[known]] = self.value[known]
        return OfYear(self.schools, values)
