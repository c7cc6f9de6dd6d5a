"""Rasch and partial credit models by conditional maximum likelihood from grouped counts.

``calibrate`` takes what ``item_scores.group`` makes of a table of scores. Booklets and missing answers need
nothing more: each pattern of presented items has its own elementary symmetric functions. That a score is
missing must not depend on what it would have been, given the pupil's level (missing at random).

A score nobody got has no parameter: it takes no part in the model, and its threshold is empty. What cannot be
placed at all (an item everyone solved, items of unconnected booklets) is found by ``placement`` beforehand;
``calibrate`` raises NotEstimable when it meets such a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.conditional import Likelihood, Parameters, information, likelihood
from rostok.statistics.item_scores import GroupedScores, Ints

Floats = NDArray[np.float64]

MOST_STEPS = 200
FARTHEST = 30.0  # logits: beyond this a parameter is on its way to infinity
WIDEST = 100.0  # a standard error of so many logits says that there is no maximum
PATIENCE = 40  # steps by the approximate information before the exact one is computed for each
# Newton decrement (twice the log-likelihood to gain) below which the exact information is worth its time.
_NEAR = 1e-8
_DONE = 1e-11  # at this decrement a parameter is 3e-6 of its standard error away


class NotEstimable(Exception):  # noqa: N818 - reads as a statement where it is raised
    """The conditional likelihood has no finite maximum for this table."""


@dataclass(frozen=True)
class Calibration:
    """Estimated items. ``values``, ``covariance``: cumulated thresholds b and their covariance.

    The origin: thresholds of all scores of all items sum to zero, which for items scored 0/1 is the sum of
    difficulties. Where a score was never given, the step over it counts as many times as it is high.
    """

    parameters: Parameters
    values: Floats
    covariance: Floats
    log_likelihood: float
    pupils: int  # those who say something about the items: raw score neither 0 nor full

    @cached_property
    def weights(self) -> Floats:
        """(I, m + 1) weight of each score, exp(−b); 0 for a score nobody got."""
        return self.parameters.weights(self.values)

    @cached_property
    def cumulated(self) -> Floats:
        """(I, m + 1) cumulated thresholds b, 0 for score 0, infinite for a score nobody got."""
        table = np.full((self.parameters.items, self.parameters.top + 1), np.inf)
        table[:, 0] = 0.0
        table[self.parameters.item, self.parameters.score] = self.values
        return table

    @cached_property
    def maxima(self) -> Ints:
        """(I) highest score of each item, 0 for an item without parameters."""
        found = np.zeros(self.parameters.items, np.int64)
        np.maximum.at(found, self.parameters.item, self.parameters.score)
        return found

    def thresholds(self) -> tuple[Floats, Floats]:
        """Andrich thresholds and standard errors (Q each), in the order of ``parameters``.

        Over a score nobody got the threshold is the mean one: where the curves of the two used scores cross.
        """
        steps = _steps(self.parameters)
        return steps @ self.values, _errors(steps, self.covariance)

    def difficulties(self) -> tuple[Floats, Floats]:
        """Mean threshold of each item and its standard error (I each), summing to zero over items; NaN for none.

        For items scored 0/1 the same numbers as ``thresholds``; else another origin than theirs.
        """
        mean = _means(self.parameters)
        placed = self.maxima > 0
        centre = np.eye(len(mean)) - np.outer(np.ones(len(mean)), placed / max(placed.sum(), 1))
        centred = centre @ mean
        values, errors = centred @ self.values, _errors(centred, self.covariance)
        return np.where(placed, values, np.nan), np.where(placed, errors, np.nan)


def _errors(linear: Floats, covariance: Floats) -> Floats:
    variance = np.einsum("ij,jk,ik->i", linear, covariance, linear)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), np.float64)


def _steps(parameters: Parameters) -> Floats:
    """(Q, Q): from cumulated thresholds to thresholds."""
    steps = np.eye(len(parameters))
    for place in range(len(parameters)):
        below = place - 1
        first = below < 0 or parameters.item[below] != parameters.item[place]
        width = parameters.score[place] - (0 if first else parameters.score[below])
        if not first:
            steps[place, below] = -1.0
        steps[place] /= width
    return steps


def _highest(parameters: Parameters) -> NDArray[np.bool_]:
    """Parameters (Q) of the highest score of their item."""
    return np.append(parameters.item[1:] != parameters.item[:-1], True)[: len(parameters)]


def _means(parameters: Parameters) -> Floats:
    """(I, Q): from cumulated thresholds to the mean threshold of each item."""
    means = np.zeros((parameters.items, len(parameters)))
    top = np.flatnonzero(_highest(parameters))
    means[parameters.item[top], top] = 1.0 / parameters.score[top]
    return means


def calibrate(grouped: GroupedScores) -> Calibration:
    """Conditional maximum likelihood by Newton steps with halving.

    Items of whom only one score is known take no part; the rest must be connected (see ``placement``).
    Raises NotEstimable where fewer than two items are left or an estimate runs away.
    """
    parameters = Parameters.of(grouped.category_counts)
    pupils = int(grouped.pupils[grouped.informative].sum())
    if len(np.unique(parameters.item)) < 2 or not pupils:
        raise NotEstimable("fewer than two items to compare")
    if grouped.category_counts[np.unique(parameters.item), 0].min() == 0:
        raise ValueError("scores of an item start at 0: take the lowest one off")
    values, found, exact = _maximum(grouped, parameters)
    covariance = _covariance(exact, parameters)
    return Calibration(parameters, _centred(values, parameters), covariance, found.value, pupils)


def _start(grouped: GroupedScores, parameters: Parameters) -> Floats:
    """Logarithms of odds of neighbouring scores, taken half way: near enough to start from."""
    counts = grouped.category_counts[parameters.item, parameters.score] + 0.5
    none = grouped.category_counts[parameters.item, 0] + 0.5
    return _centred(np.log(none / counts), parameters)


def _centred(values: Floats, parameters: Parameters) -> Floats:
    """Move the origin so that the thresholds of all scores sum to zero."""
    top = _highest(parameters)
    shift = values[top].sum() / parameters.score[top].sum()
    return np.asarray(values - shift * parameters.score, np.float64)


def _maximum(grouped: GroupedScores, parameters: Parameters) -> tuple[Floats, Likelihood, Floats]:
    """Parameters, likelihood there, and the exact information of a point that differs by nothing seen.

    The cheap approximate information leads near; from there on the exact one, computed once or twice.
    """
    values = _start(grouped, parameters)
    found = likelihood(grouped, parameters, values)
    exact: Floats | None = None
    for taken in range(MOST_STEPS):
        if taken >= PATIENCE:
            exact = information(grouped, parameters, values)
        step = _solve(found.information if exact is None else exact, found.gradient, parameters)
        decrement = float(found.gradient @ step)
        if decrement < _NEAR and exact is None:
            exact = information(grouped, parameters, values)
            continue
        if decrement < _DONE and exact is not None:
            _check_determined(exact, parameters)
            # One step more than needed: it doubles the number of right digits for nothing.
            return _centred(values + step, parameters), found, exact
        values, found = _line_search(grouped, parameters, values, found, step, decrement)
        if np.abs(values).max() > FARTHEST * parameters.top:
            raise NotEstimable("an estimate runs to infinity")
    raise NotEstimable("no maximum found")


def _closed(matrix: Floats, parameters: Parameters) -> Floats:
    """The information with the one direction closed in which nothing changes: all items moved together."""
    scores = parameters.score.astype(np.float64)
    weight = np.trace(matrix) / (scores @ scores) / len(scores)
    return np.asarray(matrix + np.outer(scores, scores) * weight, np.float64)


def _check_determined(exact: Floats, parameters: Parameters) -> None:
    """NotEstimable where the likelihood is flat in some direction: there an estimate is on its way to infinity."""
    if np.linalg.eigvalsh(_closed(exact, parameters))[0] < 1 / WIDEST**2:
        raise NotEstimable("the likelihood is flat: an estimate is on its way to infinity")


def _solve(matrix: Floats, gradient: Floats, parameters: Parameters) -> Floats:
    """The Newton step."""
    try:
        return np.asarray(np.linalg.solve(_closed(matrix, parameters), gradient), np.float64)
    except np.linalg.LinAlgError as error:
        raise NotEstimable("the information is singular") from error


def _line_search(
    grouped: GroupedScores,
    parameters: Parameters,
    values: Floats,
    found: Likelihood,
    step: Floats,
    decrement: float,
) -> tuple[Floats, Likelihood]:
    length = 1.0
    slack = 1e-12 * abs(found.value)  # the sum over pupils is no more exact than this
    while length > 1e-6:
        tried = _centred(values + length * step, parameters)
        there = likelihood(grouped, parameters, tried)
        if there.value >= found.value + 1e-4 * length * decrement - slack:
            return tried, there
        length /= 2
    raise NotEstimable("no step leads up")


def _covariance(exact: Floats, parameters: Parameters) -> Floats:
    """Covariance under the origin of ``_centred``: a generalised inverse, projected along the free direction."""
    scores = parameters.score.astype(np.float64)
    inverse = np.linalg.inv(_closed(exact, parameters))
    top = _highest(parameters).astype(np.float64)
    project = np.eye(len(scores)) - np.outer(scores, top / (top @ scores))
    return np.asarray(project @ inverse @ project.T, np.float64)
