"""All or nothing: swapping in, leftovers, a disk that refuses."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rostok.schema.problems import InputRefused
from rostok.store import parquet
from rostok.store.aside import Aside, problem_of
from tests.unit.store.papers import batch, build, paper

ROWS = [paper("11", "1", 3), paper("11", "2", 1)]

KILLED = """
import os, sys
from pathlib import Path
from rostok.store.aside import Aside
aside = Aside(Path(sys.argv[1]))
(aside.directory / "half").write_text("half")
os.kill(os.getpid(), 9)
"""


def test_nothing_is_seen_before_commit_and_nothing_left_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Aside(tmp_path) as aside:
        (aside.directory / "file").write_text("x")
        assert [path.name.startswith(".") for path in tmp_path.iterdir()] == [True]
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_commit_swaps_the_whole_directory_in(tmp_path: Path) -> None:
    with Aside(tmp_path) as aside:
        (aside.directory / "file").write_text("x")
        aside.commit("version")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "version",
        "version/file",
    ]


def test_a_version_that_stands_already_wins(tmp_path: Path) -> None:
    (tmp_path / "version").mkdir()
    (tmp_path / "version" / "old").write_text("old")
    with Aside(tmp_path) as aside:
        (aside.directory / "new").write_text("new")
        assert aside.commit("version") == tmp_path / "version"
    assert [path.name for path in (tmp_path / "version").iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["version"]


def test_a_killed_build_is_removed_next_time_a_living_one_is_not(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert ended.returncode == -9
    assert [path.name for path in tmp_path.glob("*/half")] == ["half"]
    with Aside(tmp_path) as living:
        assert list(tmp_path.glob("*/half")) == []
        with Aside(tmp_path):
            assert living.directory.is_dir()


def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this machine")
    monkeypatch.setattr(parquet, "scripts_path", lambda directory, assessment: Path("/dev/full"))
    with pytest.raises(InputRefused) as refused:
        build(tmp_path, batch(ROWS))
    assert [(p.code, p.file) for p in refused.value.problems] == [("disk-full", str(tmp_path))]
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    place = tmp_path / "store"
    place.write_text("not a folder")
    with pytest.raises(InputRefused) as refused:
        build(place, batch(ROWS))
    problem = refused.value.problems[0]
    assert problem.code == "output-not-writable"
    assert "на этом месте файл, а не папка" in problem.sentence
    assert place.read_text() == "not a folder"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputRefused) as refused:
        build(tmp_path, batch(ROWS))
    tmp_path.chmod(0o700)
    assert [problem.code for problem in refused.value.problems] == ["output-not-writable"]
    assert "нет прав" in refused.value.problems[0].sentence


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk-full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk-full"),
        (OSError("Error writing bytes to file. Detail: [errno 28] No space left on device"), "disk-full"),
        (PermissionError(errno.EACCES, "Permission denied"), "output-not-writable"),
        (OSError(errno.EROFS, "Read-only file system"), "output-not-writable"),
    ],
)
def test_what_the_disk_says_is_put_in_words(error: OSError, code: str) -> None:
    assert problem_of(error, Path("out")).code == code
