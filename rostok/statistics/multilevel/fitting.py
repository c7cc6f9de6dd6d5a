"""``fit``: a model over sums → coefficients, components of variance, effects of units.

The model is y = Xβ + Σ Zb + e, b of a level's units normal with any covariance (intercept, and the slopes asked for),
e normal with variance σ²/w: lme4's model, its precision weights and its criterion included. What cannot be fitted is
refused with a code, what can be left out is left out and said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rostok.statistics.multilevel.basis import Basis, basis_of
from rostok.statistics.multilevel.elimination import (
    Design,
    DesignLevel,
    Solution,
    own_products,
    residual_products,
    solve,
)
from rostok.statistics.multilevel.optimum import minimise
from rostok.statistics.multilevel.sums import Floats, Ints, Sums, Units

FEW_UNITS = 10  # with fewer units a variance between them is hardly known
TIED = 1 - 1e-6  # a correlation of effects from here on is one
NOTHING_LEFT = 1e-10  # share of the outcome's variance; less within units is no variance


class FitRefused(ValueError):  # noqa: N818 - reads as a statement where it is raised
    """The model cannot be fitted at all; ``code`` says why, ``values`` with what."""

    def __init__(self, code: str, **values: object) -> None:
        self.code, self.values = code, values
        super().__init__(f"{code} {values}")


@dataclass(frozen=True)
class Remark:
    """What was left out or found at a boundary: a code and its values; sentences are made elsewhere."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class LevelFit:
    """Effects of one level. ``covariance`` (q × q) of the effects of ``terms``, the intercept first.

    ``effects`` (units × q) are conditional modes, ``conditional`` (units × q × q) their covariances given the
    estimated parameters: how far β and the variances may be off is not in them.
    """

    name: str
    units: tuple[str, ...]
    rows: Ints
    terms: tuple[str, ...]
    covariance: Floats
    effects: Floats
    conditional: Floats

    @property
    def standard_errors(self) -> Floats:
        """Conditional standard errors (units × q)."""
        diagonal = np.diagonal(self.conditional, axis1=1, axis2=2)
        return np.sqrt(np.maximum(diagonal, 0))

    @property
    def correlation(self) -> Floats:
        sd = np.sqrt(np.diagonal(self.covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.covariance / np.outer(sd, sd))


@dataclass(frozen=True)
class Fit:
    """A fitted model, on the user's scale. ``criterion``: −2 log-likelihood, or lme4's REML criterion."""

    reml: bool
    terms: tuple[str, ...]
    estimates: Floats
    covariance: Floats
    levels: tuple[LevelFit, ...]
    residual_variance: float
    criterion: float
    rows: int
    remarks: tuple[Remark, ...]

    @property
    def log_likelihood(self) -> float:
        return -self.criterion / 2

    @property
    def standard_errors(self) -> Floats:
        return np.sqrt(np.diagonal(self.covariance))

    @property
    def parameters(self) -> int:
        """Coefficients, variances, covariances."""
        effects = sum(len(level.terms) * (len(level.terms) + 1) // 2 for level in self.levels)
        return len(self.terms) + effects + 1

    def level(self, name: str) -> LevelFit:
        return next(level for level in self.levels if level.name == name)


def fit(
    sums: Sums,
    *,
    slopes: Mapping[str, Sequence[str]] | None = None,
    only_random: Collection[str] = (),
    reml: bool = True,
) -> Fit:
    """Fit the model with all columns of ``sums`` fixed, but those of ``only_random``.

    ``slopes``: by the name of a level the columns whose slope varies between its units, beside the intercept and
    correlated with it. Raises FitRefused.
    """
    _check(sums)
    sums, weight = _of_mean_weight(sums)
    model = _Model(sums, dict(slopes or {}), frozenset(only_random), reml)
    basis = basis_of(sums, model.fixed)
    levels, remarks = model.usable_levels()
    remarks = [*_left_out(sums, basis), *remarks]
    design = _design(model, basis, levels)
    _check_room(sums, design)
    found = minimise(design)
    solution = solve(design, found.theta)
    if solution.residual < NOTHING_LEFT:
        raise FitRefused("residual-none")
    if not found.converged:
        remarks.append(Remark("not-converged"))
    fits = tuple(
        _level_fit(sums, design, basis, solution, place, level, found.theta)
        for place, level in enumerate(levels)
    )
    remarks += [remark for one in fits for remark in _boundary(one)]
    return Fit(
        reml,
        tuple(sums.columns[place] for place in basis.kept),
        basis.coefficients(solution.coefficients),
        basis.covariance(solution.residual * solution.inverse),
        fits,
        weight * solution.residual * basis.outcome_scale**2,
        _criterion(design, basis, solution, sums),
        int(sums.rows.sum()),
        tuple(remarks),
    )


@dataclass(frozen=True)
class _Level:
    """A level of the model: its place among the levels of the sums, and the places of its columns."""

    place: int
    units: Units
    rows: Ints
    columns: tuple[int, ...]


@dataclass(frozen=True)
class _Model:
    sums: Sums
    slopes: Mapping[str, Sequence[str]]
    only_random: frozenset[str]
    reml: bool

    def __post_init__(self) -> None:
        known = {level.name for level in self.sums.levels}
        asked = {column for columns in self.slopes.values() for column in columns} | self.only_random
        if unknown := [*(set(self.slopes) - known), *(asked - set(self.sums.columns))]:
            raise ValueError(f"not in the sums: {sorted(unknown)}")

    @property
    def fixed(self) -> Ints:
        return np.array([k for k, name in enumerate(self.sums.columns) if name not in self.only_random])

    def usable_levels(self) -> tuple[list[_Level], list[Remark]]:
        """Levels that can be fitted with the slopes that can; what cannot, as remarks."""
        sums, remarks = self.sums, []
        levels: list[_Level] = []
        for place, units in enumerate(sums.levels):
            rows = sums.rows_of(place)
            if place and len(units.keys) in (1, len(sums.levels[place - 1].keys)):
                code = "level-one-unit" if len(units.keys) == 1 else "level-repeats"
                remarks.append(Remark(code, {"level": units.name, "below": sums.levels[place - 1].name}))
                continue
            if len(units.keys) < FEW_UNITS:
                remarks.append(Remark("units-few", {"level": units.name, "units": len(units.keys)}))
            columns, said = self._slopes_of(place, units)
            remarks += said
            levels.append(_Level(place, units, rows, (0, *columns)))
        return levels, remarks

    def _slopes_of(self, place: int, units: Units) -> tuple[list[int], list[Remark]]:
        found: list[int] = []
        remarks: list[Remark] = []
        varying = _varies_within(self.sums, place)
        for name in dict.fromkeys(self.slopes.get(units.name, ())):
            column = self.sums.columns.index(name)
            values = {"level": units.name, "term": name}
            if not varying[column]:
                remarks.append(Remark("slope-same-within", values))
            elif (len(found) + 2) * len(units.keys) >= self.sums.rows.sum() or len(found) + 2 > len(
                units.keys
            ):
                remarks.append(Remark("slope-too-many", {**values, "units": len(units.keys)}))
            else:
                found.append(column)
        return found, remarks


def _varies_within(sums: Sums, place: int) -> Ints:
    """Does a column take different values in one unit of the level, in any of them?"""
    cross = sums.cross
    for level in sums.levels[:place]:
        assert level.starts is not None
        cross = np.add.reduceat(cross, level.starts, axis=0)
    squares = np.diagonal(cross, axis1=1, axis2=2)
    within = squares - cross[:, 0, :] ** 2 / cross[:, 0, 0, None]
    return np.asarray(within.sum(axis=0) > 1e-9 * squares.sum(axis=0))


def _check(sums: Sums) -> None:
    """Refuse what no model can be fitted to."""
    lowest = sums.levels[0]
    if len(lowest.keys) < 2:
        raise FitRefused("one-unit", level=lowest.name, unit=lowest.keys[0])
    if len(lowest.keys) == sums.rows.sum():
        raise FitRefused("one-row-per-unit", level=lowest.name, units=len(lowest.keys))
    outcome, weight = sums.cross[:, -1, -1], sums.cross[:, 0, 0]
    sum_ = sums.cross[:, 0, -1]
    squares = float(outcome.sum())
    if squares - float(sum_.sum()) ** 2 / float(weight.sum()) <= 1e-14 * squares:
        raise FitRefused("outcome-constant")
    if not _varies_within(sums, 0)[-1]:
        raise FitRefused("outcome-same-within", level=lowest.name)


def _of_mean_weight(sums: Sums) -> tuple[Sums, float]:
    """The same with weights of mean 1, and the mean: σ² of the user's weights is larger by it, nothing else differs."""
    rows = int(sums.rows.sum())
    mean = float(sums.cross[:, 0, 0].sum()) / rows
    if mean == 1:
        return sums, 1.0
    return replace(sums, cross=sums.cross / mean, log_weights=sums.log_weights - rows * np.log(mean)), mean


def _check_room(sums: Sums, design: Design) -> None:
    rows = int(sums.rows.sum())
    if rows <= design.fixed + design.parameters + 1:
        raise FitRefused("rows-few", rows=rows, parameters=design.fixed + design.parameters + 1)
    f = design.fixed
    left = design.total[f, f] - design.total[f, :f] @ np.linalg.solve(
        design.total[:f, :f], design.total[:f, f]
    )
    if left <= NOTHING_LEFT * design.total[f, f]:
        raise FitRefused("residual-none")


def _design(model: _Model, basis: Basis, levels: list[_Level]) -> Design:
    sums = model.sums
    effects = sorted({column for level in levels for column in level.columns})
    place_of = {column: place for place, column in enumerate(effects)}
    columns = [*basis.kept.tolist(), len(sums.columns), *effects]
    left, right = basis.transform[:, effects], basis.transform[:, columns]
    base = left.T @ sums.cross @ right
    total = basis.transform.T @ sums.cross.sum(axis=0) @ basis.transform
    chosen = columns[: len(basis.kept) + 1]
    found = tuple(
        DesignLevel(np.array([place_of[column] for column in level.columns]), len(level.units.keys),
                    *_ties(sums, level, levels))
        for level in levels
    )  # fmt: skip
    return Design(base, total[np.ix_(chosen, chosen)], found, int(sums.rows.sum()), model.reml)


def _ties(sums: Sums, level: _Level, levels: list[_Level]) -> tuple[Ints | None, Ints | None]:
    """Where the units of each parent begin and each unit's parent, in the next level of the model."""
    above = [other for other in levels if other.place > level.place]
    if not above:
        return None, None
    parent = level.units.parent
    for between in sums.levels[level.place + 1 : above[0].place]:
        assert parent is not None and between.parent is not None
        parent = between.parent[parent]
    assert parent is not None
    return np.flatnonzero(np.diff(parent, prepend=-1)), parent


def _left_out(sums: Sums, basis: Basis) -> list[Remark]:
    return [
        Remark("column-collinear" if others else "column-constant",
               {"term": sums.columns[place], "others": tuple(sums.columns[k] for k in others if k)})
        for place, others in basis.dropped
    ]  # fmt: skip


def _level_fit(
    sums: Sums, design: Design, basis: Basis, solution: Solution, place: int, level: _Level, theta: Floats
) -> LevelFit:
    factor = design.factors(theta)[place]
    within = solution.within[place]
    relative = factor @ factor.T
    to_user = basis.of_effects(np.array(level.columns))
    modes = residual_products(design, solution, within) @ relative
    taken = np.einsum("ij,ujk,kl->uil", relative, own_products(design, within), relative)
    conditional = solution.residual * (relative - taken)
    return LevelFit(
        level.units.name,
        level.units.keys,
        level.rows,
        tuple(sums.columns[column] for column in level.columns),
        solution.residual * to_user @ relative @ to_user.T,
        modes @ to_user.T,
        to_user @ conditional @ to_user.T,
    )


def _criterion(design: Design, basis: Basis, solution: Solution, sums: Sums) -> float:
    """The deviance of standardised columns as that of the user's, weights included."""
    value = solution.deviance + design.freedom * 2 * np.log(basis.outcome_scale) - sums.log_weights
    return float(value + basis.log_determinant if design.reml else value)


def _boundary(level: LevelFit) -> list[Remark]:
    sd = np.sqrt(np.diagonal(level.covariance))
    found = [Remark("variance-none", {"level": level.name, "term": term})
             for term, value in zip(level.terms, sd, strict=True) if value == 0]  # fmt: skip
    there = [k for k, value in enumerate(sd) if value > 0]
    correlation = level.correlation[np.ix_(there, there)]
    tied = [Remark("effects-tied", {"level": level.name, "term": level.terms[there[i]], "other": level.terms[there[j]]})
            for i in range(len(there)) for j in range(i) if abs(correlation[i, j]) > TIED]  # fmt: skip
    if not tied and len(there) > 2 and np.linalg.eigvalsh(correlation)[0] < 1 - TIED:
        others = ", ".join(level.terms[k] for k in there[:-1])
        tied = [
            Remark("effects-tied", {"level": level.name, "term": level.terms[there[-1]], "other": others})
        ]
    return found + tied
