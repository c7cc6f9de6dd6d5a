"""Input that cannot be used: exit 2, one clear sentence, and the output folder as it was.

Each refusal is tried twice: with no output folder, and with an earlier good result standing there.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rostok import pipeline
from rostok.pipeline import analysing
from tests.integration.cli.conftest import PLAN, QUICK
from tests.integration.command import Outcome, contents, rostok, rostok_program
from tests.integration.papers import (
    HEADER,
    NAME,
    NINE,
    STEM,
    Files,
    export,
    pupils,
    row,
    text_table,
    workbook,
    write,
)
from tests.unit.formats.test_bad_input import OLE, protected_xls
from tests.unit.formats.vpr_samples import csv_bytes

BOOK = f"{STEM}.xlsx"
GOOD = workbook({"Sheet1": [HEADER, row()]})
FORM = "edu990001 Форма сбора результатов Математика 6 класс ВПР 2022.xlsx"
COPY = f"копия/{STEM}.csv"

BAD: dict[str, tuple[Files, str]] = {
    "not a workbook": ({BOOK: b"<html>..."}, f"Файл «BASE/{BOOK}» назван книгой, но книгой не является."),
    "protected": (
        {BOOK: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")},
        f"Файл «BASE/{BOOK}» закрыт паролем. Снимите пароль и сохраните копию.",
    ),
    "damaged zip": ({BOOK: GOOD[:-100]}, f"Файл «BASE/{BOOK}» повреждён и не читается"),
    "damaged archive": ({"выгрузки.zip": GOOD[:-100]}, "Архив «BASE/выгрузки.zip» повреждён или обрезан."),
    "empty": ({BOOK: b""}, f"Файл «BASE/{BOOK}» пуст (0 байт)."),
    "empty table": ({BOOK: workbook({"Sheet1": []})}, "нет ни одной заполненной ячейки."),
    "header only": ({NAME: export()}, f"В файле «BASE/{NAME}» есть шапка, но нет ни одной строки."),
    "wrong sheet": (
        {FORM: workbook({"Классы": [["Наименование класса"], ["А"]], "Лист2": [["?"]]})},
        f"В книге «BASE/{FORM}» нет листа «Протокол», есть: «Классы», «Лист2».",
    ),
    "no school": (
        {NAME: export(row()[1:], header=HEADER[1:])},
        f"В файле «BASE/{NAME}» нет ни столбца со школой, ни логина школы в имени.",
    ),
    "unknown subject": (
        {"Технология, 6 класс. ВПР 2021.csv": export(row())},
        "или укажите --assume subject=КОД. Коды: russian, math",
    ),
    "ambiguous year": (
        {"2020/Математика, 6 класс. ВПР 2021.csv": export(row())},
        "не ясно, какой это год: возможно 2020, 2021. Укажите --assume year=ЗНАЧЕНИЕ.",
    ),
    "no year": ({"Математика, 6 класс. ВПР.csv": export(row())}, "Добавьте это в имя файла или укажите --assume year="),
    "two files": (
        {NAME: export(row()), COPY: export(row(60001, 8, (0, *NINE[1:])))},
        f"«BASE/{COPY}» и «BASE/{NAME}» содержат разные результаты одной работы",
    ),
    "no score column": (
        {NAME: csv_bytes([("логин школы", "код обучающегося", "вариант"), ("sch990001", 60001, 1)])},
        f"В файле «BASE/{NAME}» нет столбца «всего баллов».",
    ),
    "nothing usable": ({"прочти.txt": b"x", "фото.jpg": b"\xff\xd8"}, "нет ни одного файла с результатами."),
}  # fmt: skip


@pytest.fixture(scope="module")
def earlier(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good result that stands from before."""
    out = tmp_path_factory.mktemp("earlier") / "out"
    assert rostok("analyse", inputs, *PLAN, *QUICK, "--out", out).code == 0
    return out


def analyse(given: Path, out: Path) -> Outcome:
    return rostok("analyse", given, *PLAN, *QUICK, "--out", out)


