"""Schools grouped by their results in several assessments: Gaussian mixtures (Fraley and Raftery 2002).

The number of groups and the form of their covariance are chosen by BIC; one group is an answer ("the schools differ by
degrees, there are no kinds of them"). A partition is only worth a word if another sample of schools gives it again:
stability is the mean adjusted Rand index between it and the partitions of resampled schools (Hubert and Arabie 1985;
Hennig 2007 for groups one by one). Groups are described by the features that set them apart, never by their place.

``statistics.clusters`` is something else: pupils who came in groups.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.school_limits import MOST_KINDS, RESAMPLES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FORMS = ("full", "tied", "diag", "spherical")
SCHOOLS_PER_FEATURE = 10  # with fewer, covariances are noise; and in a group so many at least
# A partition found again by 0.75 of resamples is stable, below 0.6 it says nothing (Hennig 2007).
STABLE, LOOSE = 0.75, 0.6
APART = 0.5  # standard deviations of all schools from which a feature sets a group apart
# Times the spread of all schools: a group may be set apart by nothing but how its schools differ.
WIDER = 1.25
_STARTS = 5
# Schools by which groups are chosen and tried again: BIC of more takes minutes and says the same.
_SAMPLE = 5_000
_RIDGE = 1e-4  # added to variances of standardised features: a group of like schools is no infinite density
_SEED = 2002


@dataclass(frozen=True)
class Choice:
    """One candidate: how many groups, form of covariance, BIC (the smaller the better)."""

    groups: int
    form: str
    bic: float


@dataclass(frozen=True)
class Composite:
    """Groups of schools, the largest first.

    ``probability`` (schools × groups). ``centres``: mean of each feature in each group, in standard deviations of all
    schools from their mean; ``spreads``: their standard deviations in it. ``stability``: mean adjusted Rand index over
    resamples; ``found_again``: for each group the mean Jaccard similarity to the nearest group of a resample. NaN with
    one group.
    """

    choices: tuple[Choice, ...]
    chosen: Choice
    probability: Floats
    centres: Floats
    spreads: Floats
    stability: float
    found_again: Floats

    @property
    def group(self) -> Ints:
        """The likeliest group of each school, from 0."""
        return np.asarray(self.probability.argmax(axis=1), np.int64)


class TooFew(ValueError):  # noqa: N818 - reads as a statement where it is raised
    """``schools`` with all features, where ``needed`` are."""

    def __init__(self, schools: int, needed: int) -> None:
        self.schools, self.needed = schools, needed
        super().__init__(f"{schools} schools, {needed} needed")


def composite(features: Floats, *, most: int = MOST_KINDS, resamples: int = RESAMPLES) -> Composite:
    """Group schools (rows) by features (columns), none of them missing or constant. Raises TooFew."""
    schools, width = features.shape
    needed = max(SCHOOLS_PER_FEATURE * width, 2 * SCHOOLS_PER_FEATURE)
    if schools < needed:
        raise TooFew(schools, needed)
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    # Loaded here: it takes a second, and no other command needs it. Before the limit, which holds of loaded libraries.
    import sklearn.metrics
    import sklearn.mixture  # noqa: F401
    from threadpoolctl import threadpool_limits

    # Matrices are small: threads of a library only wait for one another, fifteen times longer than one works.
    with threadpool_limits(1):
        return _composite(scaled, most, resamples)


def _composite(scaled: Floats, most: int, resamples: int) -> Composite:
    sample = _sampled(scaled)
    models = {}
    for groups in range(1, min(most, len(sample) // SCHOOLS_PER_FEATURE) + 1):
        for form in FORMS[:1] if groups == 1 else FORMS:
            models[groups, form] = _fitted(sample, groups, form)
    choices = tuple(Choice(*key, float(model.bic(sample))) for key, model in models.items())
    chosen = min(choices, key=lambda choice: choice.bic)
    probability = models[chosen.groups, chosen.form].predict_proba(scaled)
    order = np.argsort(-probability.sum(axis=0), kind="stable")
    probability = probability[:, order]
    sizes = probability.sum(axis=0)[:, None]
    centres = (probability.T @ scaled) / sizes
    spreads = np.sqrt(np.maximum((probability.T @ scaled**2) / sizes - centres**2, _RIDGE))
    stability, again = _stability(scaled, probability.argmax(axis=1), chosen, resamples)
    return Composite(choices, chosen, probability, centres, spreads, stability, again)


def _sampled(scaled: Floats) -> Floats:
    if len(scaled) <= _SAMPLE:
        return scaled
    return scaled[np.random.default_rng([_SEED, len(scaled)]).permutation(len(scaled))[:_SAMPLE]]


def _fitted(scaled: Floats, groups: int, form: str, starts: int = _STARTS) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    model = GaussianMixture(
        groups, covariance_type=form, n_init=starts, reg_covar=_RIDGE, max_iter=300,
        random_state=_SEED,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # such a candidate has a worse BIC and is not chosen
        return model.fit(scaled)


def _stability(scaled: Floats, group: Ints, chosen: Choice, resamples: int) -> tuple[float, Floats]:
    """Fit the chosen model to resampled schools and ask where it puts all of them."""
    if chosen.groups == 1 or not resamples:
        return float("nan"), np.full(chosen.groups, np.nan)
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng([_SEED, len(scaled), resamples])
    agreement, again = [], []
    for _ in range(resamples):
        drawn = rng.integers(len(scaled), size=min(len(scaled), _SAMPLE))
        other = _fitted(scaled[drawn], chosen.groups, chosen.form, starts=2).predict(scaled)
        agreement.append(adjusted_rand_score(group, other))
        again.append(found_again(group, other, chosen.groups))
    return float(np.mean(agreement)), np.mean(again, axis=0)


def found_again(group: Ints, other: Ints, groups: int) -> Floats:
    """For each group its Jaccard similarity to the most similar group of the other partition.

    >>> found_again(np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0]), 2).round(3).tolist()
    [0.667, 0.5]
    """
    table = np.zeros((groups, int(max(other.max(), groups - 1)) + 1))
    np.add.at(table, (group, other), 1)
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    return np.asarray((table / np.maximum(union, 1)).max(axis=1))


def set_apart(centre: Floats, names: Sequence[str]) -> list[tuple[str, float]]:
    """The features by which a group lies at least APART from all schools, the farthest first."""
    far = [
        (name, float(value))
        for name, value in zip(names, centre.tolist(), strict=True)
        if abs(value) >= APART
    ]
    return sorted(far, key=lambda one: -abs(one[1]))
