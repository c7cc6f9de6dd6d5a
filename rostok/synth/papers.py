"""Papers: which items, how hard, and the chance of each score at each ability (partial credit model).

Abilities live on a grid of logits; a ``Paper`` holds, for each item and grid point, the probability of at
least k points. Drawing answers is then a table look-up, and the distribution of totals is exact arithmetic on
the same tables, which is what makes the truth written beside the files true and not estimated.
Model: Masters (1982), partial credit; one-point items are Rasch items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rostok.schema.scales import Item
from rostok.synth.blueprints import Blueprint
from rostok.synth.streams import stream

GRID = np.round(np.arange(-6.0, 6.0001, 0.05), 2)
_SCALE = 65536
_STEP_GAP = -0.5  # later points come easier than the first: real two-point items are mostly 0 or 2
_ITEM_SPREAD = 0.30  # half-range of percent correct over the items of a paper

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Paper:
    """A calibrated paper. ``at_least[i]``: (maximum of item i × grid) probability of k points or more."""

    blueprint: Blueprint
    at_least: tuple[Floats, ...]
    skipped: tuple[Floats, ...]  # probability of «X» at each grid point; it is a part of the zeros

    @property
    def items(self) -> tuple[Item, ...]:
        return self.blueprint.items


def grid_index(logits: NDArray[np.float32]) -> NDArray[np.intp]:
    """The nearest grid point of each ability."""
    nearest = np.rint((logits - GRID[0]) / (GRID[1] - GRID[0]))
    return np.asarray(np.clip(nearest, 0, len(GRID) - 1), dtype=np.intp)


def item_probabilities(location: float, maximum: int) -> Floats:
    """(maximum × grid): probability of k points or more, k = 1…maximum, of an item at ``location``."""
    gaps = _STEP_GAP * (np.arange(maximum) - (maximum - 1) / 2)
    steps = GRID[None, :] - (location + gaps)[:, None]
    logits = np.vstack([np.zeros(len(GRID)), np.cumsum(steps, axis=0)])
    weights = np.exp(logits - logits.max(axis=0))
    categories = weights / weights.sum(axis=0)
    return np.asarray(1.0 - np.cumsum(categories, axis=0)[:-1])


def _population(spread: float) -> Floats:
    density = np.exp(-0.5 * (GRID / spread) ** 2)
    return np.asarray(density / density.sum())


def _locate(percent: float, maximum: int, spread: float) -> float:
    """The location at which the population gets ``percent`` (0–1) of the points; bisection."""
    population, low, high = _population(spread), -6.0, 6.0
    for _ in range(40):
        middle = (low + high) / 2
        reached = float((item_probabilities(middle, maximum) @ population).sum()) / maximum
        low, high = (middle, high) if reached > percent else (low, middle)
    return (low + high) / 2


def _targets(blueprint: Blueprint) -> Floats:
    """Percent correct of each item: easy at the start, hard at the end, averaging to the paper's target."""
    maxima = np.array([item.maximum for item in blueprint.items], dtype=float)
    place = np.linspace(1.0, -1.0, len(maxima)) * 0.6
    noise = stream(0, "items", blueprint.kind, blueprint.subject, blueprint.grade).normal(0, 0.5, len(maxima))
    spread = _ITEM_SPREAD * np.clip(place + noise, -1.3, 1.2)
    spread -= (spread * maxima).sum() / maxima.sum()
    return np.clip(blueprint.percent_correct + spread, 0.05, 0.95)


@cache
def calibrate(blueprint: Blueprint) -> Paper:
    """The paper of a blueprint; the same for every region and seed, as a real paper is."""
    at_least, skipped = [], []
    for item, target in zip(blueprint.items, _targets(blueprint), strict=True):
        location = _locate(float(target), item.maximum, blueprint.logit_sd)
        chance = item_probabilities(location, item.maximum)
        at_least.append(chance)
        # Weaker pupils leave hard items untouched; exams have no «X».
        untouched = 0.0 if blueprint.kind.is_exam else 0.30 * (1 - target) ** 2
        skipped.append((1 - chance[0]) * np.clip(untouched * np.exp(-0.35 * GRID), 0, 0.8))
    return Paper(blueprint, tuple(at_least), tuple(skipped))


def draw(paper: Paper, logits: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int8]:
    """Scores (items × pupils); −1 where the pupil did not try."""
    where = grid_index(logits)
    scores = np.empty((len(paper.items), len(logits)), dtype=np.int8)
    for row, (chance, untouched) in enumerate(zip(paper.at_least, paper.skipped, strict=True)):
        chosen = rng.integers(0, _SCALE, len(logits), dtype=np.uint16)
        points = np.zeros(len(logits), dtype=np.int8)
        for cut in np.minimum(np.rint(chance * _SCALE), _SCALE - 1).astype(np.uint16):
            points += chosen < cut[where]
        # The top of the same draw is «X»: zeros are there, so totals do not depend on who skips.
        bound = np.minimum(np.ceil((1 - untouched) * _SCALE), _SCALE - 1).astype(np.uint16)
        points[(chosen > bound[where]) & (points == 0)] = -1
        scores[row] = points
    return scores


def totals(paper: Paper, left_out: Sequence[int] = (), only: Sequence[int] | None = None) -> Floats:
    """(points + 1 × grid): distribution of the total at each ability, by convolution.

    ``left_out``: positions of items that were not taught and give nothing; ``only``: use these items alone.
    """
    distribution = np.ones((1, len(GRID)))
    for item, chance in zip(paper.items, paper.at_least, strict=True):
        if item.position in left_out or (only is not None and item.position not in only):
            continue
        bounded = np.vstack([np.ones(len(GRID)), chance, np.zeros(len(GRID))])
        categories = bounded[:-1] - bounded[1:]
        wider = np.zeros((len(distribution) + item.maximum, len(GRID)))
        for points, probability in enumerate(categories):
            wider[points : points + len(distribution)] += distribution * probability
        distribution = wider
    return distribution
