"""The truth behind a region: expected shares under the minimum, by exact arithmetic on the model.

For each school and assessment: the share expected of another intake of the same school (generation, classes
and pupils drawn anew, the school's own effects kept), among those who would sit the paper. ``true`` is what
pupils can do; ``expected`` is what files would show, which differs where marking lifts scores.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rostok.schema.assessments import Assessment, Kind
from rostok.synth import children, papers
from rostok.synth.blueprints import Blueprint
from rostok.synth.children import Population
from rostok.synth.papers import GRID, Paper
from rostok.synth.scripts import ABSENT_SELECTION, LIFTED, absent_logit, not_taught

Floats = NDArray[np.float64]


def under_curve(paper: Paper, left_out: tuple[int, ...] = (), *, lifted: bool = False) -> Floats:
    """Probability of a result under the minimum at each ability of the grid."""
    blueprint = paper.blueprint
    stay = np.ones(blueprint.minimum)
    if lifted:
        for gap, chance in enumerate(LIFTED, start=1):
            stay[blueprint.minimum - gap] = 1 - chance
    demanded = [condition for condition in blueprint.conditions if condition.mark == 3]
    if not demanded:
        below = papers.totals(paper, left_out)[: blueprint.minimum]
        return np.asarray((below * stay[: len(below), None]).sum(axis=0))
    return _with_condition(paper, demanded[0].positions, demanded[0].least)


def _with_condition(paper: Paper, positions: tuple[int, ...], least: int) -> Floats:
    """Under the minimum by the total, or by fewer than ``least`` points for ``positions``."""
    special = papers.totals(paper, only=positions)
    others = papers.totals(paper, left_out=positions)
    passed = np.zeros(len(GRID))
    for points in range(least, len(special)):
        needed = max(0, paper.blueprint.minimum - points)
        passed += special[points] * others[needed:].sum(axis=0)
    return 1 - passed


def shares(population: Population, assessment: Assessment, blueprint: Blueprint) -> tuple[Floats, Floats]:
    """True and expected share under the minimum of each school; NaN where the grade is not taught."""
    schools = population.schools
    paper = papers.calibrate(blueprint)
    weights = _weights(population, assessment, blueprint)
    lifts = schools.lifts & (assessment.kind is Kind.VPR) & (blueprint.bounds is not None)
    true, expected = _both(paper, weights, lifts, ())
    untaught = not_taught(population, assessment, blueprint)
    patterns: dict[tuple[int, ...], list[int]] = {}
    for school in np.flatnonzero(untaught.any(axis=1)).tolist():
        left_out = tuple((np.flatnonzero(untaught[school]) + 1).tolist())
        patterns.setdefault(left_out, []).append(school)
    for left_out, members in patterns.items():
        true[members], expected[members] = _both(paper, weights[members], lifts[members], left_out)
    taught = (schools.lowest <= assessment.pupil_grade) & (assessment.pupil_grade <= schools.highest)
    return np.where(taught, true, np.nan), np.where(taught, expected, np.nan)


def _both(
    paper: Paper, weights: Floats, lifts: NDArray[np.bool_], left_out: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Share under the minimum as pupils can do, and as lifted marking shows it, of each row of ``weights``."""
    true = weights @ under_curve(paper, left_out)
    if not lifts.any():
        return true, true.copy()
    return true, np.where(lifts, weights @ under_curve(paper, left_out, lifted=True), true)


def _weights(population: Population, assessment: Assessment, blueprint: Blueprint) -> Floats:
    """(schools × grid): how many participants of each ability another intake would have, adding up to 1."""
    ability = GRID[None, :] / blueprint.logit_sd
    mean = children.school_mean(population, assessment)[:, None]
    density = np.exp(-0.5 * ((ability - mean) / children.around_mean_sd()) ** 2)
    absence = absent_logit(population, assessment)[:, None] - ABSENT_SELECTION * (ability - mean)
    present = density / (1 + np.exp(absence))
    return np.asarray(present / present.sum(axis=1, keepdims=True))
