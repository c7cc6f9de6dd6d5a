"""Child: made-up scripts of one assessment stored in one of three ways. Prints seconds and version as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from rostok.formats.batches import ScriptBatch, Source
from rostok.schema.arrow import scripts_schema
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.scales import Item
from rostok.store import StoreBuilder, write_assessment

PER_SCHOOL, BLOCK = 50, 100_000
MATH_5 = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 5)
ITEMS = tuple(Item(position, str(position), 2) for position in range(1, 15))


def made_up(scripts: int) -> pa.Table:
    """Scripts in the order of the store; two classes a school, one pupil in ten absent."""
    rng = np.random.default_rng(1)
    number = np.arange(scripts)
    school, pupil = number // PER_SCHOOL, number % PER_SCHOOL
    absent = rng.random(scripts) < 0.1
    scores = rng.integers(-1, 3, (len(ITEMS), scripts)).astype(np.int8)
    raw = np.clip(scores, 0, None).sum(axis=0).astype(np.int16)
    mark = (2 + np.digitize(raw, [7, 13, 20])).astype(np.int8)
    columns = {
        "school_id": np.char.mod("%06d", 100_000 + school),
        "municipality_id": np.char.mod("reg99_m%05d", school // 10),
        "class_name": np.where(pupil < PER_SCHOOL // 2, "5А", "5Б"),
        "pupil_code": np.char.mod("5%04d", pupil),
        "sex": np.where(rng.random(scripts) < 0.5, "m", "f"),
        "variant": np.where(pupil % 2, "1", "2"),
        "absent": absent,
        "participant": ~absent,
        "journal_mark": rng.integers(2, 6, scripts).astype(np.int8),
        "raw_score": pa.array(raw, mask=absent),
        "test_score": pa.nulls(scripts, pa.int16()),
        "mark": pa.array(mark, mask=absent),
        "under_minimum": pa.array(mark == 2, mask=absent),
    }
    columns |= {f"item_{at + 1:02d}": pa.array(score, mask=absent) for at, score in enumerate(scores)}
    return pa.table(columns, schema=scripts_schema(ITEMS))


def batch(table: pa.Table, file: str) -> ScriptBatch:
    return ScriptBatch(MATH_5, ITEMS, table, Source(file, "", "made-up", "", table.num_rows))


def store(way: str, table: pa.Table, builder: StoreBuilder) -> None:
    if way == "sorted":
        blocks = (table.slice(start, BLOCK) for start in range(0, table.num_rows, BLOCK))
        builder.adopt(write_assessment(builder.directory, MATH_5, ITEMS, blocks))
    elif way == "shuffled":
        order = np.random.default_rng(2).permutation(table.num_rows)
        builder.add_scripts(batch(table.take(pa.array(order)), "region.xlsx"))
    else:
        for start in range(0, table.num_rows, PER_SCHOOL):
            builder.add_scripts(batch(table.slice(start, PER_SCHOOL), f"{start}.xlsx"))


def main(way: str, scripts: str) -> None:
    table = made_up(int(scripts))
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with StoreBuilder(Path(folder)) as builder:
            store(way, table, builder)
            version = builder.finish()
        print(json.dumps({"seconds": time.perf_counter() - started, "version": version.name}))


if __name__ == "__main__":
    main(*sys.argv[1:])
