"""What of the differences between schools persists, and what comes and goes with the children.

On the angular scale the share of school s in assessment a is

    θ_sa = m_a + λ_a · (u_s + o_s,occasion + b_s,subject + v_s,generation + w_s,generation,subject + e_sa)

with independent normal effects whose variances add up to 1, so that λ_a is the spread of schools in
assessment a and the variances are shares of it. u, o and b belong to the school (its work, the conditions on
the day, the teaching of the subject) and stay for another intake; v, w and e come with the children and are
drawn anew. Which is which cannot be learnt from one cell, but from pairs: two papers of different children
share u (and o, b when the occasion or subject is the same), two papers of the same children also v (and w).

Estimation is by moments: the mean products of standardised deviations over pairs of cells of one school, by
kind of pair, weighted by reliability, under non-negativity. A school with few data adds little. Where the
data cannot say (one generation only, one subject only, three schools), ``DEFAULT`` decides: it enters as the
weight of ``PRIOR_SCHOOLS`` schools, and ``Components.assumed`` names what rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from rostok.statistics.angular import ScoreMoments, angle_of, score, score_moments, share_of
from rostok.statistics.cells import Cells, ClassCells, Layout

Floats = NDArray[np.float64]

# Shares of the variance between schools, used where the data are silent. Measured in the ВПР of one region
# (640 schools, autumn 2020 and spring 2021, Russian and mathematics, programmes 5 and 6), rounded.
DEFAULT = {"school": 0.58, "occasion": 0.14, "subject": 0.08, "generation": 0.07, "paper": 0.07}
DEFAULT_PUPIL_CORRELATION = 0.3  # of two papers of a child, within classes; same source
DEFAULT_SPREAD_RATIO = 0.25  # λ² ÷ p(1 − p) on the same data; an intraclass correlation of about 0.13
DEFAULT_CLASS_VARIANCE = 0.3  # between classes of one grade, as a share of λ²; same source
PRIOR_SCHOOLS = 10.0  # the weight of the defaults, in schools with perfectly reliable data
SMALLEST_CELL_SHARE = 0.02  # part of the variance that no other paper shares: never quite nothing
SMALLEST_SPREAD = 0.02  # λ: about 1.5 percentage points at a share of 15 %
SMALLEST_CLASS = 5  # classes below this say little of the difference between classes
ROUNDS = 8

_NAMES = ("school", "occasion", "subject", "generation", "paper", "pupil_correlation")


@dataclass(frozen=True)
class Components:
    """Fitted parameters of a region; shares of variance add up to 1 with ``cell``.

    ``centre`` and ``spread`` are m and λ by assessment index (NaN for an index without data), ``share`` the
    pooled share of the region. ``school``, ``occasion``, ``subject`` persist; ``generation``, ``paper``
    (same children, same subject) and ``cell`` are drawn anew. ``class_share`` is the part of what is drawn
    anew that averages out over classes. ``pupil_correlation`` is that of one child's two papers.
    ``assumed`` names the components for which the region's data say nothing.
    """

    centre: Floats
    spread: Floats
    share: Floats
    school: float
    occasion: float
    subject: float
    generation: float
    paper: float
    cell: float
    pupil_correlation: float
    class_share: float
    mean_concentration: float
    schools: int
    assumed: tuple[str, ...] = field(default=())

    @property
    def persisting(self) -> float:
        """Share of the variance between schools that stays for another intake."""
        return self.school + self.occasion + self.subject

    @property
    def redrawn(self) -> float:
        return self.generation + self.paper + self.cell

    def shock_scale(self, concentration: Floats) -> Floats:
        """Standard deviation of what is drawn anew, relative to the average school of the region.

        Ten classes vary less from year to year than one: the part ``class_share`` goes with Σ (class ÷ n)².
        """
        relative = concentration / self.mean_concentration
        return np.asarray(np.sqrt(1.0 - self.class_share + self.class_share * relative))


@dataclass(frozen=True)
class Standardised:
    """Per sorted cell: deviation from the region and what the score tells of it, in units of λ."""

    deviation: Floats  # (score − mean) ÷ λ, 0 for an unusable cell
    slope: Floats  # of the score on the school's effect, 0 for an unusable cell
    variance: Floats  # of sampling pupils, in units of λ²; 1 for an unusable cell

    @property
    def reliability(self) -> Floats:
        signal = self.slope**2
        return np.asarray(signal / (signal + self.variance))


def fit(cells: Cells, classes: ClassCells | None = None) -> Components:
    """Components of a region from its cells. Raises ValueError when no cell is usable.

    Sums run over cells sorted by school and assessment: the order of the input changes nothing.
    """
    if not np.any(cells.usable):
        raise ValueError("no cell has participants and a known number under the minimum")
    ordered = cells.sorted()
    centre, spread = _fit_levels(ordered)
    standard = standardise(ordered, centre, spread)
    shares, evidence = _fit_shares(ordered, standard)
    cell = 1.0 - sum(shares[name] for name in _NAMES[:5])
    mean_concentration = _weighted_mean(ordered.concentration, standard.reliability)
    class_variance, classes_known = _class_variance(cells, classes, centre, spread)
    redrawn = shares["generation"] + shares["paper"] + cell
    assumed = tuple(name for name in _NAMES if evidence[name] < PRIOR_SCHOOLS)
    return Components(
        centre=centre,
        spread=spread,
        share=_pooled_share(ordered),
        cell=cell,
        class_share=min(1.0, class_variance * mean_concentration / redrawn),
        mean_concentration=mean_concentration,
        schools=int(np.unique(ordered.unit[ordered.usable]).size),
        assumed=assumed if classes_known else (*assumed, "class_share"),
        **shares,
    )


def moments_of(cells: Cells, centre: Floats, spread: Floats) -> ScoreMoments:
    """Moments of the score of every cell; NaN for a cell that is no evidence."""
    mean, slope, variance = (np.full(len(cells), np.nan) for _ in range(3))
    for index in np.unique(cells.assessment[cells.usable]):
        at = np.flatnonzero(cells.usable & (cells.assessment == index))
        found = score_moments(cells.participants[at], float(centre[index]), float(spread[index]))
        mean[at], slope[at], variance[at] = found.mean, found.slope, found.variance
    return ScoreMoments(mean, slope, variance)


def standardise(cells: Cells, centre: Floats, spread: Floats) -> Standardised:
    """Deviations of the cells from the region, in units of the spread of schools."""
    moments = moments_of(cells, centre, spread)
    unit = spread[cells.assessment]
    deviation = (score(cells.under_minimum, cells.participants) - moments.mean) / unit
    return Standardised(
        deviation=np.where(cells.usable, deviation, 0.0),
        slope=np.where(cells.usable, moments.slope, 0.0),
        variance=np.where(cells.usable, moments.variance / unit**2, 1.0),
    )


def _fit_levels(cells: Cells) -> tuple[Floats, Floats]:
    """Centre and spread of schools in each assessment, by fixed point: moments depend on both."""
    size = int(cells.assessment.max()) + 1
    share = _pooled_share(cells)
    known = ~np.isnan(share)
    centre = angle_of(np.clip(share, 0.001, 0.999))
    spread = _default_spread(share, DEFAULT_SPREAD_RATIO)
    for _ in range(ROUNDS):
        standard = standardise(cells, centre, spread)
        weight = standard.reliability
        gain = _sum_by(cells, weight * standard.slope, size)
        shift = _sum_by(cells, weight * standard.deviation, size)
        centre = np.where(known, centre + spread * shift / np.where(gain > 0, gain, 1.0), np.nan)
        spread = _new_spread(cells, standard, share, spread)
    return centre, spread


def _new_spread(cells: Cells, standard: Standardised, share: Floats, spread: Floats) -> Floats:
    """λ by assessment, drawn towards one ratio λ² ÷ p(1 − p), and that ratio towards the default."""
    size = spread.size
    weight = standard.reliability**2
    signal = np.where(standard.slope > 0, standard.slope, 1.0) ** 2
    excess = (standard.deviation**2 - standard.variance) / signal
    evidence = _sum_by(cells, weight, size)
    found = _sum_by(cells, weight * excess, size) * np.nan_to_num(spread**2)
    binary = np.nan_to_num(share * (1.0 - share))
    prior_ratio = PRIOR_SCHOOLS * DEFAULT_SPREAD_RATIO
    in_ratio = np.where(binary > 0, found / np.where(binary > 0, binary, 1.0), 0.0)
    ratio = max((float(in_ratio.sum()) + prior_ratio) / (float(evidence.sum()) + PRIOR_SCHOOLS), 0.02)
    variance = (found + PRIOR_SCHOOLS * ratio * binary) / (evidence + PRIOR_SCHOOLS)
    floor = SMALLEST_SPREAD**2
    return np.where(np.isnan(share), np.nan, np.sqrt(np.maximum(variance, floor)))


def _default_spread(share: Floats, ratio: float) -> Floats:
    return np.asarray(np.sqrt(np.maximum(ratio * share * (1.0 - share), SMALLEST_SPREAD**2)))


def _fit_shares(cells: Cells, standard: Standardised) -> tuple[dict[str, float], dict[str, float]]:
    """Shares of variance by kind of pair, and for each how many perfect schools its evidence is worth."""
    gram, target = _pair_equations(cells, standard)
    evidence = _evidence(gram)
    default = np.array([*DEFAULT.values(), DEFAULT_PUPIL_CORRELATION])
    # The pull on each share goes with 1/default: what cannot be told apart is split in the default's
    # proportions, not in equal parts.
    pull = PRIOR_SCHOOLS / default
    factor = np.linalg.cholesky(gram + np.diag(pull))
    solution, _ = nnls(factor.T, np.linalg.solve(factor, target + pull * default))
    variances, correlation = solution[:5], float(min(solution[5], 0.9))
    variances = variances * min(1.0, (1.0 - SMALLEST_CELL_SHARE) / max(float(variances.sum()), 1e-12))
    shares = dict(zip(_NAMES, (*map(float, variances), correlation), strict=True))
    return shares, dict(zip(_NAMES, map(float, evidence), strict=True))


def _pair_equations(cells: Cells, standard: Standardised) -> tuple[Floats, Floats]:
    """Normal equations of products of deviations on what two cells share, over all pairs in a school."""
    layout = Layout.of(cells)
    slope, deviation = layout.spread(standard.slope, 0.0), layout.spread(standard.deviation, 0.0)
    variance = layout.spread(standard.variance, 1.0)
    reliability = layout.spread(standard.reliability, 0.0)
    labels = [layout.labels(v) for v in (cells.occasion, cells.subject, cells.generation)]
    gram, target = np.zeros((6, 6)), np.zeros(6)
    for i in range(layout.rows.shape[1]):
        for j in range(i):
            weight = reliability[:, i] * reliability[:, j]
            known = weight > 0
            scale = slope[known, i] * slope[known, j]
            occasion, subject, generation = (v[known, i] == v[known, j] for v in labels)
            noise = np.sqrt(variance[known, i] * variance[known, j]) / scale
            features = np.stack(
                [np.ones(scale.size), occasion, subject, generation, generation & subject, generation * noise]
            )
            product = deviation[known, i] * deviation[known, j] / scale
            gram += np.einsum("fs,gs,s->fg", features, features, weight[known])
            target += np.einsum("fs,s,s->f", features, product, weight[known])
    return gram, target


def _evidence(gram: Floats) -> Floats:
    """What each column tells beyond all others: the Schur complement of its diagonal entry."""
    out = np.zeros(gram.shape[0])
    for i in range(gram.shape[0]):
        rest = np.delete(np.arange(gram.shape[0]), i)
        explained = gram[i, rest] @ np.linalg.pinv(gram[np.ix_(rest, rest)]) @ gram[rest, i]
        out[i] = max(0.0, float(gram[i, i] - explained))
    return out


def _class_variance(
    cells: Cells, classes: ClassCells | None, centre: Floats, spread: Floats
) -> tuple[float, bool]:
    """Variance between classes of one grade in one paper, as a share of λ², and whether it was measured."""
    if classes is None:
        return DEFAULT_CLASS_VARIANCE, False
    known = (classes.participants >= SMALLEST_CLASS) & ~np.isnan(classes.under_minimum)
    cell, n, x = classes.cell[known], classes.participants[known], classes.under_minimum[known]
    as_cells = Cells(
        unit=np.arange(cell.size), assessment=cells.assessment[cell], subject=cells.subject[cell],
        generation=cells.generation[cell], occasion=cells.occasion[cell],
        participants=n, under_minimum=x, class_concentration=np.ones(cell.size),
    )  # fmt: skip
    order = np.lexsort((n, x, cells.assessment[cell], cells.unit[cell]))
    return _between(cells, cell[order], standardise(as_cells, centre, spread), order)


def _between(
    cells: Cells, cell: NDArray[np.int64], standard: Standardised, order: NDArray[np.int64]
) -> tuple[float, bool]:
    deviation = standard.deviation[order] / standard.slope[order]
    noise = standard.variance[order] / standard.slope[order] ** 2
    size = len(cells)
    count = np.bincount(cell, minlength=size)
    divisor = np.maximum(count, 1)
    mean = np.bincount(cell, deviation, size) / divisor
    within = np.bincount(cell, (deviation - mean[cell]) ** 2, size)
    expected = np.bincount(cell, noise, size) * (1.0 - 1.0 / divisor)
    several = count > 1
    # Sorted, so that the sum does not depend on the order of the cells given.
    excess = float(np.sort((within - expected)[several]).sum())
    degrees = float((count[several] - 1).sum())
    prior = PRIOR_SCHOOLS * DEFAULT_CLASS_VARIANCE
    variance = max(0.0, (excess + prior) / (degrees + PRIOR_SCHOOLS))
    return variance, degrees >= PRIOR_SCHOOLS


def _pooled_share(cells: Cells) -> Floats:
    """Share under the minimum over all usable cells of each assessment; NaN without any."""
    size = int(cells.assessment.max()) + 1
    n = _sum_by(cells, np.where(cells.usable, cells.participants, 0.0), size)
    x = _sum_by(cells, np.where(cells.usable, cells.under_minimum, 0.0), size)
    return np.where(n > 0, x / np.where(n > 0, n, 1.0), np.nan)


def _sum_by(cells: Cells, values: Floats, size: int) -> Floats:
    return np.bincount(cells.assessment, values, size).astype(np.float64)


def _weighted_mean(values: Floats, weights: Floats) -> float:
    return float((values * weights).sum() / weights.sum())


def region_share(components: Components) -> Floats:
    """Share of the average school by assessment (the share at the centre, not the pooled one)."""
    return share_of(components.centre)
