"""Scripts as the store has them: the same columns a reader of files would give, without going through files."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rostok.schema.arrow import arrow_schema, scripts_schema
from rostok.schema.tables import CONTEXT, SCHOOLS
from rostok.synth import context
from rostok.synth.grids import LETTERS
from rostok.synth.region import Region
from rostok.synth.scripts import Scripts

ONE_CLASS = "НЕТ"  # what schools write for the letter of the only class of a grade
_UNITS = {context.SOCIAL_INDEX: "points"}


def scripts_table(region: Region, scripts: Scripts) -> pa.Table:
    """Columns of SCRIPTS and of the items, in the canonical order of the store. Strings are dictionaries."""
    # Absent pupils have no class, and missing stands last within a school.
    order = np.lexsort((scripts.absent, scripts.school))
    absent, school = scripts.absent[order], scripts.school[order]
    columns = {
        "school_id": _words(region.population.schools.keys, school),
        "municipality_id": _words(
            region.municipalities.codes, region.population.schools.municipality[school]
        ),
        "class_name": _class_names(scripts, order),
        "pupil_code": pa.array(scripts.code[order]).cast(pa.string()),
        "sex": _words(("m", "f"), scripts.female[order].astype(np.int8), absent),
        "variant": _words(("1", "2"), scripts.variant[order] - np.int8(1), absent),
        "absent": pa.array(absent),
        "participant": pa.array(~absent),
        "journal_mark": _numbers(scripts.journal[order], pa.int8(), absent | (scripts.journal[order] == 0)),
        "raw_score": _numbers(scripts.total[order], pa.int16(), absent),
        "test_score": _test_scores(scripts, order),
        "mark": _numbers(scripts.mark[order], pa.int8(), absent | (scripts.mark[order] == 0)),
        "under_minimum": pa.array(scripts.under_minimum[order], mask=absent),
    }
    items = [_numbers(row[order], pa.int8(), absent) for row in scripts.scores]
    names = scripts_schema(scripts.blueprint.items).names
    return pa.Table.from_arrays([*columns.values(), *items], names=names)


def _words(words: tuple[str, ...], place: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    indices = pa.array(place.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def _numbers(values: np.ndarray, kind: pa.DataType, missing: np.ndarray) -> pa.Array:
    return pa.array(values, kind, mask=missing)


def _class_names(scripts: Scripts, order: np.ndarray) -> pa.Array:
    """Letters; «НЕТ» where a school has one class in the grade."""
    several = np.zeros(int(scripts.school.max(initial=-1)) + 1, dtype=bool)
    several[scripts.school[scripts.klass > 0]] = True
    place = np.where(several[scripts.school], scripts.klass % len(LETTERS), len(LETTERS))[order]
    return _words((*LETTERS.upper(), ONE_CLASS), place, scripts.absent[order])


def _test_scores(scripts: Scripts, order: np.ndarray) -> pa.Array:
    if scripts.blueprint.test_minimum is None:
        return pa.nulls(len(scripts), pa.int16())
    table = [scripts.blueprint.test_score(raw) for raw in range(scripts.blueprint.maximum + 1)]
    return _numbers(np.array(table, dtype=np.int16)[scripts.total[order]], pa.int16(), scripts.absent[order])


def schools_table(region: Region) -> pa.Table:
    """The register as SCHOOLS."""
    schools, places = region.population.schools, region.municipalities
    place = schools.municipality.tolist()
    columns = [
        list(schools.keys),
        list(schools.names),
        list(schools.kinds),
        [places.codes[number] for number in place],
        [places.names[number] for number in place],
        ["urban" if town else "rural" for town in schools.urban],
    ]
    return pa.Table.from_arrays([pa.array(c, pa.string()) for c in columns], schema=arrow_schema(SCHOOLS))


def context_table(region: Region) -> pa.Table:
    """All indicators of all years as CONTEXT."""
    keys = region.population.schools.keys
    parts = []
    for year in region.years:
        for name, values in context.values(region.population, year).items():
            count = len(keys)
            parts.append(
                pa.Table.from_arrays(
                    [pa.array(keys), pa.array([year] * count, pa.int16()), pa.array([name] * count),
                     pa.array(values), pa.array([_UNITS.get(name, "share")] * count)],
                    schema=arrow_schema(CONTEXT),
                )
            )  # fmt: skip
    return pa.concat_tables(parts)
