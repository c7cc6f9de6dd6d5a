"""What the user assumed and the file itself says otherwise: told, because it would be left aside in silence.

``--assume`` decides only where nothing else does (see ``recognise``); it never overrides a file that is clear.
"""

from __future__ import annotations

from collections.abc import Iterator

from rostok.formats.assumptions import Assumptions
from rostok.formats.batches import FileReading, ScriptBatch, TableBatch
from rostok.formats.recognise import question
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.keys import school_key
from rostok.schema.problems import Problem

NAMED = 3  # schools or years of one file that a message names
_EGE = frozenset({Kind.EGE, Kind.EGE_BASE, Kind.EGE_PROFILE})


def overruled(reading: FileReading, assume: Assumptions, name: str) -> tuple[Problem, ...]:
    """A notice for each value of ``assume`` that no paper of the file took."""
    papers = {paper for batch in reading.batches for paper in _papers(batch)}
    if not papers:
        return ()
    said: dict[str, tuple[object, set[object]]] = {
        option: (getattr(assume, option), {getattr(paper, option) for paper in papers})
        for option in ("kind", "year", "subject", "grade", "wave")
    }
    said["school"] = (school_key(assume.school), _schools(reading)) if assume.school else (None, set())
    return tuple(
        Problem("assumption-overruled", name, values={
            "what": question(option), "said": _named(found), "option": option,
            "assumed": assume.school if option == "school" else assumed,
        })
        for option, (assumed, found) in said.items()
        if assumed is not None and not _taken(assumed, found)
    )  # fmt: skip


def _papers(batch: ScriptBatch | TableBatch) -> Iterator[Assessment]:
    if isinstance(batch, ScriptBatch):
        yield batch.assessment
    elif batch.name == "counts":
        for key in batch.table.column("assessment").unique().to_pylist():
            yield Assessment.from_key(key)


def _schools(reading: FileReading) -> set[object]:
    return {
        school
        for batch in reading.batches
        if any(_papers(batch))
        for school in batch.table.column("school_id").unique().to_pylist()
    }


def _taken(assumed: object, found: set[object]) -> bool:
    """«ЕГЭ» is also what a paper of its base or profile level was assumed to be."""
    return bool(found & (_EGE if assumed in _EGE else {assumed}))


def _named(found: set[object]) -> str:
    texts = sorted(
        f"{value.label} ({value})" if isinstance(value, Kind | Subject | Wave) else str(value)
        for value in found
    )
    return ", ".join((*texts[:NAMED], *(["…"] if len(texts) > NAMED else [])))
