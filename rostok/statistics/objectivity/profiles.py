"""What a class or school knows better and worse than its raw scores say, and how much likelier equal works are then.

A class whose pupils all know one topic and do not know another gives equal works more often than the region's
items say, with nobody copying. How much more is seen in the class itself: its profile over the items is estimated,
and the chance of equal works computed with it. No law of how profiles differ between schools is assumed, so that
a school unlike all others is no evidence of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from rostok.statistics.elementary import Scaled, multiply, one
from rostok.statistics.objectivity.answers import Answers, summed
from rostok.statistics.objectivity.scores import from_lowest

_FARTHEST = 3.0  # logits a point: a class in which everybody solved an item says no more than that
_NOTHING = 1e-9  # a variance below it is one of rounding

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Earned:
    """(classes or schools × items): ``points``; ``expected``: those of the region's pupils with the same scores; the
    ``variance`` of that; ``most`` that could be had. Pupils whose score settles the item are not counted."""

    points: Floats
    expected: Floats
    variance: Floats
    most: Floats


def class_profiles(answers: Answers, classes: int) -> Floats:
    """(classes × items): logits a point by which an item is easier for a class, 0 … ``classes`` − 1, than for the region.

    The logit of the class's share of points less that of the region's pupils of the same scores, in units of what a
    point tells of this item. Points of a pupil add up to the score, so those on k items lean against each other: the
    factor (k − 1) ÷ k of Cochran's Q (1950). All of it is then drawn towards 0 by as much as chance alone would have
    made it (James and Stein 1961, positive part), in each class by itself: one that really differs stays different.
    Works that repeat another are counted like all: leaving them out calls a class more even than it is.
    """
    earned = points_against_scores(answers, answers.klass, classes)
    told = earned.variance > 0
    items = told.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        lean = np.where(items > 1, (items - 1) / items, 0.0)[:, None]
        squares = lean * (earned.points - earned.expected) ** 2 / earned.variance
        # By chance alone it is a chi-square with k − 1 degrees.
        distance = np.where(told, squares, 0.0).sum(axis=1)
        kept = np.where(distance > 0, np.clip(1 - (items - 1) / distance, 0.0, 1.0), 0.0)
        profile = np.where(told, lean * _logits_a_point(earned), 0.0)
    return np.asarray(np.clip(kept[:, None] * profile, -_FARTHEST, _FARTHEST))


def _logits_a_point(earned: Earned) -> Floats:
    """For items of one point a difference of logits; near 0 it is (points − expected) ÷ variance for any item."""
    usual = earned.expected / earned.most
    shown = (earned.points + usual) / (earned.most + 1)  # one more point, as expected: no share is 0 or 1
    steepness = earned.most * usual * (1 - usual) / earned.variance
    return np.asarray(steepness * (logit(shown) - logit(usual)))


def points_against_scores(answers: Answers, place: Ints, places: int) -> Earned:
    """``place``: of each entry, 0 … ``places`` − 1."""
    width = answers.maximum + 1
    everybody = np.maximum(summed(answers.score, answers.pupils, width), 1.0)
    columns = []
    for points in answers.points.T.astype(float):
        mean = summed(answers.score, answers.pupils * points, width) / everybody
        squares = summed(answers.score, answers.pupils * points**2, width) / everybody
        variance = (squares - mean**2)[answers.score]
        open_ = np.where(variance > _NOTHING, answers.pupils, 0)
        most = np.full(len(points), points.max(initial=0.0))
        each = (points, mean[answers.score], variance, most)
        columns.append([summed(place, open_ * value, places) for value in each])
    return Earned(*np.array(columns).reshape(len(columns), 4, places).transpose(1, 2, 0))


def chance_of_equal_answers(log_weights: Sequence[Floats], profiles: Floats) -> Floats:
    """(raw scores × classes): chance that two pupils of a class and a score answered alike, γ_r(2β) ÷ γ_r(β)².

    By the partial credit model with ``log_weights``, each item moved by the class's profile; 0s are the region's.
    """
    weights, lowest, highest = from_lowest(log_weights)
    points = np.arange(weights.shape[1])[None, :, None]
    moved = weights[:, :, None] * np.exp(points * profiles.T[:, None, :])
    once, twice = (_gamma(of_classes, highest - lowest) for of_classes in (moved, moved**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = twice.values / once.values**2 * np.exp(twice.log - 2 * once.log)
        chance = np.where(once.values > 0, np.clip(chance, 0.0, 1.0), 1.0)
    return np.concatenate([np.ones((lowest, len(profiles))), chance])


def _gamma(weights: Floats, top: int) -> Scaled:
    """Of (items × points × classes)."""
    items, _, classes = weights.shape
    return multiply(one(top, classes), weights, np.ones((items, classes)), range(items))
