"""Scripts → sufficient statistics: the only expressions that touch millions of rows.

One pass over the scripts gives school × assessment × class (``classes``); school × assessment (``schools``)
is summed from that, not from the scripts again, and here, also where a cluster made the pass. Ibis only, so the
same expressions run on a cluster; sums go through DOUBLE, exact below 2⁵³, because engines differ in the width of
integer sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from rostok.schema.arrow import arrow_schema
from rostok.schema.assessments import Assessment
from rostok.schema.scales import MARKS
from rostok.schema.tables import CLASS_FACTS, COUNTS, FACTS, Table
from rostok.store.engines import ENGINE_ERRORS, MEMORY_ERRORS, here, materialise
from rostok.store.manifest import StoredAssessment
from rostok.store.version import ASSESSMENTS, DataVersion

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MARK_COLUMNS = tuple(f"marks_{mark}" for mark in MARKS)
_SUMMED = ("participants", "absent", "under_minimum", *_MARK_COLUMNS, "raw_sum")


@dataclass(frozen=True, slots=True)
class Reduction:
    """Tables with the columns of FACTS and CLASS_FACTS, here; valid while the engine is open."""

    facts: ir.Table
    class_facts: ir.Table


def reduce_version(
    engine: Any, version: DataVersion, assessments: Sequence[Assessment] | None = None
) -> Reduction:
    """Reduce ``assessments`` (default: all) in one pass over their scripts.

    Schools known by counts only (table ``counts``) join the facts without class concentration; where a
    school has both, its scripts count. KeyError for an assessment that the version does not have, InputRefused
    (file-damaged) where a stored file is not whole.
    """
    try:
        return _reduced(engine, version, assessments)
    except MEMORY_ERRORS:
        raise  # says nothing of the files, and rereading them all would cost minutes
    except ENGINE_ERRORS:
        version.verify()  # an engine's words may name no file; the version knows which one is not whole
        raise


def _reduced(engine: Any, version: DataVersion, assessments: Sequence[Assessment] | None) -> Reduction:
    wanted = version.assessments + version.counted if assessments is None else tuple(assessments)
    entries = [entry for entry in version.manifest.assessments if entry.assessment in wanted]
    counted = [assessment for assessment in version.counted if assessment in wanted]
    unknown = set(wanted) - {entry.assessment for entry in entries} - set(counted)
    if unknown:
        raise KeyError(min(assessment.key for assessment in unknown))
    attributes = here(engine).read_parquet(str(version.directory / ASSESSMENTS))
    classes = materialise(engine, "classes", _classes(engine, version, entries, attributes))
    schools = _schools(classes)
    if counted:
        schools = _with_counts(schools, _counts(engine, version, counted))
    facts = _declared(schools.join(attributes, "assessment"), FACTS)
    class_facts = _declared(
        classes.filter(classes.participants > 0).join(attributes, "assessment"), CLASS_FACTS
    )
    return Reduction(materialise(engine, FACTS.name, facts), class_facts)


def forget_classes(engine: Any) -> None:
    """Drop the classes of the last reduction from the engine; its ``class_facts`` can be asked no more."""
    engine.drop_table("classes", force=True)


def facts(engine: Any, version: DataVersion, assessments: Sequence[Assessment] | None = None) -> pa.Table:
    """FACTS in the order of year, kind, subject, grade, wave and school."""
    return to_arrow(reduce_version(engine, version, assessments).facts, FACTS)


def class_facts(
    engine: Any, version: DataVersion, assessments: Sequence[Assessment] | None = None
) -> pa.Table:
    """CLASS_FACTS of classes with participants, in the order of assessment, school and class."""
    return to_arrow(reduce_version(engine, version, assessments).class_facts, CLASS_FACTS)


def municipalities(engine: Any, version: DataVersion) -> dict[str, str]:
    """School → the municipality its results name; the first in alphabetical order where they name several.

    Schools whose results name none are not among the keys.
    """
    found: dict[str, str] = {}
    for assessment in version.assessments:
        scripts = engine.read_parquet(str(version.scripts_path(assessment)))
        said = scripts.filter(scripts.municipality_id.notnull()).group_by("school_id").agg(
            place=scripts.municipality_id.min()
        )  # fmt: skip
        rows = engine.to_pyarrow(said)
        for school, place in zip(rows["school_id"].to_pylist(), rows["place"].to_pylist(), strict=True):
            found[school] = min(place, found.get(school, place))
    return found


_ORDER = {
    FACTS.name: ("year", "kind", "subject", "grade", "wave", "school_id"),
    CLASS_FACTS.name: ("assessment", "school_id", "class_name"),
}


def to_arrow(table: ir.Table, declared: Table) -> pa.Table:
    """A reduced table brought here, in its fixed order and with its declared types."""
    keys = [table[name].asc(nulls_first=False) for name in _ORDER[declared.name]]
    return table.order_by(keys).to_pyarrow().cast(arrow_schema(declared))


def _classes(
    engine: Any, version: DataVersion, entries: Sequence[StoredAssessment], attributes: ir.Table
) -> ir.Table:
    """School × assessment × class: the one pass over the scripts. Counts of people, no shares."""
    if not entries:
        nothing = {name: ibis.null("int64") for name in _SUMMED}
        nobody = attributes.filter(ibis.literal(False))
        return nobody.select(
            "assessment", school_id=ibis.null("string"), class_name=ibis.null("string"), **nothing
        )
    read = [_classes_of(engine, version, entry) for entry in entries]
    return ibis.union(*read) if len(read) > 1 else read[0]


def _classes_of(engine: Any, version: DataVersion, entry: StoredAssessment) -> ir.Table:
    scripts = engine.read_parquet(str(version.scripts_path(entry.assessment)))
    # The writer of the store refuses marks and scores of anybody but participants, so none is asked for here.
    marks = {
        name: _count(scripts, scripts.mark == mark) for name, mark in zip(_MARK_COLUMNS, MARKS, strict=True)
    }
    reduced = scripts.group_by("school_id", "class_name").aggregate(
        participants=_count(scripts, scripts.participant),
        absent=_if_all_say(scripts.absent, _count(scripts, scripts.absent)),
        under_minimum=_count(scripts, scripts.under_minimum),
        raw_sum=scripts.raw_score.cast("float64").sum().fill_null(0),  # a class of absent pupils
        **marks,
    )
    return reduced.mutate(assessment=ibis.literal(entry.assessment.key))


def _count(scripts: ir.Table, where: ir.Value) -> ir.Value:
    """Rows of a group; of one where nobody says, 0: on Spark Ibis counts by a sum, which is null there."""
    return scripts.count(where=where).fill_null(0)


def _if_all_say(said: ir.Column, total: ir.Value) -> ir.Value:
    """``total`` where no row of the group is silent: a sum over the rows that say is no count of the group."""
    return ibis.ifelse(said.isnull().any(), None, total)


def _schools(classes: ir.Table) -> ir.Table:
    """School × assessment. Participants without a class count as one more class, unless nobody has one."""
    numbers = {name: classes[name].cast("float64") for name in _SUMMED}
    participants = numbers["participants"]
    in_named = participants.sum(where=classes.class_name.notnull())
    squares = (participants * participants).sum() / (participants.sum() * participants.sum())
    sums = {name: number.sum() for name, number in numbers.items()}
    sums["absent"] = _if_all_say(classes.absent, sums["absent"])
    return classes.group_by("assessment", "school_id").aggregate(
        class_concentration=ibis.ifelse(in_named > 0, squares, None), **sums
    )


def _counts(engine: Any, version: DataVersion, counted: Sequence[Assessment]) -> ir.Table:
    counts = here(engine).read_parquet(str(version.directory / f"{COUNTS.name}.parquet"))
    counts = counts.filter(counts.assessment.isin([assessment.key for assessment in counted]))
    known = [name for name in _SUMMED if name in COUNTS.names]
    return counts.select(
        counts.assessment,
        counts.school_id,
        *(counts[name].cast("float64").name(name) for name in known),
        raw_sum=ibis.null("float64"),
        class_concentration=ibis.null("float64"),
    )


def _with_counts(schools: ir.Table, counts: ir.Table) -> ir.Table:
    """Facts of scripts, and counts of the schools that have no scripts in that assessment."""
    only_counted = counts.anti_join(schools, ["assessment", "school_id"])
    from_scripts = schools.mutate(counted=ibis.literal(False))
    from_counts = only_counted.mutate(counted=ibis.literal(True))
    return ibis.union(from_scripts, from_counts.select(from_scripts.columns))


# A count of zero and a count nobody made look alike after summing; the manifest tells them apart.
_KNOWN_IF = {"under_minimum": "knows_minimum", "raw_sum": "knows_scores"} | dict.fromkeys(
    _MARK_COLUMNS, "knows_marks"
)


def _declared(table: ir.Table, declared: Table) -> ir.Table:
    """The columns of a declared table with its types; counts that the source does not have become missing."""
    types = {column.name: _IBIS_TYPES.get(column.type, column.type) for column in declared.columns}
    columns = {name: _known(table, name).cast(kind) for name, kind in types.items()}
    return table.select(**columns)


def _known(table: ir.Table, name: str) -> ir.Value:
    flag = _KNOWN_IF.get(name)
    if flag is None:
        return table[name]
    known = table[flag] | table.counted if "counted" in table.columns else table[flag]
    return ibis.ifelse(known, table[name], None)


_IBIS_TYPES = {"double": "float64", "bool": "boolean"}
