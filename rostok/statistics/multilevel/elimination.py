"""The profiled deviance of θ, its gradient, and what follows from a θ, by integrating effects out level by level.

With Λ the relative covariance factor of a level (covariance of effects = σ²ΛΛᵀ) the effects of a unit add
log|ΛᵀZᵀZΛ + I| to the deviance and take CᵀC, C = L⁻¹ΛᵀZᵀ(X, y), off the cross products of everything above it (L: the
Cholesky factor of that matrix): Bates, Mächler, Bolker, Walker (2015), Pinheiro and Bates (2000, 2.2). What is
left at the top gives the coefficients and the residual variance. Units nest, so all of a level are one array.

The way back, from the top down, gives Zᵀ V⁻¹ (X, y, Z) of every unit, V = I + ZΛΛᵀZᵀ over all levels: the gradient,
the effects (ΛΛᵀ Zᵀ V⁻¹ (y − Xβ)) and their conditional covariances are read off it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, solve_triangular

from rostok.statistics.multilevel.sums import Floats, Ints

_BLOCK = 4096


@dataclass(frozen=True)
class DesignLevel:
    """``effects``: places of its columns among the rows kept for effects; ``starts``: where a parent's units begin."""

    effects: Ints
    units: int
    starts: Ints | None
    parent: Ints | None

    @property
    def parameters(self) -> int:
        q = len(self.effects)
        return q * (q + 1) // 2


@dataclass(frozen=True)
class Design:
    """Standardised sums of one model.

    ``base`` (units × r × C): rows are the columns with effects at any level, columns the f fixed ones, the outcome,
    and those r again. ``total`` (f+1 × f+1) are the cross products of all rows.
    """

    base: Floats
    total: Floats
    levels: tuple[DesignLevel, ...]
    rows: int
    reml: bool

    @property
    def fixed(self) -> int:
        return len(self.total) - 1

    @property
    def freedom(self) -> int:
        """What the residual sum is divided by: rows, less the coefficients for REML."""
        return self.rows - self.fixed if self.reml else self.rows

    @property
    def parameters(self) -> int:
        return sum(level.parameters for level in self.levels)

    def factors(self, theta: Floats) -> list[Floats]:
        """Λ of each level: θ fills lower triangles row by row."""
        found, place = [], 0
        for level in self.levels:
            q = len(level.effects)
            factor = np.zeros((q, q))
            factor[np.tril_indices(q)] = theta[place : place + level.parameters]
            found.append(factor)
            place += level.parameters
        return found


@dataclass(frozen=True)
class Solution:
    """What a θ implies. ``within``: of each level Zᵀ V⁻¹ (X, y, Z) by unit (units × q × f+1+q)."""

    deviance: float  # or REML criterion, of standardised columns
    coefficients: Floats
    inverse: Floats  # (Xᵀ V⁻¹ X)⁻¹
    residual: float  # σ²
    within: tuple[Floats, ...]


@dataclass(frozen=True)
class _State:
    own: Floats  # rows of the level's effects before it is eliminated (units × q × C)
    lower: Floats
    taken: Floats  # C above


def deviance(design: Design, theta: Floats) -> float:
    """The deviance of θ alone."""
    return _profiled(design, *_forward(design, design.factors(theta))[1:])[0]


def solve(design: Design, theta: Floats) -> Solution:
    """Everything that follows from θ."""
    factors = design.factors(theta)
    states, total, log_det = _forward(design, factors)
    value, cholesky_, coefficients, residual = _profiled(design, total, log_det)
    within = _backward(design, factors, states)
    inverse = cho_solve((cholesky_, True), np.eye(design.fixed))
    return Solution(value, coefficients, inverse, residual, within)


