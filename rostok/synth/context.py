"""Social context of schools by year: shares and an index, all driven by one latent standing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rostok.synth.children import Population

Floats = NDArray[np.float64]

SOCIAL_INDEX = "social_index"
# Indicator → (logit in a school of average standing, change with the standing, own spread).
_SHARES = {
    "share_parents_higher_education": (-0.7, 0.80, 0.25),
    "share_low_income": (-1.4, -0.70, 0.30),
    "share_single_parent": (-1.3, -0.35, 0.20),
    "share_parents_unemployed": (-3.0, -0.55, 0.40),
    "share_non_native_russian": (-3.2, -0.35, 0.80),
    "share_special_needs": (-2.7, -0.40, 0.40),
    "share_teachers_highest_category": (-0.7, 0.35, 0.45),
}
INDICATORS = (*_SHARES, SOCIAL_INDEX)
_YEAR_SPREAD = 0.08


def values(population: Population, year: int) -> dict[str, Floats]:
    """Indicator → value of each school: shares 0–1 with three digits, the index 1–10 (higher is better off)."""
    schools = population.schools
    result: dict[str, Floats] = {}
    for name, (level, slope, spread) in _SHARES.items():
        own = population.rng("context", name).normal(0, spread, len(schools))
        own = own + population.rng("context", name, year).normal(0, _YEAR_SPREAD, len(schools))
        result[name] = np.round(1 / (1 + np.exp(-(level + slope * schools.context + own))), 3)
    result[SOCIAL_INDEX] = _index(population, year)
    return result


def _index(population: Population, year: int) -> Floats:
    """Tenth of the region a school's standing, seen with a little noise, falls into."""
    standing = population.schools.context
    seen = standing + population.rng("context", SOCIAL_INDEX, year).normal(0, 0.2, len(standing))
    place = np.argsort(np.argsort(seen))
    return np.floor(place * 10 / len(seen)) + 1
