"""Classes: does what comes with the children average out over several classes of a grade?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from rostok.statistics.angular import Floats
from rostok.statistics.cells import Cells, ClassCells, Ints, Layout
from rostok.statistics.deviations import PRIOR_SCHOOLS, Standardised, standardise

# Used where the data are silent: half the squared difference of two cohorts of one occasion, in units of λ²,
# when the subjects differ (added), whatever the classes, and in proportion to the concentration of classes.
# Measured on the region named in ``components``: 0.10, 0.20 and nothing; a little is kept for classes.
DEFAULT_GAPS = (0.10, 0.16, 0.04)
DEFAULT_CLASS_VARIANCE = 0.3  # between classes of one grade, as a share of λ²; same source, 0.45 in its towns
SMALLEST_CLASS = 5  # classes below this say little of the difference between classes


def fit_class_share(cells: Cells, standard: Standardised, mean_concentration: float) -> tuple[float, bool]:
    """Part of what is drawn anew that goes with Σ (class ÷ n)², and whether the data had a say.

    From cells of different children on one occasion: what persists cancels in their difference, so half its
    square less sampling is what is drawn anew, and is set against the concentration of classes. The variance
    between classes would not do: sorting children into strong and weak classes makes classes differ and
    leaves the cohort as it was (in the region measured, classes differ by 0.45 λ² and large schools vary no
    less from cohort to cohort than small ones).
    """
    gram, target = _gap_equations(cells, standard, cells.concentration / mean_concentration)
    default = np.array(DEFAULT_GAPS)
    pull = PRIOR_SCHOOLS / default * default.max()
    factor = np.linalg.cholesky(gram + np.diag(pull))
    found, _ = nnls(factor.T, np.linalg.solve(factor, target + pull * default))
    constant, with_classes = float(found[1]), float(found[2])
    total = constant + with_classes
    return (with_classes / total if total > 0 else 0.0), bool(gram[2, 2] >= PRIOR_SCHOOLS)


def _gap_equations(cells: Cells, standard: Standardised, relative: Floats) -> tuple[Floats, Floats]:
    layout = Layout.of(cells)
    evidence = standard.slope > 0
    slope = np.where(evidence, standard.slope, 1.0)
    effect = layout.spread(standard.deviation / slope, 0.0)
    noise = layout.spread(np.where(evidence, standard.variance / slope**2, np.inf), np.inf)
    classes = layout.spread(relative, 1.0)
    occasion, subject, generation = (
        layout.labels(v) for v in (cells.occasion, cells.subject, cells.generation)
    )
    gram, target = np.zeros((3, 3)), np.zeros(3)
    for i in range(layout.rows.shape[1]):
        for j in range(i):
            use = np.isfinite(noise[:, i] + noise[:, j]) & (occasion[:, i] == occasion[:, j])
            use &= generation[:, i] != generation[:, j]
            error = (noise[use, i] + noise[use, j]) / 2
            half_square = (effect[use, i] - effect[use, j]) ** 2 / 2 - error
            other_subject = (subject[use, i] != subject[use, j]).astype(np.float64)
            features = np.stack([other_subject, np.ones(error.size), (classes[use, i] + classes[use, j]) / 2])
            weight = 1.0 / (1.0 + 2.0 * error) ** 2
            gram += np.einsum("fs,gs,s->fg", features, features, weight)
            target += np.einsum("fs,s,s->f", features, half_square, weight)
    return gram, target


def class_variance(cells: Cells, classes: ClassCells, centre: Floats, spread: Floats) -> float:
    """Variance between classes of one grade in one paper, as a share of λ²: a bound for their part."""
    known = (classes.participants >= SMALLEST_CLASS) & ~np.isnan(classes.under_minimum)
    known &= cells.usable[classes.cell]
    cell, n, x = classes.cell[known], classes.participants[known], classes.under_minimum[known]
    # Sorted, so that the sums do not depend on the order in which cells and classes are given.
    order = np.lexsort((x, n, cells.assessment[cell], cells.unit[cell]))
    cell, n, x = cell[order], n[order], x[order]
    as_cells = Cells(
        unit=np.arange(cell.size), assessment=cells.assessment[cell], subject=cells.subject[cell],
        generation=cells.generation[cell], occasion=cells.occasion[cell],
        participants=n, under_minimum=x, class_concentration=np.ones(cell.size),
    )  # fmt: skip
    standard = standardise(as_cells, centre, spread)
    return _between(_ranks(cells.unit[cell], cells.assessment[cell]), standard)


def _ranks(unit: Ints, assessment: Ints) -> Ints:
    """0, 1, … for consecutive rows of the same school and assessment."""
    if unit.size == 0:
        return unit
    changes = (np.diff(unit) != 0) | (np.diff(assessment) != 0)
    return np.concatenate([[0], np.cumsum(changes)]).astype(np.int64)


def _between(group: NDArray[np.int64], standard: Standardised) -> float:
    effect, noise = standard.deviation / standard.slope, standard.variance / standard.slope**2
    count = np.bincount(group)
    mean = np.bincount(group, effect) / count
    within = np.bincount(group, (effect - mean[group]) ** 2)
    expected = np.bincount(group, noise) * (1.0 - 1.0 / count)
    several = count > 1
    excess, degrees = float((within - expected)[several].sum()), float((count[several] - 1).sum())
    prior = PRIOR_SCHOOLS * DEFAULT_CLASS_VARIANCE
    return max(0.0, (excess + prior) / (degrees + PRIOR_SCHOOLS))