def value_and_gradient(design: Design, theta: Floats) -> tuple[float, Floats]:
    """The deviance and its derivatives by θ.

    By Ψ = ΛΛᵀ of a level they are F = Σ ZᵀPZ − ZᵀPy yᵀPZ/σ² over its units (V⁻¹ in place of the first P for ML), and
    by Λ 2FΛ.
    """
    found = solve(design, theta)
    gradient = []
    for factor, within in zip(design.factors(theta), found.within, strict=True):
        by_factor = 2 * _slope(design, found, within) @ factor
        gradient.append(by_factor[np.tril_indices(len(factor))])
    return found.deviance, np.concatenate(gradient)


def own_products(design: Design, within: Floats) -> Floats:
    """Zᵀ V⁻¹ Z of every unit (units × q × q)."""
    return within[:, :, design.fixed + 1 :]


def residual_products(design: Design, found: Solution, within: Floats) -> Floats:
    """Zᵀ V⁻¹ (y − Xβ) of every unit (units × q)."""
    f = design.fixed
    left: Floats = within[:, :, f] - within[:, :, :f] @ found.coefficients
    return left


def _slope(design: Design, found: Solution, within: Floats) -> Floats:
    left = residual_products(design, found, within)
    slope: Floats = own_products(design, within).sum(axis=0) - _gram(left, left) / found.residual
    if design.reml:
        fixed = [np.ascontiguousarray(within[:, i, : design.fixed]) for i in range(len(slope))]
        for i, j in np.ndindex(*slope.shape):
            slope[i, j] -= (found.inverse * _gram(fixed[i], fixed[j])).sum()
    return slope


def _forward(design: Design, factors: list[Floats]) -> tuple[list[_State], Floats, float]:
    f = design.fixed
    rows, total, log_det = design.base, design.total.copy(), 0.0
    states = []
    for level, factor in zip(design.levels, factors, strict=True):
        own = rows[:, level.effects, :]
        scaled = _times(factor.T, own)
        inner = _times_right(scaled[:, :, f + 1 + level.effects], factor)
        inner[:, range(len(factor)), range(len(factor))] += 1
        lower = cholesky(inner)
        taken = solve_lower(lower, scaled)
        log_det += 2 * float(np.log(np.diagonal(lower, axis1=1, axis2=2)).sum())
        flat = taken[:, :, : f + 1].reshape(-1, f + 1)
        total -= _gram(flat, flat)
        states.append(_State(own, lower, taken))
        if level.starts is not None:
            rows = np.add.reduceat(_without(rows, taken[:, :, f + 1 :], taken), level.starts, axis=0)
    return states, total, log_det


def _profiled(design: Design, total: Floats, log_det: float) -> tuple[float, Floats, Floats, float]:
    f = design.fixed
    lower: Floats = np.asarray(np.linalg.cholesky(total[:f, :f]), np.float64)
    half = solve_triangular(lower, total[:f, f], lower=True)
    squares = max(float(total[f, f] - half @ half), np.finfo(np.float64).tiny)
    value = log_det + design.freedom * (1 + np.log(2 * np.pi * squares / design.freedom))
    if design.reml:
        value += 2 * float(np.log(np.diagonal(lower)).sum())
    coefficients = solve_triangular(lower, half, lower=True, trans="T")
    return float(value), lower, coefficients, squares / design.freedom


@dataclass(frozen=True)
class _Above:
    """What all levels above take of the units of a level, by the parent's place.

    Of its V⁻¹ over all levels a unit sees its own, less (own V⁻¹)·Z·``kernel``·Zᵀ·(own V⁻¹) with all columns Z that
    have effects; ``taken`` is what the parent's effects say of the fixed columns and the outcome (r × f+1).
    """

    kernel: Floats
    taken: Floats

    def of(self, parent: Ints) -> _Above:
        return _Above(self.kernel[parent], self.taken[parent])


