"""Small figures of the reference evaluator: shrinking, bands, keys of cells."""

from __future__ import annotations

import math
from collections import defaultdict

from rostok.methodology.expressions import TOLERANCE
from rostok.methodology.nodes import Scale

Row = dict[str, object]


def by_school(rows: list[Row]) -> defaultdict[object, list[Row]]:
    """school_id → its rows."""
    grouped: defaultdict[object, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["school_id"]].append(row)
    return grouped


def word(truth: object) -> str:
    """true, false or unknown."""
    return "unknown" if truth is None else "true" if truth else "false"


def shrink(figures: list[tuple[object, float | None]]) -> list[float | None]:
    """Empirical-Bayes estimates of (figure, sampling variance) pairs; None where either is missing.

    DerSimonian and Laird (1986), formulas 8 and 9: weights 1/v, Q = Σ w (y − ȳ)², τ² = (Q − (k − 1)) ÷ (Σw − Σw² ÷ Σw).
    """
    known = [(y, v) for y, v in figures if isinstance(y, float) and v is not None and v > 0]
    weights = [1 / v for _, v in known]
    if not known:
        return [None] * len(figures)
    centre = sum(w * y for w, (y, _) in zip(weights, known, strict=True)) / sum(weights)
    q = sum(w * (y - centre) ** 2 for w, (y, _) in zip(weights, known, strict=True))
    spare = sum(weights) - sum(w * w for w in weights) / sum(weights)
    between = max(0.0, (q - (len(known) - 1)) / spare) if spare else 0.0
    return [
        centre + (y - centre) * between / (between + v)
        if isinstance(y, float) and v is not None and v > 0
        else None
        for y, v in figures
    ]


def band(figure: object, scale: Scale) -> float | None:
    """The number of the band a figure lies in."""
    if not isinstance(figure, float):
        return None
    if scale.width is not None:
        near = math.floor(figure / scale.width + 0.5)
        if abs(figure - near * scale.width) <= TOLERANCE:
            return float(near + (0 if scale.closed == "right" else 1) + scale.offset)
        return float(math.ceil(figure / scale.width) + scale.offset)
    passed = [
        figure > cut + TOLERANCE if scale.closed == "right" else figure >= cut - TOLERANCE
        for cut in scale.cuts
    ]
    return float(scale.first + sum(passed))


def minus(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left - right


def whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def place_of(cell: Row) -> tuple[object, ...]:
    return cell["kind"], cell["subject"], cell["grade"], cell["year"]


def paper_of(cell: Row) -> tuple[object, ...]:
    return (*place_of(cell), cell["wave"])


def sorted_key(cell: Row) -> tuple[str, int, str, str, int]:
    return (
        str(cell["kind"]),
        whole(cell["year"]),
        str(cell["wave"]),
        str(cell["subject"]),
        whole(cell["grade"]),
    )
