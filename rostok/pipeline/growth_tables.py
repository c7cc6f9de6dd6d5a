"""Comparisons, series, transitions, sexes → the tables of ``rostok growth``, column by column as the manual promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.pipeline.growth_comparisons import Comparison, chains, moment_scores, moments
from rostok.pipeline.item_outputs import numbers
from rostok.pipeline.school_scores import PaperScores, SchoolScores, moment_label
from rostok.schema.assessments import Assessment
from rostok.schema.verdicts import Verdict
from rostok.statistics.growth.intake import intake_change
from rostok.statistics.growth.series import LEAST_POINTS, Detection, detect
from rostok.statistics.growth.shrinkage import Shrunken, shrink
from rostok.statistics.growth.transitions import GROUPS, Transitions, transitions
from rostok.statistics.intervals import reach

Floats = NDArray[np.float64]

CHANGE_COLUMNS = (
    "school_id", "indicator", "from", "to", "change", "region_change", "shrunken", "lower", "upper", "verdict",
)  # fmt: skip
COHORT_COLUMNS = (*CHANGE_COLUMNS[:2], "subject", "generation", *CHANGE_COLUMNS[2:])
# What two, three or four points are: no more than that.
READINGS = {0: "none", 1: "one_point", 2: "two_points", 3: "three_points", 4: "four_points"}
CHANGED, NOT_SEEN = "changed", "no_change_seen"


def change_table(found: Comparison, schools: Sequence[str]) -> pa.Table:
    """Rows of ``growth.csv`` or ``cohorts.csv``: schools with a result at both moments."""
    kept = np.isfinite(found.change)
    shrunken = found.shrunken
    rows = int(kept.sum())
    texts = {
        "indicator": str(found.indicator),
        "from": found.first,
        "to": found.second,
        "subject": found.subject,
    }
    figures = {
        "change": found.change, "region_change": found.region_change, "shrunken": shrunken.effects,
        "lower": shrunken.lower, "upper": shrunken.upper,
    }  # fmt: skip
    columns = {
        "school_id": _taken(schools, kept),
        **{name: _repeated(text, rows) for name, text in texts.items()},
        "generation": pa.repeat(pa.scalar(found.generation, pa.int64()), rows),
        **{name: numbers(values[kept]) for name, values in figures.items()},
        "verdict": pa.array(found.verdicts[kept].tolist(), pa.string()).dictionary_encode(),
    }
    names = COHORT_COLUMNS if found.of == "cohort" else CHANGE_COLUMNS
    return pa.table({name: columns[name] for name in names})


def _taken(schools: Sequence[str], kept: NDArray[np.bool_]) -> pa.Array:
    return pa.array(schools, pa.string()).filter(pa.array(kept))


def _repeated(text: str, rows: int) -> pa.DictionaryArray:
    """One text many times: a country's comparisons have a million rows and a few dozen texts."""
    return pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int8()), rows), pa.array([text], pa.string())
    )


def comparison_row(found: Comparison) -> dict[str, object]:
    """A row of ``comparisons.csv``: what a comparison says of the region."""
    changed = np.isfinite(found.change)
    counts = Counter(found.verdicts[changed].tolist())
    between = found.shrunken.between
    return {
        "of": found.of, "indicator": str(found.indicator), "from": found.first, "to": found.second,
        "subject": found.subject, "generation": found.generation, "schools": int(changed.sum()),
        "region_change": _number(_mean(found.region_change)),
        "pupils_change": _number(found.pupils_change), "between_sd": _number(between**0.5),
        "reliability": _number(_reliability(found.shrunken)),
        **{str(verdict): counts[str(verdict)] for verdict in Verdict},
    }  # fmt: skip


def _reliability(found: Shrunken) -> float:
    """Median share of the variance of a change that is not error: 1 − error² ÷ τ²; NaN where τ² is 0."""
    errors = found.errors[np.isfinite(found.errors)]
    if not len(errors) or not found.between > 0:
        return float("nan")
    return max(1 - float(np.median(errors)) ** 2 / found.between, 0.0)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


