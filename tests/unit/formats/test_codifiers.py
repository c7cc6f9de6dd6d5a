"""Codifiers from JSON and from workbooks, and the papers they fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rostok.formats.codifiers import read_codifiers
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.codifiers import (
    Codifier,
    CodifierItem,
    SkillSource,
    same_blocks,
    skills_of,
    with_levels,
)
from rostok.schema.problems import InputRefused
from rostok.schema.scales import Item
from tests.integration.papers import workbook

PAPER = {
    "grade": 6, "subject": "math", "year": 2021, "content_codifier": {"1.2": "Дроби"},
    "tasks": [
        {"task": "1", "skill": "Считать", "level": "Б", "max": "1", "blocks": ["Числа"], "kes": ["1.2"], "kt": ["1"]},
        {"task": "2K1", "skill": "Чертить.", "level": "П", "max": "2", "blocks": [], "kes": ["1.2", "3"], "kt": []},
        {"task": "2.2", "skill": "чертить", "level": None, "max": "1", "blocks": [], "kes": [], "kt": []},
    ],
}  # fmt: skip
ITEMS = (Item(1, "1", 1), Item(2, "2К1", 2), Item(3, "2.2", 1))
MATH = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 6)


def read(tmp_path: Path, said: object, name: str = "к.json") -> tuple[Codifier, ...]:
    path = tmp_path / name
    path.write_bytes(said if isinstance(said, bytes) else json.dumps(said).encode())
    return read_codifiers(path)


def test_json_gives_items_levels_and_codes(tmp_path: Path) -> None:
    (codifier,) = read(tmp_path, [PAPER, PAPER | {"tasks": []}])
    assert codifier.is_of_paper(MATH) and codifier.year == 2021
    assert codifier.items[1] == CodifierItem("2K1", "Чертить.", "П", 2, (), ("1.2", "3"), ())
    assert codifier.items[2].level is None


def test_labels_match_whatever_the_alphabet_and_the_order(tmp_path: Path) -> None:
    (codifier,) = read(tmp_path, [PAPER])
    turned = (ITEMS[2], ITEMS[0], ITEMS[1])
    lines = codifier.matched(turned)
    assert lines is not None and [line.label for line in lines] == ["2.2", "1", "2K1"]
    assert [item.level for item in with_levels(turned, lines)] == [None, "Б", "П"]


def test_order_decides_where_labels_are_numbers_of_columns(tmp_path: Path) -> None:
    (codifier,) = read(tmp_path, [PAPER])
    lines = codifier.matched((Item(1, "a", 1), Item(2, "b", 2), Item(3, "c", 1)))
    assert lines is not None and [line.label for line in lines] == ["1", "2K1", "2.2"]


@pytest.mark.parametrize("items", [ITEMS[:2], (Item(1, "1", 2), *ITEMS[1:]), ()])
def test_codifier_of_other_items_fits_nothing(tmp_path: Path, items: tuple[Item, ...]) -> None:
    (codifier,) = read(tmp_path, [PAPER])
    assert codifier.matched(items) is None


def test_skills_join_one_text_written_in_two_ways(tmp_path: Path) -> None:
    (codifier,) = read(tmp_path, [PAPER])
    by = {
        source: [(s.text, s.places) for s in skills_of(codifier, codifier.items, source)]
        for source in SkillSource
    }
    assert by[SkillSource.SKILL] == [("Считать", (0,)), ("Чертить.", (1, 2))]
    # An item of several entries belongs to each; a code is shown with its words where they are known.
    assert by[SkillSource.KES] == [("1.2 Дроби", (0, 1)), ("3", (1,))]
    assert by[SkillSource.BLOCK] == [("Числа", (0,))]


def test_years_are_compared_only_where_blocks_are_the_same() -> None:
    def line(block: str, maximum: int = 1, level: str | None = "Б") -> CodifierItem:
        return CodifierItem("1", "умение", level, maximum, (block,))

    one = (line("Числа"), line("Числа", 2), line("Доли"), line("Фигуры"), line("Таблицы"))
    other = (line("таблицы."), line("Числа", 2), line("Числа"), line("Фигуры", 2), line("Углы"))
    # Числа: the same maxima in another order. Фигуры: another maximum. Доли, Углы: in one year only.
    assert same_blocks(one, other) == (("Числа", (0, 1), (1, 2)), ("Таблицы", (4,), (0,)))
    assert same_blocks((line("Числа", level="П"),), (line("Числа"),)) == ()


def test_words_cut_by_line_ends_are_whole_again(tmp_path: Path) -> None:
    """As they stand in the official descriptions of 2021; the right spelling is the Russian language's."""
    said = {
        "арифмети- ческие действия": "арифметические действия",
        "классифици_x0002_ровать": "классифицировать",
        "причинно- следственные связи": "причинно-следственные связи",
        "историко_x0002_культурологического подхода": "историко-культурологического подхода",
        "коммуникативно- значимом": "коммуникативно-значимом",
        "преобразо_x0002_вывать знаки": "преобразовывать знаки",
        "орфо_x0002_графические нормы": "орфографические нормы",
        "закон Джоуля- Ленца": "закон Джоуля-Ленца",
        "монолог- сообщение; монолог и сообщение": "монолог-сообщение; монолог и сообщение",
        "законо- мерностями": "закономерностями",
        "законо_x0002_мерностей": "закономерностей",
        "аудио-, видео- и графическим": "аудио-, видео- и графическим",
        "суффиксов -к- и -ск- имен, -ива- глаголов": "суффиксов -к- и -ск- имен, -ива- глаголов",
        "ис\xadпользования _x000D_ языка": "использования языка",
        "учебно-научной речи": "учебно-научной речи",
    }
    tasks = [{"task": str(at), "skill": text, "max": "1"} for at, text in enumerate(said)]
    (codifier,) = read(tmp_path, [PAPER | {"tasks": tasks, "content_codifier": {"1": "Зем_x0002_ля"}}])
    assert [item.skill for item in codifier.items] == list(said.values())
    assert codifier.content == (("1", "Земля"),)


