"""For every code of the catalogue: input that triggers it through the pipeline, and its faultless twin.

``test_problem_codes`` runs both and demands the code in the first and not in the second.
"""

from __future__ import annotations

import errno
import io
import json
import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from rostok import pipeline
from rostok.formats import Assumptions
from rostok.pipeline import analysing, reading
from rostok.pipeline.gap_units import Level
from rostok.schema.problems import InputRefused, Problem
from rostok.store import engines
from tests.integration.papers import (
    HEADER,
    MAXIMA,
    NAME,
    NINE,
    STEM,
    Files,
    export,
    row,
    text_table,
    workbook,
    write,
)
from tests.integration.pipeline import cluster_cases, context_cases, growth_cases, model_cases
from tests.integration.pipeline.item_cases import TRIALS
from tests.integration.published import gaps_folder
from tests.unit.formats.test_archives import zip_of
from tests.unit.formats.test_bad_input import OLE
from tests.unit.formats.test_gia import OGE
from tests.unit.formats.test_school_figures import CONTEXT, COUNTS, LONG
from tests.unit.formats.test_school_lists import REGISTER, TYPES
from tests.unit.formats.vpr_samples import csv_bytes

Trial = Callable[[Path, pytest.MonkeyPatch], Iterable[Problem]]
CLEAN: Files = {NAME: export(row())}


@dataclass(frozen=True)
class Case:
    """One code, what triggers it, and the same without the fault."""

    code: str
    dirty: Trial
    clean: Trial


# --- ways to run


@dataclass(frozen=True)
class Read:
    """Files read and stored; ``beside`` puts a faultless file of results next to them."""

    files: tuple[tuple[str, bytes], ...]
    beside: bool = True
    also: str = ""
    region: str | None = None
    year: int | None = None

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        given = write(folder / "input", {**(CLEAN if self.beside else {}), **dict(self.files)})
        inputs = [given, folder / self.also] if self.also else [given]
        return refused_or(
            lambda: (
                pipeline.read_and_store(
                    inputs,
                    root=folder / "store",
                    assume=Assumptions(region=self.region, year=self.year),
                    workers=1,
                ).problems
            )
        )


@dataclass(frozen=True)
class Analyse:
    """The whole job; ``prepare`` gets the folder first and may put something in the way."""

    files: tuple[tuple[str, bytes], ...] = tuple(CLEAN.items())
    methodology: str = "federal-low-results"
    prepare: Callable[[Path, pytest.MonkeyPatch], None] = lambda folder, monkeypatch: None
    out: str = "out"
    engine: str = "duckdb"
    settings: tuple[tuple[str, str], ...] = ()

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        given = write(folder / "input", dict(self.files))
        self.prepare(folder, monkeypatch)
        return refused_or(lambda: self._problems(given, folder / self.out))

    def _problems(self, given: Path, out: Path) -> Iterable[Problem]:
        methodology = pipeline.set_parameters(
            pipeline.find_methodology(self.methodology), dict(self.settings)
        )
        plan = pipeline.Plan(methodology, engine=self.engine, draws=0, report=False, workers=1)
        return pipeline.analyse([given], plan=plan, out=out).problems


@dataclass(frozen=True)
class Gaps:
    """Learning-gap maps; ``codifier`` is the text of a codifier beside the input."""

    files: tuple[tuple[str, bytes], ...] = ()
    codifier: str = ""
    by: str = "region"

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        given = write(folder / "input", dict(self.files or ((NAME, VARIED),)))
        paths = (
            write(folder / "codifier", {"кодификатор.json": self.codifier.encode()})
            if self.codifier
            else None
        )
        plan = pipeline.GapPlan(
            by=Level(self.by), codifiers=(paths / "кодификатор.json",) if paths else (), workers=1
        )
        return refused_or(lambda: pipeline.gaps([given], plan=plan, out=folder / "out").problems)


@dataclass(frozen=True)
class Publish:
    """Tables out of maps of two large schools; ``spoil`` gets the folder of maps, ``previous`` is beside it."""

    by: str = "school"
    spoil: Callable[[Path], None] = lambda folder: None
    previous: str = ""
    out: str = "out"

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        given = {("990011", item): (40, 17) for item in "12"} | {("990012", item): (50, 20) for item in "12"}
        maps = gaps_folder(folder / "maps", given, "school", self.by)
        self.spoil(maps)
        before = [folder / self.previous] if self.previous else []

        def published() -> Iterable[Problem]:
            pipeline.publish(maps, out=folder / self.out, previous=before, workers=1)
            return ()

        return refused_or(published)


