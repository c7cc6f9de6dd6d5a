"""The three tests on all papers of all schools, and the list they lead to: start here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.item_scores import group
from rostok.statistics.objectivity.answers import Answers
from rostok.statistics.objectivity.boundaries import (
    Peaks,
    correlation_of,
    joined,
    peak_p_values,
    peaks,
    placebo_windows,
)
from rostok.statistics.objectivity.combining import Combination, Listed, listed
from rostok.statistics.objectivity.crossing import Crossing, crossing, crossing_p_values, standardised
from rostok.statistics.objectivity.limits import RATE
from rostok.statistics.objectivity.patterns import (
    Repeats,
    repeat_p_values,
    repeats,
    usual_repeats,
)
from rostok.statistics.objectivity.scores import (
    generating_function,
    possible,
    smooth_distribution,
    windows,
)
from rostok.statistics.rasch import NotEstimable, calibrate

MOST_FOR_CALIBRATION = 200_000  # pupils: beyond that the items are known better than the model is true

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Paper:
    """``counts``: (schools × scores from 0 to the maximum). ``bounds``: least scores of marks, empty without a scale.

    ``answers`` None: the items are not known.
    """

    counts: NDArray[np.integer]
    bounds: tuple[int, ...] = ()
    answers: Answers | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What the tests saw in one paper. None where a test cannot be applied to it.

    ``marks``: the mark of each window of ``peaks``; ``at_bounds``: works at its bound in the whole region, and
    ``expected_by_curve`` by the smooth curve, NaN where there is none.
    """

    peaks: Peaks | None
    placebo: Peaks | None
    repeats: Repeats | None
    crossing: Crossing | None
    standardised: Floats | None
    marks: tuple[int | None, ...]
    at_bounds: Floats
    expected_by_curve: Floats


def examine(paper: Paper) -> Examined:
    """Everything of one paper that later needs no scripts any more."""
    weights = None if paper.answers is None else _log_weights(paper.answers)
    maximum = paper.counts.shape[1] - 1
    gamma = None if weights is None else _gamma(weights, maximum)
    chosen = windows(paper.bounds, maximum)
    placebo = placebo_windows(chosen, maximum)
    across = None if paper.answers is None else crossing(paper.answers)
    at_bounds, by_curve = _at_bounds(paper, gamma)
    return Examined(
        peaks=peaks(paper.counts, chosen, gamma) if chosen else None,
        placebo=peaks(paper.counts, placebo, gamma) if chosen and placebo else None,
        repeats=None if paper.answers is None or weights is None else repeats(paper.answers, weights),
        crossing=across,
        standardised=None if across is None else standardised(across),
        marks=tuple(window.mark for window in chosen),
        at_bounds=at_bounds,
        expected_by_curve=by_curve,
    )


def _gamma(weights: Sequence[Floats], maximum: int) -> Floats | None:
    """γ_r of the scores 0 … maximum.

    None where the items give more points than the paper has: a curve without lumps is left then.
    """
    gamma = generating_function(weights)
    return possible(gamma, maximum + 1) if len(gamma) <= maximum + 1 else None


