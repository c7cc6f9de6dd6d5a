"""Is the model of another intake true of real schools? Cohorts it has not seen, predicted and compared.

    python -m benchmarks.firmness_heldout OUT/reasons.csv

Takes the ``reasons.csv`` of any analysis with at least two generations of pupils. In turn the results of each
generation are hidden, and the probability that a paper of these children reaches the threshold is computed
from the other papers of their school. Nothing of a second intake can be observed, but a cohort not seen is
drawn by the same parts of the model. The region's components are fitted on all cells.
"""

from __future__ import annotations

import argparse
import csv
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.statistics import intake
from rostok.statistics.cells import Cells

Floats = NDArray[np.float64]
BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0001)
SMALLEST = 5  # participants: below, the federal rule says nothing


def read_cells(path: Path) -> tuple[Cells, Floats]:
    """Cells of a ``reasons.csv`` and the threshold of each."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["participants"] and row["below"]]
    schools = {name: i for i, name in enumerate(sorted({row["school_id"] for row in rows}))}
    papers = {_paper(row).key: _paper(row) for row in rows}
    index = {key: i for i, key in enumerate(sorted(papers))}
    cells = Cells.of(
        [papers[key] for key in sorted(papers)],
        unit=[schools[row["school_id"]] for row in rows],
        assessment=[index[_paper(row).key] for row in rows],
        participants=[float(row["participants"]) for row in rows],
        under_minimum=[float(row["below"]) for row in rows],
        class_concentration=[np.nan] * len(rows),
    )
    return cells, np.array([float(row["threshold"]) for row in rows])


def _paper(row: dict[str, str]) -> Assessment:
    return Assessment(
        Kind(row["kind"]),
        int(row["year"]),
        Wave(row["wave"]),
        Subject(row["subject"]),
        int(row["grade"]),
        int(row["pupil_grade"]),
    )


def predict(cells: Cells, threshold: Floats) -> Floats:
    """Probability of reaching the threshold, each generation hidden in turn; cells in order."""
    components = intake.fit(cells)
    ordered, limit = cells.sorted(), threshold[cells.order()]
    probability = np.full(len(cells), np.nan)
    for generation in np.unique(cells.generation):
        parts = intake.replicates(cells, components, hidden=cells.generation == generation)
        drawn = np.concatenate([part.under_minimum for part in parts])
        reached = _reaches(drawn, ordered.participants[:, None], limit[:, None]).mean(axis=1)
        probability = np.where(ordered.generation == generation, reached, probability)
    return probability


def _reaches(count: NDArray[np.int32] | Floats, base: Floats, threshold: Floats) -> NDArray[np.bool_]:
    return np.asarray(count >= threshold * base - 1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("reasons", type=Path)
    cells, threshold = read_cells(parser.parse_args().reasons)
    said = predict(cells, threshold)
    ordered, limit = cells.sorted(), threshold[cells.order()]
    came = _reaches(ordered.under_minimum, ordered.participants, limit)
    enough = ordered.participants >= SMALLEST
    sys.stdout.write("| обещано | работ | среднее обещанное | сбылось |\n|---|---|---|---|\n")
    for low, high in pairwise(BINS):
        at = enough & (said >= low) & (said < high)
        if at.any():
            line = f"| {low:.2f}–{min(high, 1):.2f} | {at.sum()} | {said[at].mean():.3f} | {came[at].mean():.3f} |\n"
            sys.stdout.write(line.replace(".", ","))
    brier = float(((said - came)[enough] ** 2).mean())
    sys.stdout.write(f"\n{int(enough.sum())} работ; Брайер {brier:.3f}".replace(".", ",") + "\n")


if __name__ == "__main__":
    main()