@dataclass(frozen=True)
class Synthesise:
    years: tuple[int, ...]

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        def made() -> Iterable[Problem]:
            pipeline.synthesise(folder / "out", schools=2, years=self.years, seed=1)
            return ()

        return refused_or(made)


@dataclass(frozen=True)
class ReadByTwo:
    """Two files read by two processes; ``worker`` stands for the work of each where given."""

    worker: Callable[..., None] | None = None

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        other = export(row(school="sch990002"))
        given = write(folder / "input", {**CLEAN, f"копия/{STEM}.csv": other})
        if self.worker is not None:
            monkeypatch.setattr(reading, "_read", self.worker)
        return refused_or(lambda: pipeline.read_and_store([given], root=folder / "store", workers=2).problems)


def killed(*_: object) -> None:
    """What the system does to a process when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def refused_or(work: Callable[[], Iterable[Problem]]) -> Iterable[Problem]:
    """The problems of a run, or those it was refused for."""
    try:
        return work()
    except InputRefused as refused:
        return refused.problems


# --- input


FAULTLESS = Read(())


def alone(name: str, content: bytes) -> Read:
    return Read(((name, content),), beside=False)


def beside(*files: tuple[str, bytes]) -> Read:
    return Read(files)


def of_row(code: str, line: list[object], clean: list[object] | None = None, *more: list[object]) -> Case:
    """A fault in one row of the 2021 export."""
    return Case(code, alone(NAME, export(line, *more)), alone(NAME, export(clean or row())))


def of_text(code: str, text: str, old: str, new: str, name: str = "таблица.csv", bar: str = "|") -> Case:
    """A table of text that is faultless as it stands, and with ``old`` made ``new``."""
    assert old in text
    return Case(
        code, beside((name, text_table(text.replace(old, new), bar))), beside((name, text_table(text, bar)))
    )


def items(*, first: object = 1, rest: tuple[object, ...] = NINE[1:]) -> tuple[object, ...]:
    return (first, *rest)


@cache
def xlsx_of_one_far_cell() -> bytes:
    """A sheet of two cells that claims twenty million."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["T1048576"] = 1, 1
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def protected_zip() -> bytes:
    whole = bytearray(zip_of({"a.csv": b"x"}))
    whole[6] |= 1  # «encrypted» in the local header and in the central directory
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def form(maxima: tuple[int, ...] = MAXIMA) -> bytes:
    """The form of 2022 with its maxima printed in the headings."""
    header = (
        "Код участника",
        "Вариант",
        *(f"{at} ({most}б)" for at, most in enumerate(maxima, 1)),
        "Итого баллов",
    )
    line = (60001, 1, *NINE, 9)[: len(header) - 1]
    return workbook({"Классы": [["Наименование класса"], ["А"]], "Протокол": [header, (*line, 9)]})


FORM_2021 = "edu990002 Форма сбора результатов Математика 6 класс ВПР 2021.xlsx"
FORM_2022 = "edu990001 Форма сбора результатов Математика 6 класс ВПР 2022.xlsx"
OTHER_MAXIMA = (
    2,
    *MAXIMA[1:8],
    1,
    *MAXIMA[9:],
)  # 16 points as well, but item 1 of two points and item 9 of one


def interchange(grade: object = 6, school: str = "990001", pupil_grade: int = 6) -> bytes:
    header = (
        "kind",
        "year",
        "wave",
        "subject",
        "grade",
        "pupil_grade",
        "school_id",
        "pupil_code",
        "raw_score",
    )
    return csv_bytes([header, ("vpr", 2021, "spring", "math", grade, pupil_grade, school, 1, 9)], ",")


def named(stem: str) -> Read:
    """The faultless table under another name, or of another year."""
    return alone(f"{stem}.csv", export(row()))


# Tables without what the tables of the unit tests carry on purpose.
QUESTIONS = """
Логин ; Где расположена Ваша образовательная организация? ; Укажите количество обучающихся в ОО в 2020/2021 учебном году ; ОО является школой-интернатом?
edu223504 ; 4. Населенный пункт сельского типа ; 61 ; Нет
"""
SCHOOLS = """
Логин | Наименование | Вид | Код ОГЭ
sch223504 | Школа № 4 | СОШ | 101001
edu223505 | Гимназия № 5 | гимназия | 101002
"""
WITHOUT_PERSONS = """
01 - Русский язык 2023.06.06
№ | Код ОО | Класс | Ответы в краткой форме | Ответы в развернутой форме | Первичный балл | Оценка
1 | 101001 | 9А | ++-+ | 2(2)1(2) | 6 | 2
2 | 101001 | 9А | +++- | 2(2)2(2) | 7 | 2
3 | 101002 | 9Б | ---- | 0(2)Х(2) | 0 | 2
"""
assert "Код ОГЭ" in REGISTER and "математик" not in QUESTIONS