def _log_weights(answers: Answers) -> list[Floats] | None:
    """Items by conditional likelihood; None where it has no maximum."""
    pupils = np.repeat(np.arange(len(answers.pupils)), answers.pupils)
    step = max(1, len(pupils) // MOST_FOR_CALIBRATION)
    points = answers.points[pupils[::step]]
    if not len(points) or not points.shape[1]:
        return None
    lowest = points.min(axis=0)  # an item on which everybody scored has no use for 0 points
    try:
        found = calibrate(group(np.ascontiguousarray((points - lowest).T)).grouped)
    except NotEstimable:
        return None
    return [
        np.concatenate([np.full(low, -np.inf), -row[: top + 1]])
        for low, row, top in zip(lowest, found.cumulated, found.maxima, strict=True)
    ]


def _at_bounds(paper: Paper, gamma: Floats | None) -> tuple[Floats, Floats]:
    region = paper.counts.sum(axis=0).astype(float)
    chosen = windows(paper.bounds, len(region) - 1)
    curve = smooth_distribution(region, np.ones(len(region)) if gamma is None else gamma, chosen)
    expected = [region[w.scores].sum() * curve[w.bound] / curve[w.scores].sum() for w in chosen]
    return region[[w.bound for w in chosen]], np.array(expected)


TESTS = ("boundary_peaks", "repeated_answers", "hard_over_easy")


@dataclass(frozen=True, slots=True)
class Figures:
    """(schools × TESTS): ``pupils`` looked at, ``value`` seen, ``limit`` expected, ``p_value``; NaN = cannot tell."""

    pupils: Floats
    value: Floats
    limit: Floats
    p_value: Floats


@dataclass(frozen=True, slots=True)
class Battery:
    """``pooled``: each test over all papers of a school; ``by_paper``: of each paper alone, in their order.

    ``correlation``: likeness of works within a window, from windows without a bound; ``listed``: the schools at the
    stated rate, from ``pooled`` alone.
    """

    pooled: Figures
    by_paper: tuple[Figures, ...]
    correlation: float
    listed: Listed


def battery(
    examined: Sequence[Examined], schools: int, rate: float = RATE, way: Combination = Combination.BONFERRONI
) -> Battery:
    """Tests of each school over all its papers, combined and held at ``rate``."""
    placebo = [one.placebo for one in examined if one.placebo is not None]
    correlation = correlation_of(joined(placebo)) if placebo else 0.0
    pooled = _figures(examined, correlation, schools)
    by_paper = tuple(_figures([one], correlation, schools) for one in examined)
    return Battery(pooled, by_paper, correlation, listed(pooled.p_value, rate, way))


def _figures(examined: Sequence[Examined], correlation: float, schools: int) -> Figures:
    nothing = (np.full(schools, np.nan),) * 4
    found_peaks = [one.peaks for one in examined if one.peaks is not None]
    found_repeats = [one.repeats for one in examined if one.repeats is not None]
    found_crossing = [one for one in examined if one.crossing is not None]
    tests = (
        _of_peaks(joined(found_peaks), correlation) if found_peaks else nothing,
        _of_repeats(found_repeats) or nothing,
        _of_crossing(found_crossing) if found_crossing else nothing,
    )
    return Figures(*(np.stack(columns, axis=1) for columns in zip(*tests, strict=True)))


def _of_peaks(found: Peaks, correlation: float) -> tuple[Floats, ...]:
    pupils = np.where(found.known, found.around, 0.0)
    seen = np.where(found.known, found.at_bound, 0.0).sum(axis=1)
    expected = (pupils * np.nan_to_num(found.share)).sum(axis=1)
    return pupils.sum(axis=1), seen, expected, peak_p_values(found, correlation)


def _of_repeats(found: Sequence[Repeats]) -> tuple[Floats, ...] | None:
    """Each paper by what is usual in it, then all together by how much schools vary over them.

    None where no paper was written in enough schools to say what is usual; such a paper counts for nothing.
    """
    told = [one.times(usual.factor) for one in found if (usual := usual_repeats(one)) is not None]
    total = reduce(add, told) if told else None
    usual = None if total is None else usual_repeats(total)
    if total is None or usual is None:
        return None
    return total.pupils, total.seen, total.expected * usual.factor, repeat_p_values(total, usual)


def _of_crossing(found: Sequence[Examined]) -> tuple[Floats, ...]:
    across = [one.crossing for one in found if one.crossing is not None]
    pupils = np.stack([np.where(np.isnan(one.difference), 0.0, one.pupils) for one in across])
    weighted = (pupils * np.nan_to_num([one.difference for one in across])).sum(axis=0)
    number = pupils.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(number > 0, weighted / number, np.nan)
    scores = [one.standardised for one in found if one.standardised is not None]
    return number, value, np.full(len(number), np.nan), crossing_p_values(scores)
