"""What of an index rests on the choice of its weights and on single indicators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rostok.statistics.context import Combined, Floats, Missing, combine, scaled

LOW = 0.3  # «the lower part»: as the thirty per cent of domain.md §3.6


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a second index says the same, over the schools that have both; NaN where nothing can be said."""

    schools: int
    rank_correlation: float  # Spearman
    same: float  # share with the same whole place of 1–10
    moved: float  # share at least two places away
    kept_low: float  # of the lower ``LOW`` of the first, share that the second has there too


def agreement(first: Floats, second: Floats) -> Agreement:
    """Both: index of the same schools."""
    both = np.isfinite(first) & np.isfinite(second)
    count = int(both.sum())
    if count < 2:
        return Agreement(count, np.nan, np.nan, np.nan, np.nan)
    a, b = first[both], second[both]
    away = np.abs(np.round(scaled(a)) - np.round(scaled(b)))
    low = a <= np.quantile(a, LOW)
    kept = b[low] <= np.quantile(b, LOW)
    return Agreement(
        count, _spearman(a, b), float((away == 0).mean()), float((away >= 2).mean()), float(kept.mean())
    )


def _spearman(a: Floats, b: Floats) -> float:
    from scipy.stats import rankdata

    x, y = rankdata(np.round(a, 9)), rankdata(np.round(b, 9))
    if x.std() == 0 or y.std() == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def without(z: Floats, weights: Floats, left_out: int, *, least: float, rule: Missing) -> Combined:
    """The index with the other indicators and their weights as they were."""
    others = np.arange(z.shape[1]) != left_out
    kept = weights[..., others]
    return combine(z[:, others], kept, least=least, rule=rule)


def jackknife_errors(index: Floats, left_out: list[Floats], known: np.ndarray) -> Floats:
    """Standard error of each school's index when its indicators are a draw of the many that could be asked.

    ``left_out``: the index without each indicator; ``known``: schools × indicators, does the school have it. Only the
    indicators a school has are left out one by one; NaN for fewer than two. Source: Efron (1982), ch. 3.
    """
    if not left_out:
        return np.full(len(index), np.nan)
    values = np.where(known & np.isfinite(np.column_stack(left_out)), np.column_stack(left_out), np.nan)
    count = np.isfinite(values).sum(axis=1)
    mean = np.nansum(values, axis=1) / np.maximum(count, 1)
    squares = np.nansum((values - mean[:, None]) ** 2, axis=1)
    error = np.sqrt(np.maximum(count - 1, 0) / np.maximum(count, 1) * squares)
    return np.where((count >= 2) & np.isfinite(index), error, np.nan)