# Two schools; between them every item is done by one pupil and failed by another.
OTHERS = tuple(0 if score else 1 for score in NINE)
VARIED = export(row(), row(60002, total=4, items=OTHERS, school="sch990002"))


def codifier(year: int = 2021, maxima: tuple[int, ...] = MAXIMA, grade: int = 6) -> str:
    """A codifier of mathematics 6 whose items check two skills."""
    tasks = [
        {"task": str(at), "skill": "Считать" if at < 7 else "Чертить", "level": "Б", "max": str(most),
         "blocks": [], "kes": ["1"], "kt": ["1"]}
        for at, most in enumerate(maxima, 1)
    ]  # fmt: skip
    return json.dumps([{"subject": "math", "grade": grade, "year": year, "tasks": tasks}])


def without_first(first: object) -> bytes:
    """The varied paper with one value of item 1 for everybody."""
    rest = (first, *OTHERS[1:])
    return export(row(items=items(first=first)), row(60002, total=4, items=rest, school="sch990002"))


def form_of(*labels: str) -> bytes:
    """A form of a paper without a scale."""
    header = ("Код участника", "Вариант", *(f"{label} (2б)" for label in labels), "Итого баллов")
    rows = [(60001, 1, 1, 2, 3), (60002, 1, 2, 0, 2)]
    return workbook({"Классы": [["Наименование класса"], ["А"]], "Протокол": [header, *rows]})


MAPPED = [
    Case("nothing-to-map", Gaps((("обмен.csv", interchange()),)), Gaps()),
    Case("map-no-items", Gaps(((NAME, VARIED), ("обмен.csv", interchange(grade=5, pupil_grade=5)))), Gaps()),
    Case("map-nobody", Gaps(((NAME, VARIED), (f"{STEM.replace('2021', '2022')}.csv",
                                              export(row(variant="отсутствовал", total="", items=("",) * 13))))), Gaps()),
    Case("map-item-empty", Gaps(((NAME, without_first("")),)), Gaps()),
    Case("map-item-constant", Gaps(((NAME, without_first(1)),)), Gaps()),
    Case("map-item-no-level", Gaps(((FORM_2022, form_of("1", "2")),)), Gaps()),
    Case("map-label-repeated", Gaps(((FORM_2022, form_of("1", "1")),)), Gaps(((FORM_2022, form_of("1", "2")),))),
    Case("map-one-unit", Gaps(((NAME, export(row())),), by="school"), Gaps(by="school")),
    Case("codifier-unreadable", Gaps(codifier="{"), Gaps(codifier=codifier())),
    Case("codifier-other-year", Gaps(codifier=codifier(2020)), Gaps(codifier=codifier())),
    Case("codifier-other-items", Gaps(codifier=codifier(maxima=(2, *MAXIMA[1:]))), Gaps(codifier=codifier())),
    Case("codifier-empty", Gaps(codifier="[]"), Gaps(codifier=codifier())),
    Case("codifier-missing", Gaps(codifier=codifier(grade=5)), Gaps(codifier=codifier())),
]  # fmt: skip


@dataclass(frozen=True)
class Objectivity:
    """Files through ``rostok objectivity``."""

    files: tuple[tuple[str, bytes], ...] = ((NAME, export(row())),)

    def __call__(self, folder: Path, _: pytest.MonkeyPatch) -> Iterable[Problem]:
        source = write(folder / "in", dict(self.files))
        try:
            run = pipeline.objectivity([source], plan=pipeline.ObjectivityPlan(), out=folder / "out")
        except InputRefused as refused:
            return refused.problems
        return run.problems


TWENTY = export(*(row(60000 + at, school=f"sch9900{at:02}") for at in range(1, 21)))
EXAMINED = [
    Case("nothing-to-examine", Objectivity(((NAME, export(row(variant="отсутствовал", total="", items=("",) * 13))),)),
         Objectivity()),
    Case("objectivity-no-bounds", Objectivity(((FORM_2022, form_of("1", "2")),)), Objectivity()),
    Case("objectivity-no-items", Objectivity((("обмен.csv", interchange()),)), Objectivity()),
    Case("objectivity-no-journal", Objectivity(((NAME, export(row(journal=""))),)), Objectivity()),
    Case("objectivity-few-schools", Objectivity(), Objectivity(((NAME, TWENTY),))),
]  # fmt: skip


