"""Calculation → the tables of the output folder, column by column as the manual promises them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rostok.pipeline.calculating import Calculation
from rostok.schema.problems import Problem
from rostok.statistics.firmness import word
from rostok.statistics.intervals import wilson

RESULT_COLUMNS = (
    "school_id", "school_name", "school_kind", "municipality_id", "methodology", "version", "category", "low_results",
    "low_count", "assessment_count", "unknown_count", "cohorts", "firmness", "probability", "reason",
)  # fmt: skip
REASON_COLUMNS = (
    "school_id", "kind", "subject", "grade", "pupil_grade", "year", "school_year", "wave", "cohort", "participants",
    "absent", "below", "share_below", "lower", "upper", "threshold", "low",
)  # fmt: skip


def results_table(calculation: Calculation, reasons: Sequence[str]) -> pa.Table:
    """``results.csv``; ``reasons``: one line of text per school, in the order of the results."""
    results, register, methodology = calculation.results, calculation.register, calculation.methodology
    rows = results.num_rows
    probability = probabilities(calculation)
    columns = {
        "school_id": results["school_id"],
        "school_name": register["name"],
        "school_kind": register["kind"],
        "municipality_id": register["municipality_id"],
        "methodology": pa.repeat(methodology.id, rows),
        "version": pa.repeat(methodology.label, rows),
        "category": results["category"],
        "low_results": results["verdict"] if methodology.low_results else pa.nulls(rows, pa.string()),
        **{name: results[name] for name in ("low_count", "assessment_count", "unknown_count", "cohorts")},
        "firmness": pa.array([_word(value) for value in probability.tolist()], pa.string()),
        "probability": pa.array(probability, mask=np.isnan(probability)),
        "reason": pa.array(reasons, pa.string()),
    }
    return pa.table([columns[name] for name in RESULT_COLUMNS], names=list(RESULT_COLUMNS))


def _word(value: float) -> str | None:
    found = word(value)
    return None if found is None else str(found)


def probabilities(calculation: Calculation) -> np.ndarray:
    """Per school of the results: probability that another intake gives the same verdict, NaN where none."""
    intakes = calculation.intakes
    if intakes is None:
        return np.full(calculation.results.num_rows, np.nan)
    found = dict(zip(intakes.schools, intakes.probability.tolist(), strict=True))
    return np.array([found.get(school, np.nan) for school in calculation.results["school_id"].to_pylist()])


def reasons_table(calculation: Calculation) -> pa.Table:
    """``reasons.csv``: one row per school and assessment used, with the Wilson interval of the share."""
    return cells_with_intervals(calculation).select(list(REASON_COLUMNS))


def cells_with_intervals(calculation: Calculation) -> pa.Table:
    """The cells with all their columns, then ``lower`` and ``upper`` of Wilson's interval."""
    cells = calculation.cells
    below = pc.fill_null(cells["below"].cast(pa.float64()), np.nan).to_numpy()
    participants = cells["participants"].cast(pa.float64()).to_numpy()
    lower, upper = wilson(below, participants)
    columns = {name: cells[name] for name in cells.column_names}
    columns |= {
        "lower": pa.array(lower, mask=np.isnan(lower)),
        "upper": pa.array(upper, mask=np.isnan(upper)),
    }
    return pa.table(columns)


def indicators_table(calculation: Calculation) -> pa.Table:
    """``indicators.csv``: those of the methodology, then participation, bounds and the pooled share."""
    parts = [calculation.indicators, _participation(calculation), _bounds(calculation), _pooled(calculation)]
    schema = pa.schema([
        ("school_id", pa.string()), ("indicator", pa.string()), ("value", pa.float64()), ("n", pa.int64()),
        ("coverage", pa.float64()), ("unit", pa.string()),
    ])  # fmt: skip
    joined = pa.concat_tables([part.cast(schema) for part in parts if part is not None])
    # A stable order: by school, and within a school as the parts come.
    joined = joined.append_column("_place", pa.array(range(joined.num_rows)))
    return joined.sort_by([("school_id", "ascending"), ("_place", "ascending")]).drop_columns("_place")


def _indicator(
    schools: pa.Array, name: str, value: object, n: object, unit: str, coverage: object = None
) -> pa.Table:
    rows = len(schools)
    covered = pa.nulls(rows, pa.float64()) if coverage is None else pa.array(coverage, pa.float64())
    return pa.table({
        "school_id": schools, "indicator": pa.repeat(name, rows), "value": pa.array(value, pa.float64()),
        "n": pa.array(n, pa.int64()), "coverage": covered, "unit": pa.repeat(unit, rows),
    })  # fmt: skip