def _backward(design: Design, factors: list[Floats], states: list[_State]) -> tuple[Floats, ...]:
    """Zᵀ V⁻¹ (X, y, Z of the unit itself) of every unit, from the top down."""
    f = design.fixed
    found: list[Floats] = []
    above: _Above | None = None
    for place in reversed(range(len(states))):
        level, state = design.levels[place], states[place]
        rest = _without(state.own, state.taken[:, :, f + 1 + level.effects], state.taken)
        outer, effects = rest[:, :, : f + 1], rest[:, :, f + 1 :]
        inner = effects[:, :, level.effects]
        if above is not None:
            outer = outer - effects @ above.taken
            inner = inner - effects @ above.kernel @ np.swapaxes(effects, 1, 2)
        found.append(np.concatenate([outer, inner], axis=2))
        if place:
            above = _passed_on(design, level, factors[place], state, above)
            parent = design.levels[place - 1].parent
            assert parent is not None
            above = above.of(parent)
    return tuple(found[::-1])


def _passed_on(
    design: Design, level: DesignLevel, factor: Floats, state: _State, above: _Above | None
) -> _Above:
    """What the level, and those above it, take of the units below."""
    f, r = design.fixed, design.base.shape[1]
    influence = np.zeros((level.units, r, state.taken.shape[2]))
    influence[:, level.effects, :] = _times(factor, solve_upper(state.lower, state.taken))
    half = solve_lower(state.lower, np.broadcast_to(factor.T, (level.units, *factor.shape)))
    kernel = np.zeros((level.units, r, r))
    kernel[:, level.effects[:, None], level.effects] = np.swapaxes(half, 1, 2) @ half
    taken = influence[:, :, : f + 1]
    if above is None:
        return _Above(kernel, taken)
    left = np.eye(r) - influence[:, :, f + 1 :]
    return _Above(kernel + left @ above.kernel @ np.swapaxes(left, 1, 2), taken + left @ above.taken)


def _gram(left: Floats, right: Floats) -> Floats:
    """leftᵀ·right, in blocks that BLAS multiplies in one thread: waking others takes longer than these products."""
    found = np.zeros((left.shape[1], right.shape[1]))
    for start in range(0, len(left), _BLOCK):
        found += left[start : start + _BLOCK].T @ right[start : start + _BLOCK]
    return found


# --- small matrices, one per unit: loops over their sides, arrays over the units


def _times(matrix: Floats, stack: Floats) -> Floats:
    return np.asarray(stack * matrix[0, 0] if len(matrix) == 1 else np.einsum("ij,ujc->uic", matrix, stack))


def _times_right(stack: Floats, matrix: Floats) -> Floats:
    return np.asarray(stack * matrix[0, 0] if len(matrix) == 1 else np.einsum("uij,jk->uik", stack, matrix))


def _without(rows: Floats, left: Floats, taken: Floats) -> Floats:
    """``rows`` − leftᵀ·taken for every unit."""
    found = rows.copy()
    for k in range(taken.shape[1]):
        found -= left[:, k, :, None] * taken[:, k, None, :]
    return found


def cholesky(stack: Floats) -> Floats:
    """Lower factors of positive definite matrices (units × q × q)."""
    lower = np.zeros_like(stack)
    for j in range(stack.shape[1]):
        for i in range(j, stack.shape[1]):
            left = stack[:, i, j] - (lower[:, i, :j] * lower[:, j, :j]).sum(axis=1)
            lower[:, i, j] = np.sqrt(left) if i == j else left / lower[:, j, j]
    return lower


def solve_lower(lower: Floats, right: Floats) -> Floats:
    """L⁻¹B of every unit."""
    found = np.empty_like(right)
    for i in range(lower.shape[1]):
        left = right[:, i, :]
        for k in range(i):
            left = left - lower[:, i, k, None] * found[:, k, :]
        found[:, i, :] = left / lower[:, i, i, None]
    return found


def solve_upper(lower: Floats, right: Floats) -> Floats:
    """L⁻ᵀB of every unit."""
    found = np.empty_like(right)
    q = lower.shape[1]
    for i in reversed(range(q)):
        left = right[:, i, :]
        for k in range(i + 1, q):
            left = left - lower[:, k, i, None] * found[:, k, :]
        found[:, i, :] = left / lower[:, i, i, None]
    return found
