"""The three tests on all papers of all schools, and the list they lead to: start here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from rostok.statistics.objectivity.combining import RATE, Combination, Listed, listed
from rostok.statistics.objectivity.crossing import Crossing, crossing, crossing_p_values, standardised
from rostok.statistics.objectivity.patterns import (
    Repeats,
    repeat_p_values,
    repeats,
    usual_repeats,
)
from rostok.statistics.objectivity.scores import generating_function, smooth_distribution, windows
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

    ``expected_by_curve``: works at each bound by the smooth curve of the whole region, NaN where there is none.
    """

    peaks: Peaks | None
    placebo: Peaks | None
    repeats: Repeats | None
    crossing: Crossing | None
    standardised: Floats | None
    at_bounds: Floats
    expected_by_curve: Floats


def examine(paper: Paper) -> Examined:
    """Everything of one paper that later needs no scripts any more."""
    weights = None if paper.answers is None else _log_weights(paper.answers)
    maximum = paper.counts.shape[1] - 1
    gamma = None if weights is None else generating_function(weights)
    if gamma is not None and len(gamma) != maximum + 1:
        gamma = None  # totals and items do not say the same; a curve without lumps is left
    chosen = windows(paper.bounds, maximum)
    placebo = placebo_windows(chosen, maximum)
    across = None if paper.answers is None else crossing(paper.answers)
    at_bounds, by_curve = _at_bounds(paper, gamma)
    return Examined(
        peaks=peaks(paper.counts, chosen, gamma) if chosen else None,
        placebo=peaks(paper.counts, placebo, gamma) if chosen and placebo else None,
        repeats=None if paper.answers is None else repeats(paper.answers, weights),
        crossing=across,
        standardised=None if across is None else standardised(across),
        at_bounds=at_bounds,
        expected_by_curve=by_curve,
    )


def _log_weights(answers: Answers) -> list[Floats] | None:
    """Items by conditional likelihood; None where it has no maximum."""
    pupils = np.repeat(np.arange(len(answers.pupils)), answers.pupils)
    step = max(1, len(pupils) // MOST_FOR_CALIBRATION)
    points = answers.points[pupils[::step]]
    if not len(points) or not points.shape[1]:
        return None
    try:
        found = calibrate(group(np.ascontiguousarray(points.T)).grouped)
    except NotEstimable:
        return None
    return [-row[: top + 1] for row, top in zip(found.cumulated, found.maxima, strict=True)]


def _at_bounds(paper: Paper, gamma: Floats | None) -> tuple[Floats, Floats]:
    region = paper.counts.sum(axis=0).astype(float)
    chosen = windows(paper.bounds, len(region) - 1)
    curve = smooth_distribution(region, np.ones(len(region)) if gamma is None else gamma, chosen)
    expected = [region[w.scores].sum() * curve[w.bound] / curve[w.scores].sum() for w in chosen]
    return region[[w.bound for w in chosen]], np.array(expected)


TESTS = ("boundary_peaks", "repeated_answers", "hard_over_easy")


@dataclass(frozen=True, slots=True)
class Battery:
    """``p_values``: (schools × TESTS), NaN = cannot tell; ``by_paper``: the same of each paper alone.

    ``correlation``: likeness of works within a window; ``listed``: the schools at the stated rate.
    """

    p_values: Floats
    by_paper: tuple[Floats, ...]
    correlation: float
    listed: Listed


def battery(
    examined: Sequence[Examined], schools: int, rate: float = RATE, way: Combination = Combination.BONFERRONI
) -> Battery:
    """Tests of each school over all its papers, combined and held at ``rate``."""
    placebo = [one.placebo for one in examined if one.placebo is not None]
    correlation = correlation_of(joined(placebo)) if placebo else 0.0
    columns = (
        _pooled_peaks([one.peaks for one in examined if one.peaks is not None], correlation, schools),
        _pooled_repeats([one.repeats for one in examined if one.repeats is not None], schools),
        _pooled_crossing([one.standardised for one in examined if one.standardised is not None], schools),
    )
    p_values = np.stack(columns, axis=1)
    by_paper = tuple(_of_paper(one, correlation, schools) for one in examined)
    return Battery(p_values, by_paper, correlation, listed(p_values, rate, way))


def _of_paper(one: Examined, correlation: float, schools: int) -> Floats:
    columns = (
        _pooled_peaks([] if one.peaks is None else [one.peaks], correlation, schools),
        _pooled_repeats([] if one.repeats is None else [one.repeats], schools),
        _pooled_crossing([] if one.standardised is None else [one.standardised], schools),
    )
    return np.stack(columns, axis=1)


def _pooled_peaks(found: Sequence[Peaks], correlation: float, schools: int) -> Floats:
    return peak_p_values(joined(found), correlation) if found else np.full(schools, np.nan)


def _pooled_repeats(found: Sequence[Repeats], schools: int) -> Floats:
    """Each paper by what is usual in it, then all together by how much schools vary over them."""
    if not found:
        return np.full(schools, np.nan)
    total, *rest = (one.times(usual_repeats(one).factor) for one in found)
    for one in rest:
        total = total + one
    return repeat_p_values(total, usual_repeats(total))


def _pooled_crossing(found: Sequence[Floats], schools: int) -> Floats:
    return crossing_p_values(found) if found else np.full(schools, np.nan)
