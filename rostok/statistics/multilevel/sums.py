"""What a model needs of the rows: Σ w·(x, y)(x, y)ᵀ of every unit of the lowest level, and how units nest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INTERCEPT = "(Intercept)"


class NotNested(ValueError):  # noqa: N818 - reads as a statement where it is raised
    """``unit`` of ``level`` lies in several units of the next level, of which ``parents`` are two."""

    def __init__(self, level: str, unit: str, above: str, parents: tuple[str, str]) -> None:
        self.level, self.unit, self.above, self.parents = level, unit, above, parents
        super().__init__(f"{level} {unit!r} lies in {above} {parents[0]!r} and {parents[1]!r}")


@dataclass(frozen=True)
class Units:
    """A level: the column it came from, its units, and the place of each one's unit in the level above.

    ``parent`` is None at the top and never decreases: units of one parent lie together.
    """

    name: str
    keys: tuple[str, ...]
    parent: Ints | None = None

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError(f"level {self.name!r} has no units")
        if self.parent is None:
            return
        if len(self.parent) != len(self.keys) or np.any(np.diff(self.parent) < 0):
            raise ValueError(f"units of level {self.name!r} do not lie by their parents")

    @property
    def starts(self) -> Ints | None:
        """Where the units of each parent begin."""
        if self.parent is None:
            return None
        return np.flatnonzero(np.diff(self.parent, prepend=-1))


@dataclass(frozen=True)
class Sums:
    """Sufficient statistics. ``columns``: names of the design, the intercept first; the outcome is not among them.

    ``cross`` (units of the lowest level × c+1 × c+1): Σ w·vvᵀ with v = (columns, outcome) as they were summed:
    [columns summed] = [the user's columns] · ``basis``, outcome summed = the user's − ``outcome_shift``. Summing
    columns near their means is what keeps the last digits; the ``basis`` leads back. ``rows`` of each unit, and
    Σ log w in ``log_weights``. ``levels`` from the lowest up.
    """

    columns: tuple[str, ...]
    levels: tuple[Units, ...]
    cross: Floats
    rows: Ints
    log_weights: float = 0.0
    basis: Floats | None = None
    outcome_shift: float = 0.0

    def __post_init__(self) -> None:
        size = len(self.columns) + 1
        if self.columns[:1] != (INTERCEPT,) or len(set(self.columns)) != len(self.columns):
            raise ValueError("columns need the intercept first and a name each")
        if (
            self.cross.shape != (len(self.levels[0].keys), size, size)
            or self.rows.shape != self.cross.shape[:1]
        ):
            raise ValueError("cross products do not fit the units and columns")
        if not np.isfinite(self.cross).all():
            raise ValueError("cross products are not finite")
        for below, above in zip(self.levels, self.levels[1:], strict=False):
            if below.parent is None or below.parent[-1] != len(above.keys) - 1:
                raise ValueError(f"level {below.name!r} does not fill level {above.name!r}")

    @property
    def to_user(self) -> Floats:
        return np.eye(len(self.columns)) if self.basis is None else self.basis

    def rows_of(self, level: int) -> Ints:
        """Rows of every unit of a level."""
        found = self.rows
        for below in self.levels[:level]:
            assert below.starts is not None
            found = np.add.reduceat(found, below.starts)
        return found


def sums_of_rows(
    outcome: ArrayLike,
    columns: Mapping[str, ArrayLike],
    groups: Mapping[str, Sequence[object]],
    weights: ArrayLike | None = None,
) -> Sums:
    """Sums of rows in memory. ``columns``: without the intercept; ``groups``: the lowest level first.

    Values must be finite and weights positive. Raises NotNested.
    """
    y = np.asarray(outcome, np.float64)
    x = {name: np.asarray(values, np.float64) for name, values in columns.items()}
    w = np.ones(len(y)) if weights is None else np.asarray(weights, np.float64)
    if not all(np.isfinite(values).all() for values in (y, w, *x.values())) or np.any(w <= 0):
        raise ValueError("values must be finite, weights positive")
    levels, unit = nested({name: list(map(str, keys)) for name, keys in groups.items()})
    order = np.argsort(unit, kind="stable")
    starts = np.flatnonzero(np.diff(unit[order], prepend=-1))
    shifts = np.array([0.0, *(float(np.average(values, weights=w)) for values in (*x.values(), y))])
    basis = np.eye(len(x) + 1)
    basis[0] -= shifts[:-1]
    summed = [values[order] for values in (np.ones(len(y)), *x.values(), y)]
    summed = [values - shift for values, shift in zip(summed, shifts, strict=True)]
    cross = np.empty((len(starts), len(summed), len(summed)))
    for i, left in enumerate(summed):
        weighted = left * w[order]
        for j, right in enumerate(summed[: i + 1]):
            cross[:, i, j] = cross[:, j, i] = np.add.reduceat(weighted * right, starts)
    rows = np.diff(np.append(starts, len(y)))
    names = (INTERCEPT, *x)
    return Sums(names, levels, cross, rows, float(np.log(w).sum()), basis, float(shifts[-1]))


def nested(groups: Mapping[str, Sequence[str]]) -> tuple[tuple[Units, ...], Ints]:
    """Levels of rows by their keys, the lowest first, and the place of each row's lowest unit.

    Units are in the order of their keys within their parents'. Raises NotNested.
    """
    names = list(groups)
    found = [np.unique(np.asarray(groups[name], dtype=str), return_inverse=True) for name in names]
    keys = [one[0] for one in found]
    place = [np.asarray(one[1], np.int64).reshape(-1) for one in found]
    parents: list[Ints | None] = []
    for level in range(len(names) - 1):
        parents.append(_parents(names, keys, place, level))
    parents.append(None)
    for level in reversed(range(len(names) - 1)):
        own = parents[level]
        assert own is not None
        order = np.argsort(own, kind="stable")
        rank = np.argsort(order, kind="stable")
        keys[level], parents[level], place[level] = keys[level][order], own[order], rank[place[level]]
        if level:
            lower = parents[level - 1]
            assert lower is not None
            parents[level - 1] = rank[lower]
    levels = tuple(
        Units(name, tuple(map(str, key)), parent)
        for name, key, parent in zip(names, keys, parents, strict=True)
    )
    return levels, place[0]


def _parents(names: list[str], keys: list[NDArray[np.str_]], place: list[Ints], level: int) -> Ints:
    own, above = place[level], place[level + 1]
    parent = np.empty(len(keys[level]), np.int64)
    parent[own] = above
    wrong = np.flatnonzero(parent[own] != above)
    if len(wrong):
        row = wrong[0]
        pair = (str(keys[level + 1][above[row]]), str(keys[level + 1][parent[own[row]]]))
        raise NotNested(names[level], str(keys[level][own[row]]), names[level + 1], pair)
    return parent
