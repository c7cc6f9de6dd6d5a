"""The conditional log-likelihood of the partial credit model, its gradient and its information.

Parameters are b_ik, the cumulated thresholds of score k of item i: the weight of that score is exp(−b_ik).
Given the raw score the pupil's level drops out, whatever its distribution. Source: Andersen (1972) for Rasch,
Masters (1982) for partial credit; information by second derivatives of log γ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.elementary import Scaled, leave_one_out, multiply, one
from rostok.statistics.item_scores import GroupedScores, Ints
from rostok.statistics.products import outer_sum

Floats = NDArray[np.float64]

_CHUNK = 400_000  # numbers in one array of the recursion: it stays in the processor's cache


@dataclass(frozen=True)
class Parameters:
    """Which item and score each parameter belongs to: every used score above the lowest (0) of its item."""

    item: Ints
    score: Ints
    items: int
    top: int

    @classmethod
    def of(cls, category_counts: Ints) -> Parameters:
        item, score = np.nonzero(category_counts[:, 1:])
        return cls(item, score + 1, len(category_counts), category_counts.shape[1] - 1)

    def __len__(self) -> int:
        return len(self.item)

    def weights(self, values: Floats) -> Floats:
        """(I, m + 1) weights of the scores; 1 for score 0, 0 for a score nobody got."""
        table = np.zeros((self.items, self.top + 1))
        table[:, 0] = 1.0
        table[self.item, self.score] = np.exp(-values)
        return table

    def observed(self, category_counts: Ints) -> Floats:
        """How many pupils got the score of each parameter."""
        return category_counts[self.item, self.score].astype(np.float64)


@dataclass(frozen=True)
class Chunk:
    """Some patterns of a design: ``present`` (I, B) as numbers, ``pupils`` (R + 1, B) by raw score."""

    present: Floats
    pupils: Floats


def chunks(grouped: GroupedScores, per_pattern: int) -> Iterator[Chunk]:
    """The informative cells of a table in pieces; ``per_pattern``: numbers the work needs for each pattern."""
    use = grouped.informative
    known, place = np.unique(grouped.pattern[use], return_inverse=True)
    raw, pupils = grouped.raw_score[use], grouped.pupils[use]
    step = max(1, _CHUNK // max(per_pattern, 1))
    for first in range(0, len(known), step):
        inside = (place >= first) & (place < first + step) if len(known) > step else slice(None)
        patterns = known[first : first + step]
        top = int(grouped.pattern_maxima[patterns].max())
        table = np.zeros((top + 1, len(patterns)))
        table[raw[inside], place[inside] - first] = pupils[inside]
        yield Chunk(np.ascontiguousarray(grouped.presented[patterns].T, np.float64), table)


@dataclass(frozen=True)
class Likelihood:
    """Value, gradient (Q) and an information (Q, Q) at some parameters."""

    value: float
    gradient: Floats
    information: Floats


def likelihood(grouped: GroupedScores, parameters: Parameters, values: Floats) -> Likelihood:
    """Conditional log-likelihood, its exact gradient, and the information as if scores were jointly normal.

    The approximate information conditions independent items on their sum as a normal law does,
    D − D d dᵀ D / dᵀ D d, with D the exact covariance within items: good enough to step by, and cheap.
    """
    weights = parameters.weights(values)
    expected = np.zeros(len(parameters))
    information = np.zeros((len(parameters), len(parameters)))
    total = 0.0
    width = (int(grouped.pattern_maxima.max(initial=0)) + 1) * max(len(parameters), 1)
    for chunk in chunks(grouped, width):
        gamma, chance = _probabilities(chunk, parameters, weights)
        total += _log_gamma(chunk, gamma)
        pupils = chunk.pupils.reshape(-1)
        flat = chance.reshape(len(parameters), -1)[:, pupils > 0]
        held = pupils[pupils > 0]
        expected += flat @ held
        information += _normal_information(flat, held, parameters)
    observed = parameters.observed(_informative_counts(grouped))
    return Likelihood(float(-(observed @ values) - total), expected - observed, information)


def _informative_counts(grouped: GroupedScores) -> Ints:
    """Category counts without the pupils of extreme cells, who say nothing of the items.

    In such a cell all have 0 or all have the item's maximum.
    """
    counts = grouped.category_counts.copy()
    items = np.arange(grouped.items)
    for full in (False, True):
        cells = ~grouped.informative & ((grouped.raw_score > 0) == full)
        lost = grouped.pupils[cells] @ grouped.presented[grouped.pattern[cells]]
        counts[items, grouped.maxima if full else 0] -= lost
    return counts


def _log_gamma(chunk: Chunk, gamma: Scaled) -> float:
    use = chunk.pupils > 0
    logs = np.log(gamma.values[use]) + np.broadcast_to(gamma.log, chunk.pupils.shape)[use]
    return float(chunk.pupils[use] @ logs)


def _probabilities(chunk: Chunk, parameters: Parameters, weights: Floats) -> tuple[Scaled, Floats]:
    """γ of all items, and P(score of the parameter | raw score, pattern) as (Q, R + 1, B)."""
    top, patterns = chunk.pupils.shape[0] - 1, chunk.pupils.shape[1]
    gamma = multiply(one(top, patterns), weights, chunk.present, range(parameters.items))
    safe = np.where(gamma.values > 0, gamma.values, 1.0)
    chance = np.zeros((len(parameters), top + 1, patterns))
    for item, rest in leave_one_out(one(top, patterns), weights, chunk.present):
        scale = np.exp(rest.log - gamma.log) * chunk.present[item]
        for place in np.flatnonzero(parameters.item == item):
            score = int(parameters.score[place])
            if score <= top:
                share = rest.values[: top + 1 - score] * (weights[item, score] * scale)
                chance[place, score:] = share / safe[score:]
    return gamma, chance


def _normal_information(chance: Floats, pupils: Floats, parameters: Parameters) -> Floats:
    """Σ pupils · (D − D d dᵀ D / dᵀ D d); ``chance`` (Q, cells)."""
    same = parameters.item[:, None] == parameters.item[None, :]
    weighted = chance * pupils
    within = np.where(same, -(outer_sum(weighted, chance)), 0.0)
    within[np.diag_indices_from(within)] += weighted.sum(axis=1)
    # D d: by cell, score · P − P · E(score of the item)
    mean = np.zeros((parameters.items, chance.shape[1]))
    np.add.at(mean, parameters.item, chance * parameters.score[:, None])
    slope = chance * (parameters.score[:, None] - mean[parameters.item])
    spread = parameters.score @ slope
    safe = np.where(spread > 0, spread, 1.0)
    return np.asarray(within - outer_sum(slope * (pupils / safe), slope), np.float64)


def information(grouped: GroupedScores, parameters: Parameters, values: Floats) -> Floats:
    """The exact information (Q, Q): Σ over pupils of the covariance of scores given raw score and pattern."""
    weights = parameters.weights(values)
    found = np.zeros((len(parameters), len(parameters)))
    joint = np.zeros((parameters.items, parameters.items, 2 * parameters.top + 1))
    width = (int(grouped.pattern_maxima.max(initial=0)) + 1) * max(len(parameters), parameters.items)
    for chunk in chunks(grouped, width):
        gamma, chance = _probabilities(chunk, parameters, weights)
        flat = chance.reshape(len(parameters), -1)
        weighted = flat * chunk.pupils.reshape(-1)
        found -= outer_sum(weighted, flat)
        _add_diagonal(found, weighted.sum(axis=1), parameters)
        _add_pairs(joint, chunk, gamma, weights)
    return found + _pair_moments(joint, weights, parameters)


def _add_diagonal(found: Floats, expected: Floats, parameters: Parameters) -> None:
    found[np.diag_indices(len(parameters))] += expected


def _add_pairs(joint: Floats, chunk: Chunk, gamma: Scaled, weights: Floats) -> None:
    """Add Σ pupils · γ without i and j at r − s, over γ at r: (i, j, s) with s points held by both together."""
    items, patterns = chunk.present.shape
    top = chunk.pupils.shape[0] - 1
    share = np.where(chunk.pupils > 0, chunk.pupils / np.where(gamma.values > 0, gamma.values, 1.0), 0.0)
    # One pattern more for each item left out: pattern b without item i stands at b·I + i.
    without = np.repeat(chunk.present[:, :, None], items, axis=2)
    without[np.arange(items), :, np.arange(items)] = 0.0
    batch = np.ascontiguousarray(without.reshape(items, -1))
    both = chunk.present.T
    for second, rest in leave_one_out(one(top, patterns * items), weights, batch):
        values = rest.values.reshape(top + 1, patterns, items)
        scale = np.exp(rest.log.reshape(patterns, items) - gamma.log[:, None])
        scale *= both * chunk.present[second][:, None]
        scale[:, second] = 0.0
        for points in range(2, min(2 * (weights.shape[1] - 1), top) + 1):
            summed = np.einsum("rb,rbi->bi", share[points:], values[: top + 1 - points])
            joint[:, second, points] += (summed * scale).sum(axis=0)


def _pair_moments(joint: Floats, weights: Floats, parameters: Parameters) -> Floats:
    item, score = parameters.item, parameters.score
    own = weights[item, score]
    together = joint[item[:, None], item[None, :], score[:, None] + score[None, :]]
    return np.asarray(own[:, None] * own[None, :] * together, np.float64)