# --- what stands in the way of writing


def earlier_files_of_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "отчёт.docx").write_bytes(b"x")


def a_file_in_the_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "parent").write_bytes(b"x")


def a_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, table: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(analysing, "write_csv", refuse)


def a_small_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "usable_memory", lambda: 1_000_000)
    monkeypatch.setattr("rostok.store.engines.LEAST_MEMORY", 1_000_000)


# --- the table


FILES = [
    Case("file-missing", Read((), also="нет.xlsx"), FAULTLESS),
    Case("file-empty", alone(NAME, b""), FAULTLESS),
    Case("file-not-workbook", alone(f"{STEM}.xlsx", export(row())),
         alone(f"{STEM}.xlsx", workbook({"Sheet1": [HEADER, row()]}))),
    Case("file-protected", alone(f"{STEM}.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")),
         alone(f"{STEM}.xlsx", workbook({"Sheet1": [HEADER, row()]}))),
    Case("file-damaged", alone(f"{STEM}.xlsx", workbook({"Sheet1": [HEADER, row()]})[:-100]),
         alone(f"{STEM}.xlsx", workbook({"Sheet1": [HEADER, row()]}))),
    Case("file-encoding", alone(NAME, export(row(), encoding="cp866")), alone(NAME, export(row(), encoding="cp1251"))),
    Case("archive-damaged", alone("а.zip", zip_of(dict(CLEAN))[:-30]), alone("а.zip", zip_of(dict(CLEAN)))),
    Case("archive-protected", alone("а.zip", protected_zip()), alone("а.zip", zip_of(dict(CLEAN)))),
    Case("archive-too-large", alone("а.zip", zip_of({"б.zip": zip_of({"в.zip": zip_of(dict(CLEAN))})})),
         alone("а.zip", zip_of({"б.zip": zip_of(dict(CLEAN))}))),
    Case("file-ignored", beside(("прочти.txt", "Выгрузка за май.".encode())), FAULTLESS),
    Case("file-repeated", beside((f"копия/{STEM}.csv", CLEAN[NAME])),
         beside((f"копия/{STEM}.csv", export(row(school="sch990002"))))),
    Case("folder-nothing-usable", alone("прочти.txt", b"x"), FAULTLESS),
]  # fmt: skip

TABLES = [
    Case("table-too-large", alone(f"{STEM}.xlsx", xlsx_of_one_far_cell()),
         alone(f"{STEM}.xlsx", workbook({"Sheet1": [HEADER, row()]}))),
    Case("table-empty", alone(f"{STEM}.xlsx", workbook({"Sheet1": []})), FAULTLESS),
    Case("table-header-only", alone(NAME, export()), FAULTLESS),
    Case("table-wrong-sheet", alone(FORM_2022, workbook({"Классы": [["Наименование класса"], ["А"]], "Лист2": [["?"]]})),
         alone(FORM_2022, form())),
    Case("column-missing", alone(NAME, csv_bytes([("логин школы", "код обучающегося", "вариант"), ("sch990001", 60001, 1)])),
         FAULTLESS),
    Case("school-unknown", alone(NAME, export(row()[1:], header=HEADER[1:])), FAULTLESS),
    Case("subject-unknown", named("Технология, 6 класс. ВПР 2021"), FAULTLESS),
    Case("identity-unreadable", alone("обмен.csv", interchange(grade="шестой")), alone("обмен.csv", interchange())),
    Case("attribute-ambiguous", named("Математика, 5 и 6 класс. ВПР 2021"), FAULTLESS),
    Case("attribute-unknown", named("Математика, ВПР 2021"), FAULTLESS),
    Case("assessment-conflict", beside((f"копия/{STEM}.csv", export(row(total=8, items=(0, *NINE[1:]))))),
         beside((f"копия/{STEM}.csv", CLEAN[NAME]))),
    Case("schools-repeated", beside((f"копия/{STEM}.csv", export(row(), row(school="sch990002")))),
         beside((f"копия/{STEM}.csv", export(row(school="sch990002"))))),
    Case("items-differ", beside((FORM_2021, form(OTHER_MAXIMA))), beside((FORM_2021, form()))),
    Case("pupil-grade-differs", beside(("обмен.csv", interchange(school="990002", pupil_grade=7))),
         beside(("обмен.csv", interchange(school="990002")))),
    Case("scale-missing", named(STEM.replace("2021", "2023")), FAULTLESS),
    Case("assumption-overruled", Read((), year=2022), Read((), year=2021)),
    Case("region-unknown", Read((), region="zz"), FAULTLESS),
    Case("scale-unconfirmed", alone(f"{STEM.replace('2021', '2020')}.csv", export(row(70001))), FAULTLESS),
    Case("scale-unfit", alone(FORM_2022, form((1, 2, 1, 2))), alone(FORM_2022, form())),
    Case("items-unknown", alone(NAME, export(row(items=NINE[:12]), header=(*HEADER[:-2], HEADER[-1]))), FAULTLESS),
    Case("item-heading-repeated", alone(NAME, export(row(), header=(*HEADER[:10], HEADER[9], *HEADER[11:]))), FAULTLESS),
    Case("columns-junk", alone(NAME, export([*row(), "?"], header=(*HEADER, "Прочее"))), FAULTLESS),
]  # fmt: skip