def check_refused(run: Callable[[Path], Outcome], told: str, fresh: Path, earlier: Path) -> None:
    """Exit 2, one sentence, nothing on stdout, nothing written; the same where a result stands already."""
    before = contents(earlier)
    for out in (fresh / "out", earlier):
        done = run(out)
        assert (done.code, done.out) == (2, "")
        sentences = [line for line in done.err.splitlines() if line.startswith("• ")]
        assert len(sentences) == 1 and told in sentences[0], done.err
        assert done.err.splitlines()[-1] == "Ничего не записано."
        assert "Traceback" not in done.err
    assert not (fresh / "out").exists()
    assert contents(earlier) == before
    assert [path.name for path in earlier.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence(tmp_path: Path, earlier: Path, case: str) -> None:
    files, told = BAD[case]
    given = write(tmp_path / "BASE", files)
    check_refused(lambda out: analyse(given, out), told, tmp_path, earlier)


def test_protected_xls(tmp_path: Path, earlier: Path) -> None:
    given = write(tmp_path / "BASE", {f"{STEM}.xls": protected_xls(tmp_path)})
    check_refused(lambda out: analyse(given, out), "закрыт паролем", tmp_path, earlier)


def test_missing_input(tmp_path: Path, earlier: Path) -> None:
    missing = tmp_path / "нет такой папки"
    check_refused(lambda out: analyse(missing, out), f"«{missing}» не найдены", tmp_path, earlier)
    beside = rostok(
        "analyse", missing, write(tmp_path / "BASE", {NAME: export(row())}), *PLAN, "--out", tmp_path / "o"
    )
    assert "не найдены" in beside.err and "Чтение файлов" not in beside.err
    assert "Чтение файлов" not in analyse(missing, tmp_path / "o").err


def test_one_bad_file_among_good_ones_stops_all_unless_told(inputs: Path, tmp_path: Path) -> None:
    bad = write(tmp_path / "BASE", {BOOK: b"<html>"})
    words = ("analyse", inputs, bad, *PLAN, *QUICK, "--out", tmp_path / "out")
    assert rostok(*words).code == 2
    assert not (tmp_path / "out").exists()
    done = rostok(*words, "--skip-unreadable")
    assert done.code == 0 and "книгой не является" in done.err
    assert "file-not-workbook" in (tmp_path / "out" / "problems.csv").read_text(encoding="utf-8")


def test_every_bad_file_is_named_at_once(tmp_path: Path) -> None:
    given = write(tmp_path / "BASE", {BOOK: b"<html>", NAME: b"", "а.zip": b"x"})
    done = analyse(given, tmp_path / "out")
    assert [line.split("»")[0] for line in done.err.splitlines() if line.startswith("•")] == [
        f"• Файл «BASE/{NAME}", f"• Файл «BASE/{BOOK}", "• Архив «BASE/а.zip",
    ]  # fmt: skip


def test_ambiguity_is_settled_by_the_option_that_was_named(tmp_path: Path) -> None:
    given = write(tmp_path / "BASE", {"2020/Математика, 6 класс. ВПР 2021.csv": export(*pupils(6))})
    done = rostok("analyse", given, *PLAN, *QUICK, "--assume", "year=2021", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert ",2021,2020/21,spring," in (tmp_path / "out" / "reasons.csv").read_text(encoding="utf-8")


def test_same_content_twice_is_counted_once_with_a_notice(tmp_path: Path) -> None:
    given = write(tmp_path / "BASE", {NAME: export(*pupils(6, 2)), COPY: export(*pupils(6, 2))})
    assert analyse(given, tmp_path / "out").code == 0
    problems = (tmp_path / "out" / "problems.csv").read_text(encoding="utf-8")
    assert f"Файл «BASE/{COPY}» повторяет «BASE/{NAME}» слово в слово и учтён один раз." in problems
    reasons = (tmp_path / "out" / "reasons.csv").read_text(encoding="utf-8")
    assert "990001,vpr,math,6,6,2021,2020/21,spring,2020/21-6,6,0,2,0.333333," in reasons


# --- folders and stored versions


def test_link_that_leads_nowhere_is_named(tmp_path: Path, earlier: Path) -> None:
    given = write(tmp_path / "BASE", {NAME: export(row())})
    (given / "пропал.xlsx").symlink_to("нигде")
    told = "Файл или папка «BASE/пропал.xlsx» не найдены."
    check_refused(lambda out: analyse(given, out), told, tmp_path, earlier)


def test_links_that_lead_round_and_pipes_do_no_harm(tmp_path: Path) -> None:
    given = write(tmp_path / "BASE", {NAME: export(*pupils(6))})
    (given / "2021" / "круг").symlink_to(given)
    os.mkfifo(given / "труба")
    done = analyse(given, tmp_path / "out")
    assert done.code == 0, done.err
    reasons = (tmp_path / "out" / "reasons.csv").read_text(encoding="utf-8")
    assert ",2020/21-6,6,0,0,0.000000," in reasons


def test_folder_nobody_may_enter_is_named(
    tmp_path: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = write(tmp_path / "BASE", {NAME: export(row())})
    entered = Path.iterdir

    def refuse(folder: Path) -> Iterator[Path]:  # root may enter everything, so the refusal is played
        if folder == given / "2021":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return entered(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    check_refused(lambda out: analyse(given, out), "«BASE/2021»", tmp_path, earlier)


def damage_missing(file: Path) -> None:
    file.unlink()


def damage_cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def damage_in_the_middle(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:300] + bytes(8) + content[308:])


@pytest.mark.parametrize("damage", [damage_missing, damage_cut, damage_in_the_middle])
@pytest.mark.parametrize("name", ["scripts/vpr/2021/spring/math/6.parquet", "schools.parquet"])
def test_damaged_stored_version(
    inputs: Path, tmp_path: Path, earlier: Path, damage: Callable[[Path], None], name: str
) -> None:
    register = write(tmp_path / "BASE", {"школы.csv": text_table("Логин|Наименование\nsch990001|Школа № 1")})
    version = pipeline.read_and_store(
        [inputs, register], root=tmp_path / "store", workers=1
    ).version.directory
    damage(version / name)
    told = f"{version / name}» повреждён и не читается: "
    check_refused(lambda out: analyse(version, out), told, tmp_path, earlier)


# --- output


@pytest.mark.parametrize("foreign", ["отчёт.docx", "results.csv", ".скрытый"])
def test_folder_of_others_is_refused_and_untouched(inputs: Path, tmp_path: Path, foreign: str) -> None:
    write(tmp_path / "out", {foreign: b"x"})
    done = analyse(inputs, tmp_path / "out")
    assert (done.code, done.out) == (2, "")
    assert f"На месте «{tmp_path / 'out'}» уже лежат чужие файлы." in done.err
    assert contents(tmp_path) == {f"out/{foreign}": b"x"}


@pytest.mark.parametrize("place", ["file", "file/out"])
def test_output_that_cannot_be_a_folder(inputs: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"x")
    done = analyse(inputs, tmp_path / place)
    assert (done.code, done.out) == (2, "")
    assert len([line for line in done.err.splitlines() if line.startswith("• ")]) == 1
    assert str(tmp_path / place) in done.err and "Traceback" not in done.err
    assert contents(tmp_path) == {"file": b"x"}


def test_output_where_nobody_may_write(inputs: Path) -> None:
    """The kernel lets not even root make a folder there."""
    done = analyse(inputs, Path("/proc/rostok/out"))
    assert (done.code, done.out) == (2, "")
    assert "В «/proc/rostok/out» нельзя писать" in done.err


@pytest.mark.parametrize("writer", ["write_csv", "_write_report", "_write_run"])
def test_full_disk(
    inputs: Path, tmp_path: Path, earlier: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(analysing, writer, refuse)
    check_refused(
        lambda out: rostok("analyse", inputs, *PLAN, "--no-firmness", "--out", out),
        "На диске кончилось место", tmp_path, earlier,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "workers", "place"), [(100, 1, "rostok-"), (100, 2, "rostok-"), (30_000, 1, "/out»")]
)
def test_system_that_stops_files_at_a_size(
    inputs: Path, tmp_path: Path, earlier: Path, limit: int, workers: int, place: str
) -> None:
    """A real refusal in the middle of a file, of the store or of the page; the place that was full is named."""
    size = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    words = ("--methodology", "federal-low-results", "--no-firmness", "--workers", workers)

    def run(out: Path) -> Outcome:
        done = rostok_program("analyse", inputs, *words, "--out", out, before=size)
        assert place in done.err
        return done

    check_refused(run, "нельзя писать: файл больше, чем разрешает система", tmp_path, earlier)


# --- rows


def test_faults_of_rows_are_listed_and_the_rest_is_counted(tmp_path: Path) -> None:
    """A formula that failed, a date where a number should be, a hundred columns of junk."""
    broken = workbook({"Sheet1": [
        [*HEADER, *(f"Столбец {number}" for number in range(100))],
        [*row(60001, items=("=1/0", *NINE[1:])), *range(100)],
        [*row(60002, items=("02.01.2021", *NINE[1:])), *range(100)],
        *([*row(code), *range(100)] for code in range(60003, 60008)),
    ]})  # fmt: skip
    given = write(tmp_path / "BASE", {f"2021/{BOOK}": with_failed_formula(broken)})
    done = analyse(given, tmp_path / "out")
    assert done.code == 0, done.err
    with (tmp_path / "out" / "problems.csv").open(encoding="utf-8", newline="") as stream:
        told = {row["code"]: row for row in csv.DictReader(stream)}
    names = ("severity", "file", "sheet", "row", "column", "value", "count")
    book = ("warning", f"BASE/2021/{BOOK}", "Sheet1")
    assert [tuple(told[code][name] for name in names) for code in ("cell-formula-error", "cell-date")] == [
        (*book, "2", "балл за 1", "#DIV/0!", "1"),
        (*book, "3", "балл за 1", "02.01.2021", "1"),
    ]
    assert (told["columns-junk"]["severity"], told["columns-junk"]["count"]) == ("warning", "100")
    reasons = (tmp_path / "out" / "reasons.csv").read_text(encoding="utf-8")
    assert ",spring,2020/21-6,7,0,0,0.000000," in reasons


def with_failed_formula(book: bytes) -> bytes:
    """The workbook as a spreadsheet saves it: the formula with the error it gave."""
    source, target = zipfile.ZipFile(io.BytesIO(book)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as saved:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, times = re.subn(rb'<c r="(J2)"><f>1/0</f><v */?>(?:</v>)?</c>',
                                         rb'<c r="\1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', content)  # fmt: skip
                assert times == 1
            saved.writestr(name, content)
    return target.getvalue()