COMPARISONS = pa.schema([
    *((name, pa.string()) for name in ("of", "indicator", "from", "to", "subject")), ("generation", pa.int64()),
    ("schools", pa.int64()), *((name, pa.float64()) for name in ("region_change", "pupils_change", "between_sd", "reliability")),
    *((str(verdict), pa.int64()) for verdict in Verdict),
])  # fmt: skip


# --- intake


def intake_table(scores: SchoolScores) -> pa.Table:
    """``intake.csv``: schools whose participants or absences are others than before, by neighbours of each chain."""
    tables = [_intake(a, b, scores.schools) for line in chains(scores).values() for a, b in pairwise(line)]
    return pa.concat_tables(tables) if tables else _intake_empty(scores)


def _intake_empty(scores: SchoolScores) -> pa.Table:
    one = scores.papers[0]
    return _intake(one, one, scores.schools).slice(0, 0)


def _intake(first: PaperScores, second: PaperScores, schools: Sequence[str]) -> pa.Table:
    a, b = first.percent.pupils, second.percent.pupils
    found = intake_change(a, b, first.absent, second.absent)
    kept = found.flagged
    rows = int(kept.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = first.absent / (a + first.absent), second.absent / (b + second.absent)
    return pa.table({
        "school_id": _taken(schools, kept),
        "from": pa.array([first.paper.key] * rows, pa.string()), "to": pa.array([second.paper.key] * rows, pa.string()),
        "participants_from": pa.array(a[kept].astype(int)), "participants_to": pa.array(b[kept].astype(int)),
        "absent_share_from": numbers(shares[0][kept]), "absent_share_to": numbers(shares[1][kept]),
        "size_changed": pa.array(found.size[kept]), "absence_changed": pa.array(found.absence[kept]),
    })  # fmt: skip


# --- series


def series_table(scores: SchoolScores) -> pa.Table:
    """``series.csv``: of each school and chain how many points there are, and from five on what they say."""
    tables = [_series(line, scores.schools) for line in chains(scores).values()]
    return pa.concat_tables(tables)


def _series(line: Sequence[PaperScores], schools: Sequence[str]) -> pa.Table:
    values, variances = (
        np.stack([getattr(one.standard, name) for one in line], axis=1) for name in ("mean", "variance")
    )
    found = detect(values, variances)
    kept = found.points > 0
    paper = line[0].paper
    labels = np.array([moment_label(one.paper) for one in line])
    said = {"kind": str(paper.kind), "subject": str(paper.subject), "grade": paper.grade}
    known = np.isfinite(values)[kept]
    first, last = known.argmax(axis=1), len(line) - 1 - known[:, ::-1].argmax(axis=1)
    changed = (found.changed & (found.after >= 0))[kept]
    return pa.table({
        "school_id": _taken(schools, kept),
        **{name: pa.array([value] * int(kept.sum())) for name, value in said.items()},
        "points": pa.array(found.points[kept]),
        "first": pa.array(labels[first].tolist(), pa.string()), "last": pa.array(labels[last].tolist(), pa.string()),
        "changed_at": pa.array(labels[np.maximum(found.after[kept], 0)].tolist(), pa.string(), mask=~changed),
        "size": numbers(found.size[kept]), "p_value": numbers(found.p_value[kept]), "q_value": numbers(found.q_value[kept]),
        "reading": pa.array(_readings(found)[kept].tolist(), pa.string()),
    })  # fmt: skip


def _readings(found: Detection) -> NDArray[np.str_]:
    enough = np.where(found.changed, CHANGED, NOT_SEEN)
    few = np.array([READINGS.get(int(points), "") for points in found.points])
    return np.asarray(np.where(found.points >= LEAST_POINTS, enough, few))


# --- groups of schools


def transition_tables(scores: SchoolScores) -> tuple[pa.Table, pa.Table]:
    """``transitions.csv``: moves in the region beside chance; ``groups.csv``: the groups of each school."""
    held = [moment_scores(papers) for papers in moments(scores)]
    counts: list[tuple[object, ...]] = []
    places: list[pa.Table] = []
    for first, second in pairwise(held):
        found = transitions(first.mean, first.variance, second.mean, second.variance)
        if found is not None:
            counts += [(first.label, second.label, *row) for row in _cells(found)]
            places.append(_groups(found, first.label, second.label, scores.schools))
    schema = [("from", pa.string()), ("to", pa.string()), ("group_from", pa.int64()), ("group_to", pa.int64()),
              ("schools", pa.int64()), *((name, pa.float64()) for name in ("expected", "lower", "upper"))]  # fmt: skip
    names = [name for name, _ in schema]
    moves = pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in counts], pa.schema(schema))
    none = pa.table({name: pa.array([], kind) for name, kind in
                     {"school_id": pa.string(), "from": pa.string(), "to": pa.string(), "group_from": pa.int64(),
                      "group_to": pa.int64()}.items()})  # fmt: skip
    return moves, pa.concat_tables(places) if places else none