ROWS = [
    of_row("row-no-school", row(school=""), None, row(60002)),
    of_row("row-empty-script", row(total="", items=("",) * 13)),
    of_row("total-differs", row(total=7)),
    of_row("total-missing", row(total="")),
    of_row("total-out-of-range", row(total=17)),
    of_row("item-above-maximum", row(items=items(first=2))),
    of_row("item-not-attempted", row(total=8, items=items(first="Х"))),
    of_row("item-not-taught", row(total=8, items=items(first="не пройд."))),
    of_row("item-missing", row(total=8, items=items(first=""))),
    of_row("cell-not-a-number", row(items=items(first="один"))),
    of_row("cell-formula-error", row(items=items(first="#ДЕЛ/0!"))),
    of_row("cell-date", row(items=items(first="02.01.2021"))),
    of_row("number-fraction", row(items=items(first="0,5"))),
    of_row("journal-mark-unreadable", row(journal="8"), row(journal="нет отметки")),
    of_row("columns-swapped", row(journal="м", sex="4")),
    of_row("sex-unreadable", row(sex="?"), row(sex="Жен.")),
    of_row("pupil-doubled", row(), None, row()),
    of_row("absent-with-scores", row(variant="отсутствовал"),
           row(variant="отсутствовал", total="", items=("",) * 13)),
    Case("mark-differs", alone(NAME, export([*row(), "5"], header=(*HEADER, "Отметка"))),
         alone(NAME, export([*row(), "3"], header=(*HEADER, "Отметка")))),
    # 24 points are «4»; «3» is what too little literacy makes of them.
    of_text("exam-mark-lowered", WITHOUT_PERSONS.replace("| 6 | 2", "| 24 | 4"), "| 24 | 4", "| 24 | 3"),
    of_text("exam-scale-missing", WITHOUT_PERSONS, "2023.06.06", "2025.06.06"),
    of_row("rows-absent", row(variant="отсутствовал", total="", items=("",) * 13)),
]  # fmt: skip

