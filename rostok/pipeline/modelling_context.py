"""Context of schools beside their pupils: per indicator the latest value not later than the paper's school year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

PRECISION = ".10g"


@dataclass(frozen=True, slots=True)
class OfYear:
    """Values for the papers of one school year: schools × indicators, NaN where not known."""

    schools: pa.Array
    values: NDArray[np.float64]

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
    """``names``: columns, one per code; ``renamed``: codes whose name is one of the table's own columns."""

    names: tuple[str, ...]
    renamed: dict[str, str]
    codes: tuple[str, ...]
    schools: pa.Array
    years: dict[int, NDArray[np.float64]]

    @classmethod
    def of(cls, context: pa.Table, taken: Sequence[str]) -> SchoolContext:
        """``taken``: names that are no context's."""
        rows = context.filter(pc.is_valid(context["value"]))
        schools = pa.array(sorted(rows["school_id"].unique().to_pylist()), pa.string())
        codes = pa.array(sorted(rows["indicator"].unique().to_pylist()), pa.string())
        renamed = {code: f"context_{code}" for code in codes.to_pylist() if code in taken}
        school = pc.index_in(rows["school_id"], schools).to_numpy()
        code = pc.index_in(rows["indicator"], codes).to_numpy()
        year, value = rows["year"].to_numpy(), rows["value"].to_numpy()
        years = {}
        known = np.full((len(schools), len(codes)), np.nan)
        for one in sorted(set(year.tolist())):
            own = year == one
            known = known.copy()
            known[school[own], code[own]] = value[own]
            years[int(one)] = known
        names = tuple(renamed.get(one, one) for one in codes.to_pylist())
        return cls(names, renamed, tuple(codes.to_pylist()), schools, years)

    def of_year(self, year: int) -> OfYear:
        """Each indicator's latest value up to ``year``."""
        known = [one for one in self.years if one <= year]
        values = self.years[max(known)] if known else np.full((len(self.schools), len(self.names)), np.nan)
        return OfYear(self.schools, values)
