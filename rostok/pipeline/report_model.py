"""Calculation and data version → the typed input of the report. Chooses no words beyond names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from importlib.metadata import version as package_version
from typing import Any

import pyarrow as pa

import rostok
from rostok.methodology import Methodology
from rostok.methodology.dependencies import figure_and_threshold
from rostok.methodology.distances import Distance
from rostok.methodology.explain import Explainer
from rostok.methodology.expressions import Name
from rostok.methodology.grid import WAVE_ORDER
from rostok.methodology.grounds import SchoolFigures
from rostok.methodology.nodes import When
from rostok.methodology.questions import compares_share, least_participants, needed_assessments
from rostok.pipeline.calculating import Calculation
from rostok.pipeline.intakes import Intakes
from rostok.pipeline.outputs import REASON_COLUMNS, cells_with_intervals, indicators_table, probabilities
from rostok.pipeline.reading import scale_book
from rostok.pipeline.storing import Stored
from rostok.pipeline.wording_of_schools import figures_by_school
from rostok.reports import model
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.problems import Problem
from rostok.statistics.chance import Band
from rostok.statistics.firmness import word
from rostok.statistics.intervals import wilson
from rostok.store.engines import Engine
from rostok.wording.labels import label

Row = dict[str, Any]


def build_report(
    calculation: Calculation, stored: Stored, problems: Sequence[Problem], engine: Engine
) -> model.Report:
    """Everything ``report.html`` and ``report.xlsx`` say."""
    chance = calculation.intakes.chance if calculation.intakes else None
    return model.Report(
        methodology=methodology_text(calculation.methodology, calculation),
        run=_run_facts(calculation, stored, engine),
        schools=_schools(calculation),
        assessments=_assessments(calculation, stored),
        chance=() if chance is None else tuple(map(_chance, chance.pupils, chance.children)),
        chance_total=None if chance is None else _chance(chance.pupils_total, chance.children_total),
        persisting=chance.persisting if chance is not None and chance.persisting_known else None,
        files=_files(stored, problems),
        problems=tuple(problems),
        notes=calculation.notes,
    )


def methodology_text(methodology: Methodology, calculation: Calculation) -> model.MethodologyText:
    """The methodology with the values in force on the day of the run."""
    values = methodology.parameter_values(calculation.on)
    given = dict(methodology.settings)
    parameters = tuple(
        model.Parameter(
            p.name,
            str(p.title) or p.name,
            values[p.name],
            p.unit,
            label(p.source),
            p.confirmed,
            p.name in given,
            p.title_of(values[p.name]),
        )
        for p in methodology.parameters
    )
    return model.MethodologyText(
        id=methodology.id,
        version=methodology.version,
        label=methodology.label,
        title=str(methodology.title),
        source=label(methodology.source.document),
        source_confirmed=methodology.source.confirmed,
        author=label(methodology.author),
        checker=label(methodology.checked_by),
        summary=str(methodology.about),
        hash=methodology.hash,
        valid_from=methodology.valid_from,
        review_on=methodology.review_on,
        low_results=methodology.low_results,
        needed=needed_assessments(methodology, values),
        min_participants=least_participants(methodology.cell_rule, values),
        parameters=parameters,
        categories=tuple(model.CategoryMeaning(label(name)) for name, _ in methodology.category),
        limits=tuple(filter(None, (str(methodology.source.note),))),
    )


def _run_facts(calculation: Calculation, stored: Stored, engine: Engine) -> model.RunFacts:
    years = sorted(set(calculation.held["year"].to_pylist()))
    intakes = calculation.intakes
    return model.RunFacts(
        on=calculation.on,
        window=tuple(years),
        data_version=stored.version.name,
        code_version=rostok.__version__,
        engine=engine.title,
        engine_version=package_version(engine.package),
        replicates=intakes.draws if intakes else None,
        seed=intakes.seed if intakes else None,
        synthetic=stored.synthetic,
    )


def _rows_by_school(table: pa.Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in table.to_pylist():
        found[row["school_id"]].append(row)
    return found


def _schools(calculation: Calculation) -> tuple[model.SchoolLine, ...]:
    explainer = Explainer(calculation.methodology, calculation.on)
    cells = _rows_by_school(_cells(calculation, explainer))
    indicators = _rows_by_school(indicators_table(calculation))
    rules = _rows_by_school(calculation.rules)
    bounds = {row["school_id"]: row for row in calculation.bounds.to_pylist()} if calculation.bounds else {}
    assigned = _rows_by_school(calculation.categories)
    pooled = _pooled(calculation.intakes)
    figures = figures_by_school(calculation)
    chances = probabilities(calculation).tolist()
    lines = []
    rows = zip(calculation.results.to_pylist(), calculation.register.to_pylist(), chances, strict=True)
    for result, place, probability in rows:
        key = result["school_id"]
        lines.append(
            _school(
                explainer, result, place, probability, cells[key], indicators[key], rules[key],
                bounds.get(key), assigned[key], pooled.get(key), figures.get(key),
            )
        )  # fmt: skip
    return tuple(lines)


def _cells(calculation: Calculation, explainer: Explainer) -> pa.Table:
    """The columns of ``reasons.csv`` and those the explainer rests on: a country has no room for the others."""
    table = cells_with_intervals(calculation)
    wanted = {*REASON_COLUMNS, *explainer.columns}
    return table.select([name for name in table.column_names if name in wanted])


def _school(
    explainer: Explainer, result: Row, place: Row, probability: float, cells: list[Row], indicators: list[Row],
    rules: list[Row], bounds: Row | None, assigned: list[Row], pooled: model.PooledEstimate | None,
    figures: SchoolFigures | None,
) -> model.SchoolLine:  # fmt: skip
    firmness = word(probability)
    distance = explainer.verdict_distance(result, cells)
    decisive = explainer.methodology.needed()
    share_absent = next((row["value"] for row in indicators if row["indicator"] == "share_absent"), None)
    return model.SchoolLine(
        school_id=result["school_id"],
        name=place["name"] or result["school_id"],
        kind=label(place["kind"] or ""),
        territory=place["territory"] or "",
        municipality_id=place["municipality_id"] or "",
        municipality=place["municipality"] or place["municipality_id"] or "",
        category=label(result["category"] or ""),
        verdict=None if result["verdict"] is None else model.Verdict(result["verdict"]),
        low_count=result["low_count"],
        assessment_count=result["assessment_count"],
        unknown_count=result["unknown_count"],
        cohorts=result["cohorts"],
        firmness=firmness,
        probability=None if firmness is None else probability,
        reasons=(explainer.verdict(result, cells, figures),),
        cells=tuple(_cell(explainer, row) for row in cells),
        indicators=tuple(_indicator(explainer.methodology, row) for row in indicators if row["indicator"] not in _SHOWN_ELSEWHERE),
        rules=tuple(_rule(explainer.methodology, row, decisive) for row in rules),
        share_absent=share_absent,
        participation=None if bounds is None or not _absent_known(cells) else model.ParticipationBounds(
            model.Verdict(bounds["all_below"]), model.Verdict(bounds["all_above"])
        ),
        pooled=pooled,
        verdict_distance=None if distance is None else distance.pupils,
        sensitivity="" if distance is None else distance.sentence,
        assigned=tuple(
            model.AssignedCategory(label(row["category"]), row["year"], row["source"] or "") for row in assigned
        ),
    )  # fmt: skip


def _absent_known(cells: list[Row]) -> bool:
    """Does any paper of the school say how many were absent? Else bounds would only repeat the verdict."""
    return any(row["absent"] is not None for row in cells if row["participants"] or row["absent"])


_SHOWN_ELSEWHERE = {
    "share_absent", "verdict_if_absent_below", "verdict_if_absent_above", "pooled_share_below",
    "pooled_share_below_lower", "pooled_share_below_upper",
}  # fmt: skip


def _cell(explainer: Explainer, row: Row) -> model.CellLine:
    low = {"true": True, "false": False}.get(row["low"])
    return model.CellLine(
        assessment=_assessment(row),
        participants=row["participants"],
        absent=row["absent"],
        below=row["below"],
        share=row["share_below"],
        lower=row["lower"],
        upper=row["upper"],
        threshold=row["threshold"] if explainer.of_share else None,
        low=low,
        distance=_signed(explainer.cell_distance(row)),
        because=_because(row, explainer.least_participants) if low is None else None,
        of_share=explainer.of_share,
    )


def _signed(distance: Distance | None) -> int | None:
    """Pupils to the other side of the rule: negative = fewer below the threshold."""
    if distance is None:
        return None
    return -distance.pupils if distance.fewer else distance.pupils


def _because(row: Row, least: int | None) -> model.UnknownBecause | None:
    """Why one cannot tell; None where there are results and nothing was asked of them."""
    if not row["participants"] and not row["absent"]:
        return model.UnknownBecause.NO_DATA
    if row["low"] is None:
        return None
    if row["participants"] and row["below"] is None:
        return model.UnknownBecause.NO_SCALE
    if least is not None and row["participants"] < least:
        return model.UnknownBecause.FEW_PARTICIPANTS
    return model.UnknownBecause.CONDITION


def _assessment(row: Row) -> Assessment:
    return Assessment(
        Kind(row["kind"]),
        row["year"],
        Wave(row["wave"]),
        Subject(row["subject"]),
        row["grade"],
        row["pupil_grade"],
    )


def _title(methodology: Methodology, name: str) -> str:
    """What a definition is called by its methodology; its name where it has no note."""
    item = methodology.by_name.get(name)
    return str(item.note) or name if item is not None else name


def _indicator(methodology: Methodology, row: Row) -> model.IndicatorLine:
    return model.IndicatorLine(
        row["indicator"],
        _title(methodology, row["indicator"]),
        row["value"],
        row["n"],
        row["coverage"],
        row["unit"] or "",
    )


def _rule(methodology: Methodology, row: Row, decisive: Collection[str]) -> model.RuleLine:
    verdict = {"true": True, "false": False}.get(row["verdict"])
    return model.RuleLine(
        row["rule"],
        _title(methodology, row["rule"]),
        verdict,
        row["figure"],
        row["threshold"],
        unit=_rule_unit(methodology, row["rule"]),
        source=label(row["source"] or ""),
        decides=row["rule"] in decisive,
    )


def _rule_unit(methodology: Methodology, name: str) -> str:
    """The unit of the indicator a rule compares; empty where it compares none by name, or counts."""
    rule = methodology.by_name.get(name)
    compared = figure_and_threshold(rule.when, ()) if isinstance(rule, When) else None
    figure = methodology.by_name.get(compared[0].name) if compared and isinstance(compared[0], Name) else None
    return getattr(figure, "unit", "")


def _pooled(intakes: Intakes | None) -> dict[str, model.PooledEstimate]:
    if intakes is None:
        return {}
    pooled = intakes.pooled
    values = zip(
        pooled.unit.tolist(), pooled.share.tolist(), pooled.lower.tolist(), pooled.upper.tolist(), strict=True
    )
    return {
        intakes.schools[unit]: model.PooledEstimate(share, lower, upper)
        for unit, share, lower, upper in values
        if share == share  # NaN: no pupil with a known result
    }


def _chance(pupils: Band, children: Band) -> model.ChanceLine:
    return model.ChanceLine(
        pupils.smallest, pupils.largest, pupils.schools, pupils.listed, pupils.expected, pupils.lower, pupils.upper,
        children.expected, children.lower, children.upper,
    )  # fmt: skip


def _assessments(calculation: Calculation, stored: Stored) -> tuple[model.AssessmentLine, ...]:
    """One line per assessment, in the order of its label on a page: year, wave, kind, subject, grade."""
    groups: dict[Assessment, list[Row]] = defaultdict(list)
    for row in calculation.cells.to_pylist():
        groups[_assessment(row)].append(row)
    with_threshold = compares_share(
        calculation.methodology, calculation.methodology.parameter_values(calculation.on)
    )
    return tuple(
        _assessment_line(
            key, groups[key], _scales(key, calculation.methodology, stored), with_threshold=with_threshold
        )
        for key in sorted(groups, key=_page_order)
    )


def _scales(assessment: Assessment, methodology: Methodology, stored: Stored) -> tuple[str, bool]:
    """Sources of the scales the marks came from, and whether all are confirmed; of each part of a joined row."""
    joined = {assessment.kind}
    for selector in methodology.selectors:
        if selector.row_kind is assessment.kind and assessment.subject in selector.subjects:
            joined |= set(selector.kinds)
    parts = {replace(assessment, kind=kind) for kind in joined}
    entries = [entry for entry in stored.version.manifest.assessments if entry.assessment in parts]
    known = {scale.key: scale.source for scale in scale_book().scales}
    sources = dict.fromkeys(known.get(entry.scale, entry.scale) for entry in entries if entry.scale)
    return "; ".join(map(label, sources)), all(entry.scale_confirmed is not False for entry in entries)


def _page_order(assessment: Assessment) -> tuple[Any, ...]:
    return (
        assessment.year,
        WAVE_ORDER.index(assessment.wave),
        assessment.kind,
        assessment.subject,
        assessment.grade,
    )


def _assessment_line(
    assessment: Assessment, rows: list[Row], scale: tuple[str, bool], *, with_threshold: bool
) -> model.AssessmentLine:
    wrote = [row for row in rows if row["participants"]]
    participants = sum(row["participants"] for row in wrote)
    known = all(row["below"] is not None for row in wrote)
    below = sum(row["below"] for row in wrote) if known and wrote else None
    lower, upper = (None, None) if below is None else (float(bound) for bound in wilson(below, participants))
    return model.AssessmentLine(
        assessment=assessment,
        schools=len(wrote),
        participants=participants,
        absent=_sum_known(row["absent"] for row in rows),
        below=below,
        lower=lower,
        upper=upper,
        threshold=next((row["threshold"] for row in rows), None) if with_threshold else None,
        scale_source=scale[0],
        scale_confirmed=scale[1],
    )


def _sum_known(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _files(stored: Stored, problems: Sequence[Problem]) -> tuple[model.FileLine, ...]:
    used = {(s.file, s.sheet): s.used for s in stored.version.manifest.sources}
    lines = [
        model.FileLine(
            name=table.source.file,
            layout=table.source.layout,
            state=model.FileState.READ if used.get((table.source.file, table.source.sheet), True)
            else model.FileState.REPEATED,
            contents=table.assessment.label if table.assessment else table.table,
            rows=table.source.rows,
            participants=table.participants,
            schools=table.schools,
            sha256=table.source.sha256,
        )
        for table in stored.tables
    ]  # fmt: skip
    ignored = sorted({problem.file for problem in problems if problem.code == "file-ignored"})
    lines += [model.FileLine(name, state=model.FileState.IGNORED) for name in ignored]
    return tuple(sorted(lines, key=lambda line: (line.state, line.name, line.contents)))
