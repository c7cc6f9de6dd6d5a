"""The likelihood of a mixed model written out over all rows: slow, obvious, the judge of the fast way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Dense:
    """``effects``: for each level the unit of every row, and its columns; with ``covariances`` of the levels."""

    outcome: np.ndarray
    columns: np.ndarray
    units: list[np.ndarray]
    effects: list[np.ndarray]
    weights: np.ndarray

    def variance(self, covariances: list[np.ndarray], residual: float) -> np.ndarray:
        found = np.diag(residual / self.weights)
        for units, columns, covariance in zip(self.units, self.effects, covariances, strict=True):
            found = found + (units[:, None] == units[None, :]) * (columns @ covariance @ columns.T)
        return found

    def criterion(self, covariances: list[np.ndarray], residual: float, *, reml: bool) -> float:
        """−2 log-likelihood, or −2 log of the restricted one as lme4 writes it, without log|XᵀX|."""
        v = self.variance(covariances, residual)
        inverse = np.linalg.inv(v)
        left = self.outcome - self.columns @ self.coefficients(inverse)
        n, p = self.columns.shape
        value = np.linalg.slogdet(v)[1] + left @ inverse @ left + (n - p * reml) * np.log(2 * np.pi)
        if reml:
            value += np.linalg.slogdet(self.columns.T @ inverse @ self.columns)[1]
        return float(value)

    def coefficients(self, inverse: np.ndarray) -> np.ndarray:
        x = self.columns
        return np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ self.outcome)

    def modes(
        self, level: int, covariances: list[np.ndarray], residual: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Effects of each unit of a level and their covariances given the parameters, by the normal distribution."""
        inverse = np.linalg.inv(self.variance(covariances, residual))
        left = inverse @ (self.outcome - self.columns @ self.coefficients(inverse))
        own = covariances[level]
        modes, conditional = [], []
        for unit in np.unique(self.units[level]):
            z = self.effects[level] * (self.units[level] == unit)[:, None]
            modes.append(own @ z.T @ left)
            conditional.append(own - own @ z.T @ inverse @ z @ own)
        return np.array(modes), np.array(conditional)
