"""``rostok synth``: the same seed gives the same files, and ``analyse`` reads what it wrote."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.integration.cli.conftest import PLAN
from tests.integration.command import contents, rostok


def made(out: Path, *words: str) -> Path:
    done = rostok("synth", "--schools", "6", "--years", "2021", "--out", out, *words)
    assert (done.code, done.out) == (0, f"{out}\n"), done.err
    return out


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("synth") / "region", "--seed", "7")


def test_same_seed_gives_the_same_bytes_another_does_not(region: Path, tmp_path: Path) -> None:
    assert contents(made(tmp_path / "again", "--seed", "7")) == contents(region)
    assert contents(made(tmp_path / "other", "--seed", "8")) != contents(region)


def test_analyse_reads_every_file_of_it(region: Path, tmp_path: Path) -> None:
    done = rostok("analyse", region, *PLAN, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 6 and all(row["school_name"] for row in rows)
    used = {file["file"] for file in json.loads((tmp_path / "out" / "run.json").read_text())["files"]}
    assert sum(name.endswith(".xlsx") for name in contents(region)) <= len(used)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Данные вымышлены" in page  # nobody may take it for a real region


def test_parquet_is_a_stored_version(tmp_path: Path) -> None:
    out = made(tmp_path / "store", "--format", "parquet", "--seed", "7")
    done = rostok("analyse", out, *PLAN, "--no-report", "--out", tmp_path / "out")
    assert done.code == 0, done.err


def test_earlier_region_is_replaced_and_a_folder_of_others_is_not(tmp_path: Path) -> None:
    out = made(tmp_path / "region", "--seed", "7")
    made(out, "--seed", "8")
    (tmp_path / "чужое").mkdir()
    (tmp_path / "чужое" / "письмо.txt").write_bytes(b"x")
    done = rostok("synth", "--schools", "6", "--years", "2021", "--out", tmp_path / "чужое")
    assert (done.code, done.out) == (2, "")
    assert "уже лежат чужие файлы" in done.err
    assert contents(tmp_path / "чужое") == {"письмо.txt": b"x"}


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_region_in_which_people_keep_files_is_left_alone(tmp_path: Path, form: str) -> None:
    out = made(tmp_path / "region", "--seed", "7", "--format", form)
    note = out / "2021" / "заметка.txt"
    note.parent.mkdir(exist_ok=True)
    note.write_bytes(b"x")
    before = contents(out)
    done = rostok("synth", "--schools", "6", "--years", "2021", "--out", out)
    assert (done.code, done.out) == (2, "") and "уже лежат чужие файлы" in done.err
    assert contents(out) == before
    note.unlink()
    made(out, "--seed", "8")


def test_earlier_region_comes_back_when_the_new_one_cannot_be_made(tmp_path: Path) -> None:
    out = made(tmp_path / "region", "--seed", "7")
    before = contents(out)
    assert rostok("synth", "--schools", "9000", "--out", out).code == 2
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["region"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("--years", "позавчера"),
            "--years: ожидаются годы от 2015 до 2035 через запятую, а не «позавчера».",
        ),
        (("--years", "1999"), "а не «1999»."),
        (("--schools", "0"), "--schools"),
        (("--schools", "9000"), "Такой регион создать нельзя: школ в регионе от 1 до 8"),
    ],
)
def test_what_cannot_be_made(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    done = rostok("synth", *words, "--out", tmp_path / "out")
    assert (done.code, done.out) == (2, "")
    assert told in " ".join(done.err.split())
    assert not (tmp_path / "out").exists()
