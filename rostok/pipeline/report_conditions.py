"""Which conditions of schools the sections of a report go by: the index a region gives, else one we can compute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rostok.pipeline.context_outputs import SOCIAL_INDEX
from rostok.pipeline.context_values import default_index
from rostok.pipeline.describing import Conditions, conditions_of
from rostok.schema.problems import InputRefused
from rostok.store import DataVersion
from rostok.wording import gettext


@dataclass(frozen=True)
class ChosenConditions:
    """``values`` by school, higher is better off. Either ``indicator`` of the data or ``index`` we computed is named."""

    title: str
    values: Mapping[str, float]
    indicator: str | None = None
    index: str | None = None


@dataclass(frozen=True)
class ConditionsOfVersion:
    """What the data tell of conditions, each looked for once and only when asked for."""

    version: DataVersion
    engine: Any
    on: dt.date

    @cached_property
    def chosen(self) -> ChosenConditions | None:
        """An index that is in the data comes first: it is the region's own."""
        return self._given or self._computed

    @cached_property
    def index(self) -> Conditions | None:
        """The shipped index that the answers of schools know most of; None where they know none."""
        try:
            definition = default_index(self.version)
            found = conditions_of(self.engine, self.version, definition, None, None, self.on.year)
        except InputRefused:
            return None  # nobody was asked what an index is made of
        return found if np.isfinite(found.found.index).any() else None

    @cached_property
    def _given(self) -> ChosenConditions | None:
        table = self.version.table("context")
        rows = table.filter(
            pc.and_(pc.equal(table["indicator"], SOCIAL_INDEX), pc.less_equal(table["year"], self.on.year))
        )
        values = latest_values(rows)
        if not values:
            return None
        return ChosenConditions(
            gettext("индекс социального благополучия из данных"), values, indicator=SOCIAL_INDEX
        )

    @property
    def _computed(self) -> ChosenConditions | None:
        found = self.index
        if found is None:
            return None
        schools, index = found.found.schools, found.found.index.tolist()
        values = {school: value for school, value in zip(schools, index, strict=True) if np.isfinite(value)}
        return ChosenConditions(str(found.definition.title), values, index=found.definition.label)


def latest_values(rows: pa.Table) -> dict[str, float]:
    """School → its value of the latest year."""
    ordered = rows.filter(pc.is_valid(rows["value"])).sort_by("year")
    return dict(zip(ordered["school_id"].to_pylist(), ordered["value"].to_pylist(), strict=True))
