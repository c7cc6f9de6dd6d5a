"""The published table of California, rewritten as the manual says, through the whole job: every verdict."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

from tests.integration.command import rostok


def test_every_published_verdict_from_files(root: Path, shared: Path, tmp_path: Path) -> None:
    published = shared / "reference" / "schools" / "california_api_1999_2000.csv"
    manual = (root / "docs" / "manual" / "formats-other.md").read_text(encoding="utf-8")
    script = re.search(r"<<'END'\n(.*?)\nEND\n", manual, re.DOTALL)
    assert script is not None
    subprocess.run([sys.executable, "-c", script[1], str(published), str(tmp_path / "api.csv")], check=True)
    done = rostok("analyse", tmp_path / "api.csv", "--methodology", "california-growth", "--no-report", "--out", tmp_path / "out")  # fmt: skip
    assert done.code == 0, done.err
    with published.open(encoding="utf-8") as stream:
        expected = {row["cds"]: row["sch.wide"] for row in csv.DictReader(stream)}
    with (tmp_path / "out" / "rules.csv").open(encoding="utf-8") as stream:
        found = {row["school_id"]: row["verdict"] for row in csv.DictReader(stream) if row["rule"] == "met"}
    assert len(found) == 6194
    assert found == {school: {"Yes": "true", "No": "false"}[word] for school, word in expected.items()}
