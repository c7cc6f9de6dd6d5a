"""Opening a version: whole, damaged, not ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rostok.schema.problems import InputRefused
from rostok.store import DataVersion, Manifest, is_version
from tests.unit.store.papers import MATH_5, RUSSIAN_5, batch, build, paper, rows_of, table

ROWS = [paper("11", "1", 3), paper("11", "2", 1), paper("12", "1", None)]


@pytest.fixture
def version(tmp_path: Path) -> DataVersion:
    return build(tmp_path, batch(ROWS), rows_of("schools", [{"school_id": "11"}])).version


def refused(directory: Path) -> list[str]:
    return list(reasons(directory))


def reasons(directory: Path) -> dict[str, str]:
    """Name of each refused file → the end of its sentence, without words of programs and doubled full stops."""
    with pytest.raises(InputRefused) as error:
        DataVersion.open(directory).verify()
    assert {problem.code for problem in error.value.problems} == {"file-damaged"}
    told = {Path(problem.file).name: problem for problem in error.value.problems}
    ends = {name: problem.sentence.split(" не читается: ")[1] for name, problem in told.items()}
    assert [end for end in ends.values() if not re.fullmatch(r"[А-яё0-9 ,«»()-]+\.", end)] == []
    return ends


def test_a_version_reopens_as_it_was(version: DataVersion) -> None:
    opened = DataVersion.open(version.directory)
    opened.verify()
    assert opened == version
    assert (opened.name, opened.assessments) == (version.directory.name, (MATH_5,))
    assert opened.table("context").num_rows == 0
    with pytest.raises(KeyError):
        opened.entry(RUSSIAN_5)


def test_a_directory_is_recognised_by_its_manifest(version: DataVersion, tmp_path: Path) -> None:
    assert is_version(version.directory)
    assert not is_version(tmp_path)


def test_a_lost_or_cut_file_is_named(version: DataVersion) -> None:
    path = version.scripts_path(MATH_5)
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    assert reasons(version.directory) == {"5.parquet": "содержимое не разбирается."}
    path.unlink()
    assert reasons(version.directory) == {"5.parquet": "такого файла нет."}
    path.write_bytes(whole)
    (version.directory / "schools.parquet").unlink()
    assert reasons(version.directory) == {"schools.parquet": "такого файла нет."}


def test_scripts_of_another_number_are_damaged(version: DataVersion) -> None:
    pq.write_table(table(ROWS[:2]), version.scripts_path(MATH_5))
    assert reasons(version.directory) == {"5.parquet": "строк 2, а в описании версии 3."}


def test_changed_scripts_are_found_by_their_hash(version: DataVersion) -> None:
    pq.write_table(table([ROWS[0] | {"mark": 5}, *ROWS[1:]]), version.scripts_path(MATH_5))
    DataVersion.open(version.directory)
    assert reasons(version.directory) == {"5.parquet": "содержимое не сходится с контрольной суммой."}


def test_scripts_without_a_column_are_damaged(version: DataVersion) -> None:
    pq.write_table(table(ROWS).drop_columns(["mark"]), version.scripts_path(MATH_5))
    assert reasons(version.directory) == {"5.parquet": "столбцы не те, что в описании версии."}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"layout": "7"}', '{"layout": "rostok-store-1"}'])
def test_a_manifest_that_is_not_ours_is_damaged(version: DataVersion, text: str) -> None:
    (version.directory / "manifest.json").write_text(text)
    assert refused(version.directory) == ["manifest.json"]


def test_an_edited_manifest_is_damaged(version: DataVersion) -> None:
    path = version.directory / "manifest.json"
    said = json.loads(path.read_text())
    said["assessments"][0]["pupil_grade"] = 6
    path.write_text(json.dumps(said))
    assert refused(version.directory) == ["manifest.json"]


def test_a_key_that_climbs_out_of_the_folder_is_refused(version: DataVersion) -> None:
    path = version.directory / "manifest.json"
    path.write_text(path.read_text().replace(MATH_5.key, "../../../etc/5"))
    assert refused(version.directory) == ["manifest.json"]


def test_a_manifest_reads_as_it_was_written(version: DataVersion) -> None:
    assert Manifest.read(version.directory) == version.manifest
