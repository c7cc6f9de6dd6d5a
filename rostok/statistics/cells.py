"""Input of the model of another intake: counts by school × assessment, and how they lie in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rostok.schema.assessments import Assessment
from rostok.statistics.angular import Floats

Ints = NDArray[np.int64]

# A full class as schools are planned. An assumption, used only where the data do not say how the participants
# lay in classes.
ASSUMED_CLASS_SIZE = 25


@dataclass(frozen=True)
class Cells:
    """One entry per school × assessment, in any order; all arrays of one length.

    ``unit`` is the school's index, ``assessment`` the paper's. ``subject``, ``generation`` (the same
    children keep it as they move up) and ``occasion`` (year × wave: the conditions of writing) are labels
    that are compared for equality only. ``under_minimum`` is NaN where unknown: such a cell is no evidence
    and stays unknown in every replicate. ``class_concentration`` is Σ (class ÷ participants)², NaN where
    classes are not known: then classes of ``ASSUMED_CLASS_SIZE`` are assumed.

    Raises ValueError for unequal lengths, negative or impossible counts, and two entries for one school
    and assessment.
    """

    unit: Ints
    assessment: Ints
    subject: Ints
    generation: Ints
    occasion: Ints
    participants: Floats
    under_minimum: Floats
    class_concentration: Floats

    def __post_init__(self) -> None:
        for name in ("unit", "assessment", "subject", "generation", "occasion"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.int64))
        for name in ("participants", "under_minimum", "class_concentration"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        self._check()

    def _check(self) -> None:
        lengths = {getattr(self, name).shape for name in self.__dataclass_fields__}
        if len(lengths) != 1 or self.unit.ndim != 1:
            raise ValueError("arrays of cells have one dimension and one length")
        n, x, h = self.participants, self.under_minimum, self.class_concentration
        if np.any(np.isnan(n)) or np.any(n < 0) or np.any(x < 0) or np.any(x > n):
            raise ValueError("a cell has 0 or more participants, and of them 0 or more under the minimum")
        if np.any((h <= 0) | (h > 1 + 1e-9)):
            raise ValueError("class concentration lies above 0 and not above 1")
        pairs = np.stack([self.unit, self.assessment])
        if np.unique(pairs, axis=1).shape[1] != self.unit.size:
            raise ValueError("one school has two entries for one assessment")

    def __len__(self) -> int:
        return int(self.unit.size)

    @classmethod
    def of(
        cls,
        assessments: Sequence[Assessment],
        *,
        unit: ArrayLike,
        assessment: ArrayLike,
        participants: ArrayLike,
        under_minimum: ArrayLike,
        class_concentration: ArrayLike,
    ) -> Cells:
        """Cells whose ``assessment`` is an index into ``assessments``; labels are taken from these."""
        index = np.asarray(assessment, dtype=np.int64)
        subjects = _labels([str(a.subject) for a in assessments])
        occasions = _labels([f"{a.year}/{a.wave}" for a in assessments])
        generations = np.array([a.generation for a in assessments], dtype=np.int64)
        return cls(
            unit=np.asarray(unit, dtype=np.int64),
            assessment=index,
            subject=subjects[index],
            generation=generations[index],
            occasion=occasions[index],
            participants=np.asarray(participants, dtype=np.float64),
            under_minimum=np.asarray(under_minimum, dtype=np.float64),
            class_concentration=np.asarray(class_concentration, dtype=np.float64),
        )

    @cached_property
    def concentration(self) -> Floats:
        """Class concentration with the assumption for unknown classes filled in."""
        classes = np.maximum(np.ceil(self.participants / ASSUMED_CLASS_SIZE), 1.0)
        return np.where(np.isnan(self.class_concentration), 1.0 / classes, self.class_concentration)

    @cached_property
    def usable(self) -> NDArray[np.bool_]:
        """Cells that are evidence: participants, and a known count under the minimum."""
        return (self.participants > 0) & ~np.isnan(self.under_minimum)

    def order(self) -> Ints:
        """Positions of the cells by school and assessment."""
        return np.lexsort((self.assessment, self.unit)).astype(np.int64)

    def sorted(self) -> Cells:
        """The same cells by school and assessment: the order in which everything is summed."""
        order = self.order()
        return Cells(**{name: getattr(self, name)[order] for name in self.__dataclass_fields__})


@dataclass(frozen=True)
class ClassCells:
    """Counts by class: ``cell`` is the position of the school × assessment in ``Cells`` as given."""

    cell: Ints
    participants: Floats
    under_minimum: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "cell", np.asarray(self.cell, dtype=np.int64))
        for name in ("participants", "under_minimum"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        if not self.cell.shape == self.participants.shape == self.under_minimum.shape:
            raise ValueError("arrays of classes have one length")


@dataclass(frozen=True)
class Layout:
    """Sorted cells as a rectangle: schools × their cells in order, padded with −1.

    The column of a cell is its rank within its own school, so that an assessment this school does not have
    changes nothing for it.
    """

    schools: Ints  # (S,) index of each school as in Cells.unit, rising
    rows: Ints  # (S, K) position in the sorted cells, −1 where there is none

    @classmethod
    def of(cls, cells: Cells) -> Layout:
        """The layout of cells already sorted."""
        schools, first, counts = np.unique(cells.unit, return_index=True, return_counts=True)
        width = int(counts.max()) if counts.size else 0
        column = np.arange(width)
        rows = np.where(column < counts[:, None], first[:, None] + column, -1)
        return cls(schools=schools, rows=rows)

    def chunks(self, size: int) -> list[Layout]:
        """The same rectangle in pieces of ``size`` schools."""
        starts = range(0, self.schools.size, size)
        return [Layout(self.schools[i : i + size], self.rows[i : i + size]) for i in starts]

    def spread(self, values: NDArray[np.float64], padding: float) -> Floats:
        """(S, K) values of the cells, ``padding`` where there is none."""
        return np.where(self.rows >= 0, values[self.rows], padding)

    def labels(self, values: Ints) -> Ints:
        """(S, K) labels of the cells; where there is none, a value of its own that equals nothing."""
        none = np.iinfo(np.int64).min + np.arange(self.rows.shape[1])
        return np.where(self.rows >= 0, values[self.rows], none)


def _labels(names: list[str]) -> Ints:
    order = {name: i for i, name in enumerate(sorted(set(names)))}
    return np.array([order[name] for name in names], dtype=np.int64)
