"""What identification does with the papers of schools on the objectivity list: set them aside, or widen what they say.

Neither punishes: a school keeps what it is due, and one that marks strictly does not stand worse for it. The report
shows the list of schools with all results, with these set aside, with these widened, and who differs.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from rostok.pipeline.examining import Examination


def set_aside(facts: pa.Table, examination: Examination) -> pa.Table:
    """FACTS without the examined papers of schools on the list: what identification sees in the second list.

    Papers that were not examined (other years, exams known by counts) stay, also of those schools: nothing was
    said of them. The schools themselves then have fewer papers, and a methodology says «cannot tell», not «no».
    """
    return facts.filter(pc.invert(_marked(facts, examination)))


def widened(facts: pa.Table, examination: Examination) -> pa.Table:
    """FACTS with ``under_minimum_most``: as many under the minimum as there could be had marking been as elsewhere.

    For a paper of a school on the list: ``under_minimum`` + the works at the least passing score above expectation,
    rounded up; for all others ``under_minimum`` itself. The interval of the share runs from the Wilson lower bound
    of the one to the upper bound of the other.
    """
    keys = _keys(facts)
    at = pa.array(
        [f"{row['school_id']}|{row['assessment']}" for row in examination.excess.to_pylist()], pa.string()
    )
    place = pc.index_in(keys, at)
    more = pc.fill_null(pc.ceil(examination.excess["excess"].combine_chunks().take(place)), 0.0)
    most = pc.add(facts["under_minimum"].cast(pa.float64()), more)
    most = pc.min_element_wise(most, facts["participants"].cast(pa.float64()), skip_nulls=False)
    return facts.append_column("under_minimum_most", most.cast(pa.int32()))


def with_most(facts: pa.Table, examination: Examination) -> pa.Table:
    """FACTS in which the works that ``widened`` allows are under the minimum, so with «2» instead of «3».

    A methodology says of a widened paper what it says of the recorded numbers and of these alike, else it cannot tell.
    """
    most = widened(facts, examination)["under_minimum_most"]
    # Where the number under the minimum is not known, nothing is widened, and marks stay as they are.
    more = pc.fill_null(pc.subtract(most, facts["under_minimum"]), 0)
    fewer = pc.max_element_wise(pc.subtract(facts["marks_3"], more), 0, skip_nulls=False)
    changed = {"under_minimum": most, "marks_2": pc.add(facts["marks_2"], more), "marks_3": fewer}
    columns = [changed.get(field.name, facts[field.name]).cast(field.type) for field in facts.schema]
    return pa.table(columns, schema=facts.schema)


def _keys(facts: pa.Table) -> pa.Array:
    """``school|kind/year/wave/subject/grade`` of each row."""
    parts = [facts[name].cast(pa.string()) for name in ("kind", "year", "wave", "subject", "grade")]
    assessment = pc.binary_join_element_wise(*parts, "/")
    joined = pc.binary_join_element_wise(facts["school_id"].cast(pa.string()), assessment, "|")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _marked(facts: pa.Table, examination: Examination) -> pa.Array:
    schools = pa.array(examination.flagged, pa.string())
    papers = pa.array([paper.key for paper in examination.papers], pa.string())
    of_school = pc.is_in(facts["school_id"].combine_chunks().cast(pa.string()), schools)
    assessment = pc.list_element(pc.split_pattern(_keys(facts), "|"), 1)
    return pc.and_(of_school, pc.is_in(assessment, papers))