def _cells(found: Transitions) -> Iterator[tuple[object, ...]]:
    for a in range(GROUPS):
        for b in range(GROUPS):
            yield (a + 1, b + 1, int(found.observed[a, b]), float(found.expected[a, b]), float(found.lower[a, b]),
                   float(found.upper[a, b]))  # fmt: skip


def _groups(found: Transitions, first: str, second: str, schools: Sequence[str]) -> pa.Table:
    kept = found.before >= 0
    rows = int(kept.sum())
    return pa.table({
        "school_id": _taken(schools, kept),
        "from": pa.array([first] * rows, pa.string()), "to": pa.array([second] * rows, pa.string()),
        "group_from": pa.array(found.before[kept] + 1), "group_to": pa.array(found.after[kept] + 1),
    })  # fmt: skip


# --- boys and girls


def sexes_table(scores: SchoolScores) -> pa.Table:
    """``sexes.csv``: girls' mean percent less boys', of the region (no school) and of schools, drawn to the region's."""
    return pa.concat_tables([_sexes(one, scores.schools) for one in scores.papers])


def _sexes(one: PaperScores, schools: Sequence[str]) -> pa.Table:
    (girls, girl_mean), (boys, boy_mean) = one.girls, one.boys
    difference = girl_mean - boy_mean
    with np.errstate(divide="ignore", invalid="ignore"):
        # Both sexes sit in the same classes, so what a class adds falls out of the difference.
        found = shrink(difference, one.percent.within * (1 / girls + 1 / boys))
    kept = np.isfinite(difference) & np.isfinite(found.effects)
    whole, half = found.whole, reach() * found.whole_errors
    region = [] if np.isnan(found.centre) else [_region_gap(one.paper, found, girls, boys)]
    rows = int(kept.sum())
    of_schools = pa.table({
        "school_id": _taken(schools, kept), "assessment": pa.array([one.paper.key] * rows, pa.string()),
        "girls": pa.array(girls[kept].astype(int)), "boys": pa.array(boys[kept].astype(int)),
        "difference": numbers(difference[kept]), "shrunken": numbers(whole[kept]),
        "lower": numbers((whole - half)[kept]), "upper": numbers((whole + half)[kept]),
    })  # fmt: skip
    return pa.concat_tables([pa.Table.from_pylist(region, of_schools.schema), of_schools])


def _region_gap(paper: Assessment, found: Shrunken, girls: Floats, boys: Floats) -> dict[str, object]:
    """The mean difference inside schools of the region, with the interval of it."""
    half = reach() * found.centre_error
    return {
        "school_id": "", "assessment": paper.key, "girls": int(girls.sum()), "boys": int(boys.sum()),
        "difference": found.centre, "shrunken": found.centre, "lower": found.centre - half, "upper": found.centre + half,
    }  # fmt: skip