SCHOOL_TABLES = [
    of_text("school-repeated", SCHOOLS, "edu223505", "sch223504"),
    Case("value-repeated", beside(("а.csv", text_table(LONG)), ("б.csv", text_table(LONG.replace("| 5 |", "| 6 |")))),
         beside(("а.csv", text_table(LONG)), ("б.csv", text_table(LONG)))),
    Case("school-not-in-register", Analyse((*CLEAN.items(), ("школы.csv", text_table(SCHOOLS)))),
         Analyse((*CLEAN.items(), ("школы.csv", text_table(SCHOOLS.replace("223505", "990001")))))),
    of_text("value-out-of-range", CONTEXT, "85", "850", bar=";"),
    of_text("counts-inconsistent", COUNTS, "| 10 | 1 | 3", "| 11 | 1 | 3"),
    Case("personal-data-dropped", beside(("протокол.csv", text_table(OGE))),
         beside(("протокол.csv", text_table(WITHOUT_PERSONS)))),
    of_text("alias-ambiguous", SCHOOLS, "101002", "101001"),
    of_text("register-by-code", SCHOOLS.replace("sch223504", "223504"), "Логин", "Код ОО"),
    Case("alias-missing", beside(("школы.csv", text_table(SCHOOLS)),
                                 ("протокол.csv", text_table(WITHOUT_PERSONS.replace("101002", "101009")))),
         beside(("школы.csv", text_table(SCHOOLS)), ("протокол.csv", text_table(WITHOUT_PERSONS)))),
    Case("pupils-unread", beside(("ОГЭ 2021.csv", text_table("Код ОО | ФИО | Год | Балл\n101001 | А Б | 2021 | 5\n"))),
         beside(("2021.csv", text_table("Школа | Год | Средний балл\nsch990001 | 2021 | 5\n")))),
    of_text("exam-subject-skipped", WITHOUT_PERSONS, "01 - Русский", "18 - Родной"),
    of_text("exam-mark-missing", WITHOUT_PERSONS.replace("| 7 | 2", "| 24 | 4"), "| 24 | 4", "| 24 |"),
    Case("exam-weights-unknown",
         beside(("протокол.csv", text_table(WITHOUT_PERSONS.replace("| 6 | 2", "| 9 | 2").replace("| 7 | 2", "| 12 | 2")))),
         beside(("протокол.csv", text_table(WITHOUT_PERSONS)))),
    of_text("answers-unreadable", WITHOUT_PERSONS, "2(2)2(2)", "как-то так"),
    of_text("counts-assessment-unknown", COUNTS, "Русский язык | 9", "Татарский язык | 9"),
    Case("counts-math-level",
         beside(("таблица.csv", text_table(COUNTS.replace("ОГЭ | Математика | 9", "ЕГЭ | Математика | 11")))),
         beside(("таблица.csv", text_table(COUNTS.replace("ОГЭ | Математика | 9", "ЕГЭ база | Математика | 11"))))),
    Case("columns-without-meaning", beside(("таблица.csv", text_table(CONTEXT, ";"))),
         beside(("таблица.csv", text_table(QUESTIONS, ";")))),
    of_text("answer-unreadable", QUESTIONS, "Нет", "не знаю", bar=";"),
    of_text("category-unreadable", TYPES, "| да |", "| может быть |"),
    Case("indicator-repeated", beside(("таблица.csv", text_table(LONG + "edu223504 | 2021 | social_index | 6 | level\n"))),
         beside(("таблица.csv", text_table(LONG)))),
]  # fmt: skip

ASKED = [
    Case("methodology-unknown", Analyse(methodology="нет-такой"), Analyse()),
    Case("engine-unknown", Analyse(engine="excel"), Analyse()),
    Case("methodology-refused", Analyse(settings=(("porog", "0.3"),)), Analyse(settings=(("threshold", "0.3"),))),
    # The faultless file is of 2021, the typology of 2022.
    Case("methodology-not-in-force", Analyse(methodology="sverdlovsk-typology"), Analyse()),
    Case("nothing-to-compute", Analyse((("2021/4/" + NAME.split("/")[1].replace("6 класс", "4 класс"),
                                         export(row(40001, total=1, items=(1,)), header=(*HEADER[:10], HEADER[-1]))),)),
         Analyse()),
    Case("nothing-to-synthesise", Synthesise(()), Synthesise((2021,))),
    Case("output-not-writable", Analyse(prepare=a_file_in_the_way, out="parent/out"), Analyse()),
    Case("output-not-ours", Analyse(prepare=earlier_files_of_others), Analyse()),
    Case("disk-full", Analyse(prepare=a_full_disk), Analyse()),
    Case("worker-lost", ReadByTwo(killed), ReadByTwo()),
    Case("memory-short", Analyse(prepare=a_small_memory), Analyse()),
]  # fmt: skip

PUBLISHED = [
    Case("publish-not-gaps", Publish(spoil=lambda folder: (folder / "run.json").unlink()), Publish()),
    Case("publish-classes", Publish(by="class"), Publish()),
    Case("publish-incomplete", Publish(spoil=lambda folder: (folder / "places.csv").unlink()), Publish()),
    Case("publish-not-published", Publish(previous="maps"), Publish()),
    Case("publish-needed", Publish(out="maps"), Publish()),
]

CASES = [
    *FILES,
    *TABLES,
    *ROWS,
    *SCHOOL_TABLES,
    *ASKED,
    *MAPPED,
    *EXAMINED,
    *PUBLISHED,
    *(Case(*trial) for trial in TRIALS),
    *(Case(*trial) for trial in model_cases.TRIALS),
    *(
        Case(code, Analyse(engine=cluster_cases.ADDRESS, prepare=prepare), Analyse())
        for code, prepare in cluster_cases.FAULTS.items()
    ),
    *(Case(*trial) for trial in context_cases.TRIALS),
    *(Case(*trial) for trial in growth_cases.TRIALS),
]