def test_words_of_the_file_decide_where_endings_cannot(tmp_path: Path) -> None:
    tasks = [{"task": "1", "skill": "разно- образного", "max": "1"}]
    (alone,) = read(tmp_path, [PAPER | {"tasks": tasks}])
    known = [*tasks, {"task": "2", "skill": "разнообразие", "max": "1"}]
    (beside,) = read(tmp_path, [PAPER | {"tasks": known}])
    assert (alone.items[0].skill, beside.items[0].skill) == ("разно-образного", "разнообразного")


HEADER = (
    "№ по КИМу",
    "№",
    "Умения (ФГОС)",
    "Блоки ПООП",
    "Уровень сложности",
    "Код КЭС",
    "Код КТ",
    "Максимальный балл",
    "Время",
)


def test_workbook_of_one_paper_named_by_the_file(tmp_path: Path) -> None:
    rows = [("Кодификатор",), HEADER, (1, 1, "Считать", "Числа", "Б", "1.2; 3", "1", 1, 2), ("11.2", 2, "Чертить", "", "П", "", "", 2, 3)]  # fmt: skip
    (codifier,) = read(tmp_path, workbook({"Лист1": rows}), "Математика 6 класс 2021.xlsx")
    assert (codifier.subject, codifier.grade, codifier.year) == (Subject.MATH, 6, 2021)
    assert codifier.items == (
        CodifierItem("1", "Считать", "Б", 1, ("Числа",), ("1.2", "3"), ("1",)),
        CodifierItem("11.2", "Чертить", "П", 2),
    )


def test_workbook_of_several_papers_by_columns(tmp_path: Path) -> None:
    rows = [(*HEADER, "Предмет", "Класс", "Год"), (1, 1, "А", "", "Б", "", "", 1, "", "Математика", 6, 2021),
            (1, 1, "Б", "", "Б", "", "", 1, "", "Русский язык", 5, 2022)]  # fmt: skip
    found = read(tmp_path, workbook({"Лист1": rows}), "всё.xlsx")
    assert [(one.subject, one.grade, one.year) for one in found] == [
        (Subject.MATH, 6, 2021),
        (Subject.RUSSIAN, 5, 2022),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("к.json", b"\x00\x01"),
        ("к.json", b'[{"subject": "math"}]'),
        ("к.json", b'["?"]'),
        ("к.xlsx", workbook({"Лист1": [("Прочее",)]})),
        ("к.xlsx", workbook({"Лист1": [HEADER, (1, 1, "А", "", "Б", "", "", 1, "")]})),
    ],
)
def test_unreadable_codifier_is_refused_by_its_name(tmp_path: Path, name: str, said: bytes) -> None:
    with pytest.raises(InputRefused) as refused:
        read(tmp_path, said, name)
    (problem,) = refused.value.problems
    assert problem.code == "codifier-unreadable" and name in problem.sentence


def test_missing_codifier_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        read_codifiers(tmp_path / "нет.json")
    assert [problem.code for problem in refused.value.problems] == ["file-missing"]


def test_official_codifiers_of_a_year_are_read(shared: Path) -> None:
    """Forty papers of 2021, one of them without a table of items."""
    found = read_codifiers(shared / "region" / "codifiers_and_mark_scales_2021.json")
    assert len(found) == 39
    of_math = next(one for one in found if (one.subject, one.grade) == (Subject.MATH, 6))
    assert [line.maximum for line in of_math.items] == [1] * 8 + [2, 1, 2, 1, 2]
    assert {line.level for line in of_math.items} == {"Б", "П", "В"}