def _participation(calculation: Calculation) -> pa.Table | None:
    """Share absent over the papers for which the number of absent pupils is known."""
    cells = calculation.cells.filter(pc.is_valid(calculation.cells["absent"]))
    if cells.num_rows == 0:
        return None
    totals = cells.group_by("school_id", use_threads=False).aggregate(
        [("absent", "sum"), ("participants", "sum")]
    )
    invited = pc.add(totals["absent_sum"], totals["participants_sum"])
    totals = totals.append_column("invited", invited).filter(pc.greater(invited, 0))
    share = pc.divide(totals["absent_sum"].cast(pa.float64()), totals["invited"].cast(pa.float64()))
    return _indicator(totals["school_id"].combine_chunks(), "share_absent", share.combine_chunks(),
                      totals["invited"].combine_chunks().cast(pa.int64()), "share")  # fmt: skip


_AS_NUMBER = {"true": 1.0, "false": 0.0, "unknown": None}


def _bounds(calculation: Calculation) -> pa.Table | None:
    """The verdict under both extremes as 1, 0 and empty for unknown.

    ``n`` is the number of the absent, ``coverage`` the share of written papers that say it: where none does
    (0), there is no value, because the bounds would only repeat the verdict.
    """
    if calculation.bounds is None:
        return None
    schools = calculation.bounds["school_id"].combine_chunks()
    told = _absence_told(calculation.cells)
    found = [told.get(school, (None, None)) for school in schools.to_pylist()]
    absent, known = [number for number, _ in found], [share for _, share in found]
    parts = []
    for name, indicator in (
        ("all_below", "verdict_if_absent_below"),
        ("all_above", "verdict_if_absent_above"),
    ):
        words = calculation.bounds[name].to_pylist()
        values = [None if share == 0 else _AS_NUMBER[word] for word, share in zip(words, known, strict=True)]
        parts.append(_indicator(schools, indicator, values, absent, "yes_no", known))
    return pa.concat_tables(parts)


def _absence_told(cells: pa.Table) -> dict[str, tuple[int | None, float]]:
    """School → number of the absent (None where no paper says it), share of its written papers that say it."""
    came = pc.or_(
        pc.greater(pc.fill_null(cells["participants"], 0), 0), pc.greater(pc.fill_null(cells["absent"], 0), 0)
    )
    papers = cells.select(["school_id", "absent"]).filter(came)
    totals = papers.group_by("school_id", use_threads=False).aggregate(
        [("absent", "sum"), ("absent", "count"), ([], "count_all")]
    )
    return {
        row["school_id"]: (row["absent_sum"], row["absent_count"] / row["count_all"])
        for row in totals.to_pylist()
    }


def _pooled(calculation: Calculation) -> pa.Table | None:
    """Pooled share over all papers, drawn towards the region, with its interval."""
    if calculation.intakes is None:
        return None
    pooled, schools = calculation.intakes.pooled, calculation.intakes.schools
    keys = pa.array([schools[index] for index in pooled.unit.tolist()], pa.string())
    parts = []
    for name in ("share", "lower", "upper"):
        values = getattr(pooled, name)
        indicator = "pooled_share_below" if name == "share" else f"pooled_share_below_{name}"
        parts.append(_indicator(keys, indicator, pa.array(values, mask=np.isnan(values)),
                                pooled.participants.astype(np.int64), "share"))  # fmt: skip
    return pa.concat_tables(parts)


def problems_table(problems: Sequence[Problem]) -> pa.Table:
    """``problems.csv``, by file, code and row."""
    ordered = sorted(problems, key=lambda p: (p.file, p.sheet, p.code, p.row or 0, p.column, p.value))
    columns = {
        "severity": [str(p.severity) for p in ordered],
        "code": [p.code for p in ordered],
        "file": [p.file for p in ordered],
        "sheet": [p.sheet for p in ordered],
        "row": pa.array([p.row for p in ordered], pa.int64()),
        "column": [p.column for p in ordered],
        "value": [p.value for p in ordered],
        "count": [p.count for p in ordered],
        "sentence": [p.sentence for p in ordered],
        "remedy": [p.remedy for p in ordered],
    }
    return pa.table(columns)


def problem_counts(problems: Sequence[Problem]) -> dict[str, int]:
    """How often each code was met, by code: ``problems`` of every ``run.json``."""
    counted: Counter[str] = Counter()
    for problem in problems:
        counted[problem.code] += problem.count
    return dict(sorted(counted.items()))
