"""Another intake of the same schools: what their results might have been with other children.

The number of participants, the papers and the school stay; the children are others. From a school's cells
and the region's components the school's persisting effects are estimated (best linear prediction on the
angular scale), and other intakes are drawn around them: with the uncertainty of that estimate, new cohort
and class effects, and new pupils, whose two papers are correlated. This is not the plug-in bootstrap, which
takes the observed share for the true one and so forgets that an extreme share is partly luck.

Normal deviates are one fixed set of scrambled Sobol points, the same for every school: a school's replicates
depend on its own cells, the region's components and the seed, not on other schools, their order, or how the
work is cut into chunks. Per school the linear algebra is on matrices of its own size and sums run in a fixed
order, so the same machine and library versions give the same bytes whatever the number of threads; another
processor may differ in the last bit of a deviate, which moves a count in about one draw of a million.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from rostok.statistics.angular import (
    Floats,
    angle_of,
    centre_with_share,
    counts_of,
    mean_share,
    pupil_variance,
    share_of,
)
from rostok.statistics.cells import Cells, ClassCells, Ints, Layout
from rostok.statistics.components import Components, fit
from rostok.statistics.deviations import Standardised, standardise
from rostok.statistics.intervals import CONFIDENCE

__all__ = [
    "Cells", "ClassCells", "Components", "Pooled", "Replicates", "chance", "fit", "pooled", "replicates",
]  # fmt: skip

DRAWS = 256  # standard error of a probability near 0.95 under 0.014
CHUNK = 2048  # schools at a time: under 100 MB at nine papers and 256 draws
SEED = 20221122  # of the Sobol scrambling; any other is as good
UNKNOWN = -1  # count of a cell whose number under the minimum is not known
LEVEL_SCALE = (0.3, 1.7)  # bounds of the size of cohort effects relative to the centre
_DIMENSIONS = 64  # deviates are made in blocks, so that more papers do not change the first ones


@dataclass(frozen=True)
class Replicates:
    """A chunk of replicates: one row per cell (schools and their assessments in rising order).

    ``under_minimum`` is rows × draws, ``UNKNOWN`` throughout a row whose count is not known.
    """

    unit: Ints
    assessment: Ints
    under_minimum: NDArray[np.int32]

    @property
    def draws(self) -> int:
        return int(self.under_minimum.shape[1])

    def long(self) -> tuple[Ints, Ints, NDArray[np.int32]]:
        """One row per cell and draw: unit × draws + draw, assessment, count under the minimum."""
        units = self.unit[:, None] * self.draws + np.arange(self.draws)
        return units.ravel(), np.repeat(self.assessment, self.draws), self.under_minimum.ravel()


@dataclass(frozen=True)
class Pooled:
    """Per school: the share under the minimum it would show over many intakes, over all its papers together.

    Papers count by their participants. Drawn towards the average school of the region, the more the fewer
    pupils wrote; ``region`` is the region's share on the same papers in the same proportions.
    ``participants`` counts scripts with a known result. NaN for a school without any.
    """

    unit: Ints
    share: Floats
    lower: Floats
    upper: Floats
    region: Floats
    participants: Floats


def replicates(
    cells: Cells,
    components: Components,
    *,
    draws: int = DRAWS,
    chunk: int = CHUNK,
    seed: int = SEED,
    hidden: NDArray[np.bool_] | None = None,
) -> Iterator[Replicates]:
    """Other intakes of every school, ``chunk`` schools at a time; ``draws`` is a power of two.

    Cells marked in ``hidden`` (in the order given) are drawn like others but are no evidence: what the model
    says of a cohort it has not seen, which is how it can be checked on real data.
    """
    ordered, order = cells.sorted(), cells.order()
    standard = standardise(ordered, components.centre, components.spread)
    if hidden is not None:
        standard = standard.without(np.asarray(hidden)[order])
    for part, deviates in _parts(ordered, draws, chunk, seed):
        view = _View(ordered, components, standard, part)
        mean, covariance = view.posterior()
        yield view.draw(mean, covariance + view.redrawn() + view.pupils(), deviates)


def chance(
    cells: Cells,
    components: Components,
    *,
    draws: int = DRAWS,
    chunk: int = CHUNK,
    seed: int = SEED,
    cohorts: bool = True,
) -> Iterator[Replicates]:
    """Replicates of a region in which every school has the region's rates: differences are chance alone.

    With ``cohorts`` chance includes which cohort and classes came, without it only which pupils did.
    Expected shares equal the pooled share of the region in each assessment.
    """
    ordered = cells.sorted()
    standard = standardise(ordered, components.centre, components.spread)
    for part, deviates in _parts(ordered, draws, chunk, seed):
        view = _View(ordered, components, standard, part)
        covariance = view.redrawn() if cohorts else np.zeros_like(view.pupils())
        mean = view.level_with_share(np.diagonal(covariance, axis1=1, axis2=2))
        yield view.draw(mean, covariance + view.pupils(), deviates)


def pooled(
    cells: Cells, components: Components, *, confidence: float = CONFIDENCE, chunk: int = CHUNK
) -> Pooled:
    """A shrunken share per school, for those whose classes are too small for a verdict."""
    ordered = cells.sorted()
    standard = standardise(ordered, components.centre, components.spread)
    parts = [
        _View(ordered, components, standard, part).pooled(confidence)
        for part in Layout.of(ordered).chunks(chunk)
    ]
    names = Pooled.__dataclass_fields__
    return Pooled(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _parts(cells: Cells, draws: int, chunk: int, seed: int) -> Iterator[tuple[Layout, Floats]]:
    if draws < 2 or draws & (draws - 1):
        raise ValueError(f"the number of draws is a power of two, not {draws}")
    layout = Layout.of(cells)
    deviates = _normal_deviates(layout.rows.shape[1], draws, seed)
    for part in layout.chunks(chunk):
        yield part, deviates


def _normal_deviates(dimensions: int, draws: int, seed: int) -> Floats:
    """(dimensions, draws) scrambled Sobol points as standard normal deviates."""
    # Imported where it is used: scipy.stats takes half a second, and most runs of the program draw nothing.
    from scipy.stats import qmc

    blocks = -(-max(dimensions, 1) // _DIMENSIONS)
    points = [
        qmc.Sobol(_DIMENSIONS, scramble=True, rng=np.random.default_rng([seed, block])).random(draws)
        for block in range(blocks)
    ]
    inside = np.clip(np.concatenate(points, axis=1), 1e-9, 1 - 1e-9)
    return np.ascontiguousarray(ndtri(inside).T[:dimensions])


class _View:
    """The schools of one chunk as (S, K) rectangles and (S, K, K) covariances on the angular scale."""

    def __init__(self, cells: Cells, components: Components, standard: Standardised, part: Layout) -> None:
        self._components = components
        self._part = part
        self._cells = cells
        self._present = part.rows >= 0
        usable = part.spread(cells.usable.astype(np.float64), 0.0) > 0
        # A cell without evidence is still drawn when it has participants; its deviates reach no result.
        self._level = part.spread(np.nan_to_num(components.centre)[cells.assessment], 0.0)
        self._unit = part.spread(np.nan_to_num(components.spread)[cells.assessment], 0.0)
        self._participants = part.spread(np.where(cells.usable, cells.participants, 0.0), 0.0)
        self._usable = usable
        self._slope = part.spread(standard.slope, 0.0)
        self._noise = part.spread(standard.variance, 1.0)
        self._deviation = part.spread(standard.deviation, 0.0)
        self._shock = part.spread(components.shock_scale(cells.concentration), 0.0)
        self._at_level = np.ones_like(self._level)
        self._same = {
            name: _equal(part.labels(getattr(cells, name))) for name in ("occasion", "subject", "generation")
        }

    def _diagonal(self) -> NDArray[np.bool_]:
        return np.broadcast_to(np.eye(self._part.rows.shape[1], dtype=bool), self._same["subject"].shape)

    def persisting(self) -> Floats:
        """Prior covariance of what stays, in units of λ."""
        c = self._components
        both = self._present[:, :, None] & self._present[:, None, :]
        inside = c.school + c.occasion * self._same["occasion"] + c.subject * self._same["subject"]
        return np.where(both, inside, 0.0)

    def _redrawn_in_units(self) -> Floats:
        c, generation = self._components, self._same["generation"]
        inside = (
            c.generation * generation
            + c.paper * (generation & self._same["subject"])
            + c.cell * self._diagonal()
        )
        return np.asarray(inside * _outer(self._shock * self._at_level))

    def redrawn(self) -> Floats:
        """Covariance of what comes with the children, on the angular scale."""
        return np.asarray(self._redrawn_in_units() * _outer(self._unit))

    def _correlated(self, variance: Floats) -> Floats:
        """Covariance of sampling pupils: papers of the same children are correlated."""
        correlation = self._components.pupil_correlation * self._same["generation"]
        return np.asarray(np.where(self._diagonal(), 1.0, correlation) * _outer(np.sqrt(variance)))

    def pupils(self) -> Floats:
        return self._correlated(pupil_variance(np.maximum(self._participants, 1.0)))

    def _seen_noise(self) -> Floats:
        """The same as the results show it. A cell that is no evidence is independent of all others: correlated,
        its placeholder deviation of 0 would count as a result at the region's level."""
        evidence = self._slope > 0
        apart = ~(evidence[:, :, None] & evidence[:, None, :]) & ~self._diagonal()
        return np.where(apart, 0.0, self._correlated(self._noise))

    def posterior(self) -> tuple[Floats, Floats]:
        """Mean and covariance of the persisting level of each cell given the school's own results.

        Shocks are as large as the level lets them be, and the level is known only after a first pass.
        """
        mean, _ = self._predict()
        self._at_level = shock_at_level(mean, self._level)
        return self._predict()

    def _predict(self) -> tuple[Floats, Floats]:
        prior = self.persisting()
        seen = _outer(self._slope) * (prior + self._redrawn_in_units()) + self._seen_noise()
        cross = prior * self._slope[:, None, :]
        solved = np.linalg.solve(seen, np.concatenate([self._deviation[:, :, None], _turn(cross)], axis=2))
        mean = np.einsum("skl,sl->sk", cross, solved[:, :, 0])
        covariance = prior - np.einsum("skl,slm->skm", cross, solved[:, :, 1:])
        covariance = (covariance + _turn(covariance)) / 2
        return self._level + self._unit * mean, covariance * _outer(self._unit)

    def level_with_share(self, variance: Floats) -> Floats:
        """Centres at which shocks of ``variance`` give the region's pooled share on average."""
        return centre_with_share(self._region_share(), variance)

    def _region_share(self) -> Floats:
        return self._part.spread(np.nan_to_num(self._components.share)[self._cells.assessment], 0.0)

    def draw(self, mean: Floats, covariance: Floats, deviates: Floats) -> Replicates:
        """Counts of new intakes: angular values around ``mean`` turned into whole numbers of pupils."""
        jitter = 1e-9 * np.eye(covariance.shape[1])
        factor = np.linalg.cholesky(covariance + jitter).astype(np.float32)
        angle = factor @ deviates.astype(np.float32)
        angle += mean.astype(np.float32)[:, :, None]
        counts = counts_of(angle[self._present], self._participants[self._present])
        counts[~self._usable[self._present]] = UNKNOWN
        rows = self._part.rows[self._present]
        empty = (self._cells.participants[rows] == 0) & ~np.isnan(self._cells.under_minimum[rows])
        counts[empty] = 0
        return Replicates(self._cells.unit[rows], self._cells.assessment[rows], counts)

    def pooled(self, confidence: float) -> Pooled:
        """Σ of the papers' expected shares by participants, so papers of different levels bias nothing.

        The interval is for the school's mean over intakes: its persisting level is uncertain, what comes with
        the children is averaged. By the delta method on the angle of the sum, where it is nearly symmetric.
        """
        mean, covariance = self.posterior()
        level = np.clip(mean, 0.0, np.pi / 2)
        variance = np.diagonal(covariance + self.redrawn(), axis1=1, axis2=2)
        total = self._participants.sum(axis=1)
        weight = self._participants / np.where(total > 0, total, 1.0)[:, None]
        share = np.einsum("sk,sk->s", weight, mean_share(level, variance))
        gradient = weight * np.exp(-2.0 * variance) * np.sin(2.0 * level)
        deviation = np.sqrt(np.einsum("sk,skl,sl->s", gradient, covariance, gradient))
        angle = angle_of(share)
        reach = float(ndtri(0.5 + confidence / 2)) * deviation / np.maximum(np.sin(2.0 * angle), 1e-6)
        region = np.einsum("sk,sk->s", weight, self._region_share())
        values = (share, share_of(angle - reach), share_of(angle + reach), region)
        share, lower, upper, region = (np.where(total > 0, value, np.nan) for value in values)
        return Pooled(self._part.schools, share, lower, upper, region, total)


def shock_at_level(angle: Floats, centre: Floats) -> Floats:
    """Size of cohort effects at a level, relative to the region's centre: equal on the logit scale.

    d arcsin √p = ½ √(p (1 − p)) d logit p, so a cohort moves a share of 5 % less than one of 40 %.
    """
    relative = np.sin(2.0 * np.clip(angle, 0.0, np.pi / 2)) / np.maximum(np.sin(2.0 * centre), 1e-3)
    return np.asarray(np.clip(relative, *LEVEL_SCALE))


def _equal(labels: Ints) -> NDArray[np.bool_]:
    return np.asarray(labels[:, :, None] == labels[:, None, :])


def _outer(values: Floats) -> Floats:
    return np.asarray(values[:, :, None] * values[:, None, :])


def _turn(matrices: Floats) -> Floats:
    return np.swapaxes(matrices, 1, 2)
