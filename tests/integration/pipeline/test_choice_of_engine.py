"""``Plan.engine`` chooses where reductions run, and the run says which."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rostok import pipeline
from rostok.store import engines
from tests.integration.papers import NAME, export, row, write


def test_named_engine_does_the_work_and_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    @contextmanager
    def elsewhere(memory_limit: int | None, temp_directory: Path | None) -> Iterator[Any]:
        opened.append(temp_directory)
        with engines.duckdb_engine(temp_directory=temp_directory) as backend:
            yield backend

    monkeypatch.setitem(
        engines.ENGINES, "elsewhere", engines.Engine("elsewhere", "Elsewhere", "ibis-framework", elsewhere)
    )
    given = write(tmp_path / "input", {NAME: export(row())})
    plan = pipeline.Plan(
        pipeline.find_methodology("federal-low-results"), engine="elsewhere", draws=0, workers=1
    )
    pipeline.analyse([given], plan=plan, out=tmp_path / "out")
    assert len(opened) == 1
    assert json.loads((tmp_path / "out" / "run.json").read_text())["engine"]["name"] == "elsewhere"
    assert "Elsewhere" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
