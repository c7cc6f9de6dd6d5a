"""Builds as they happen: workers, kills, many forms, a disk without room."""

from __future__ import annotations

import resource
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from rostok.store import DataVersion, Part, StoreBuilder, is_version, write_part
from tests.unit.store.papers import MATH_5, Row, batch, build, paper

KILLED_WHILE_FINISHING = """
import os, sys
from pathlib import Path
from rostok.store import build
from tests.unit.store.papers import batch, paper
build.DataVersion = None
real = build.Manifest.write
def write_and_die(self, directory):
    real(self, directory)
    os.kill(os.getpid(), 9)
build.Manifest.write = write_and_die
with build.StoreBuilder(Path(sys.argv[1])) as builder:
    builder.add_scripts(batch([paper("11", "1", 3)]))
    builder.finish()
"""


def form(school: int) -> list[Row]:
    return [paper(f"{school:06d}", f"{pupil:05d}", pupil % 6) for pupil in range(20)]


def write_form(task: tuple[Path, int]) -> Part:
    directory, school = task
    return write_part(directory, batch(form(school), f"{school}.xlsx"))


def test_workers_write_parts_and_the_builder_merges_them(tmp_path: Path) -> None:
    with StoreBuilder(tmp_path) as builder, ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for part in pool.map(write_form, [(builder.parts_directory, school) for school in range(20)]):
            builder.add_part(part)
        version = builder.finish()
    whole = build(tmp_path, batch([row for school in range(20) for row in form(school)])).version
    assert version.name == whole.name


def test_a_thousand_forms_become_one_sorted_file(tmp_path: Path) -> None:
    with StoreBuilder(tmp_path) as builder:
        for school in range(1000, 0, -1):
            builder.add_scripts(batch(form(school), f"{school}.xlsx"))
        version = builder.finish()
        assert builder.problems == ()
    stored = pq.read_table(version.scripts_path(MATH_5))
    assert stored.num_rows == 20_000
    assert stored["school_id"].to_pylist() == sorted(stored["school_id"].to_pylist())
    assert len(version.manifest.sources) == 1000


def test_killed_at_the_last_moment_nothing_is_a_version_and_the_next_build_cleans_up(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED_WHILE_FINISHING, str(tmp_path)], check=False)
    assert ended.returncode == -9
    left = list(tmp_path.iterdir())
    assert [path.name.startswith(".building-") for path in left] == [True]
    version = build(tmp_path, batch([paper("11", "1", 3)])).version
    assert list(tmp_path.iterdir()) == [version.directory]
    DataVersion.open(version.directory).verify()


def test_a_size_limit_of_the_system_is_a_refusal_and_leaves_the_old_version(tmp_path: Path) -> None:
    old = build(tmp_path, batch([paper("11", "1", 3)])).version
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from rostok.schema.problems import InputRefused\n"
        "from tests.integration.store.test_builds import form\n"
        "from tests.unit.store.papers import batch, build\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "rows = batch([row for school in range(500) for row in form(school)])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n"
        "    build(Path(sys.argv[1]), rows)\n"
        "except InputRefused as refused:\n"
        "    print(*(problem.code for problem in refused.problems))\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert said.stdout.split() == ["output-not-writable"]
    assert [path for path in tmp_path.iterdir() if is_version(path)] == [old.directory]
    DataVersion.open(old.directory).verify()


@pytest.mark.shared
def test_real_rows_survive_the_store(shared: Path, tmp_path: Path) -> None:
    # Independent count: rows of the workbook by openpyxl, marks and totals are not our reader's business here.
    from openpyxl import load_workbook

    from rostok import pipeline

    file = shared / "region" / "2021" / "6" / "Проведение работы по русскому языку, 6 класс. ВПР 2021.xlsx"
    version = pipeline.read_and_store([file], root=tmp_path, workers=1).version
    sheet = load_workbook(file, read_only=True).worksheets[0]
    schools = [row[0] for row in sheet.iter_rows(min_row=2, max_col=1, values_only=True) if row[0]]
    stored = pq.read_table(version.scripts_path(version.assessments[0]), columns=["school_id"])
    assert stored.num_rows == len(schools) == 25_744
    assert pc.count_distinct(stored["school_id"]).as_py() == len(set(schools)) == 635
