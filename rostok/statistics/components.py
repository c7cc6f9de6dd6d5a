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
data cannot say (one generation only, one subject only, three schools), ``DEFAULT`` decides: every share is
pulled to it with the weight ``PRIOR_SCHOOLS`` ÷ default of perfectly reliable pairs, nothing in a region of
hundreds of schools, and ``Components.assumed`` names the shares for which the pull outweighs the data.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import nnls

from rostok.statistics.angular import Floats, angle_of, share_of
from rostok.statistics.cells import Cells, ClassCells, Layout
from rostok.statistics.classes import class_variance, fit_class_share
from rostok.statistics.deviations import PRIOR_SCHOOLS, Standardised, standardise

# Shares of the variance between schools, used where the data are silent. Measured in the ВПР of one region
# (640 schools, autumn 2020 and spring 2021, Russian and mathematics, programmes 5 and 6), rounded.
DEFAULT = {"school": 0.58, "occasion": 0.14, "subject": 0.08, "generation": 0.07, "paper": 0.07}
DEFAULT_PUPIL_CORRELATION = 0.3  # of two papers of a child, within classes; same source
DEFAULT_SPREAD_RATIO = 0.25  # λ² ÷ p(1 − p) on the same data; an intraclass correlation of about 0.13
SMALLEST_CELL_SHARE = 0.02  # part of the variance that no other paper shares: never quite nothing
SMALLEST_SPREAD = 0.02  # λ: about 1.5 percentage points at a share of 15 %
PRIOR_SCHOOLS_CENTRE = (
    2.0  # weight of the mean of all papers in the centre of one: for papers of a school or two
)
CENTRE_BOUNDS = (0.03, np.pi / 2 - 0.03)  # shares of 0.1 % and 99.9 %: nothing is learnt beyond
ROUNDS = 8

_NAMES = ("school", "occasion", "subject", "generation", "paper", "pupil_correlation")


@dataclass(frozen=True)
class Components:
    """Fitted parameters of a region; shares of variance add up to 1 with ``cell``.

    ``centre`` and ``spread`` are m and λ by assessment index (NaN for an index without data), ``share`` the
    pooled share of the region. ``school``, ``occasion``, ``subject`` persist; ``generation``, ``paper``
    (same children, same subject) and ``cell`` are drawn anew. ``class_share`` is the part of what is drawn
    anew that averages out over classes. ``pupil_correlation`` is that of one child's two papers.
    ``assumed`` names what rests on the defaults more than on the data of the region.
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


def fit(cells: Cells, classes: ClassCells | None = None) -> Components:
    """Components of a region from its cells. Raises ValueError when no cell is usable.

    Sums run over cells sorted by school and assessment: the order of the input changes nothing.
    """
    if not np.any(cells.usable):
        raise ValueError("no cell has participants and a known number under the minimum")
    ordered = cells.sorted()
    centre, spread = _fit_levels(ordered)
    standard = standardise(ordered, centre, spread)
    shares, assumed = _fit_shares(ordered, standard)
    cell = 1.0 - sum(shares[name] for name in _NAMES[:5])
    mean_concentration = _weighted_mean(ordered.concentration, standard.reliability)
    redrawn = shares["generation"] + shares["paper"] + cell
    class_share, classes_known = fit_class_share(ordered, standard, mean_concentration)
    if classes is not None:
        bound = class_variance(cells, classes, centre, spread) * mean_concentration / redrawn
        class_share = min(class_share, bound)
    return Components(
        centre=centre,
        spread=spread,
        share=_pooled_share(ordered),
        cell=cell,
        class_share=class_share,
        mean_concentration=mean_concentration,
        schools=int(np.unique(ordered.unit[ordered.usable]).size),
        assumed=assumed if classes_known else (*assumed, "class_share"),
        **shares,
    )


def _fit_levels(cells: Cells) -> tuple[Floats, Floats]:
    """Centre and spread of schools in each assessment, by fixed point: moments depend on both."""
    size = int(cells.assessment.max()) + 1
    known = ~np.isnan(_pooled_share(cells))
    usable = cells.usable
    overall = float(
        angle_of((cells.under_minimum[usable].sum() + 1.0) / (cells.participants[usable].sum() + 2.0))
    )
    centre = np.where(known, np.clip(overall, *CENTRE_BOUNDS), np.nan)
    spread = _default_spread(share_of(centre), DEFAULT_SPREAD_RATIO)
    for _ in range(ROUNDS):
        standard = standardise(cells, centre, spread)
        weight = standard.reliability
        gain = _sum_by(cells, weight * standard.slope, size) + PRIOR_SCHOOLS_CENTRE
        shift = _sum_by(cells, weight * standard.deviation, size)
        moved = centre + (spread * shift + PRIOR_SCHOOLS_CENTRE * (overall - centre)) / gain
        centre = np.where(known, np.clip(moved, *CENTRE_BOUNDS), np.nan)
        spread = _new_spread(cells, standard, share_of(centre), spread)
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


def _fit_shares(cells: Cells, standard: Standardised) -> tuple[dict[str, float], tuple[str, ...]]:
    """Shares of variance by kind of pair, and the names of those that rest on the default."""
    gram, target = _pair_equations(cells, standard)
    default = np.array([*DEFAULT.values(), DEFAULT_PUPIL_CORRELATION])
    # The pull on each share goes with 1/default: what cannot be told apart is split in the default's
    # proportions, not in equal parts.
    pull = PRIOR_SCHOOLS / default
    factor = np.linalg.cholesky(gram + np.diag(pull))
    solution, _ = nnls(factor.T, np.linalg.solve(factor, target + pull * default))
    variances, correlation = solution[:5], float(min(solution[5], 0.9))
    variances = variances * min(1.0, (1.0 - SMALLEST_CELL_SHARE) / max(float(variances.sum()), 1e-12))
    shares = dict(zip(_NAMES, (*map(float, variances), correlation), strict=True))
    weak = _evidence(gram) < pull
    return shares, tuple(name for name, is_weak in zip(_NAMES, weak, strict=True) if is_weak)


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
