"""Registers, lists of categories, and codes of ГИА turned into keys of schools."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from rostok.formats.aliases import exam_school, resolve_schools
from rostok.formats.assumptions import Assumptions, Codes
from rostok.formats.files import read_file
from rostok.schema.arrow import arrow_schema
from rostok.schema.assessments import Kind
from rostok.schema.tables import ALIASES
from tests.unit.formats.tables_of_text import SCALES, codes, read, table_of

REGISTER = """
Логин | Наименование | Вид | Код муниципалитета | Муниципалитет | Территория | ИНН | Телефон | Код ОГЭ | Код ЕГЭ
sch223504 | Школа № 4 | СОШ | reg22_vpr_m001 | Район А | сельская | 2200000000 | 55-55 | 101001 | 201001
edu223505 | Гимназия № 5 | гимназия | reg22_m002 | Город Б | город | 2200000001 | 55-56 | 101002 |
spo220033 | Колледж | другое | reg22_m002 | Город Б | | 2200000002 | 55-57 | |
"""

LIST = """
Перечень ШНОР на 2022 год
Логин ОО | Наименование | Основание
edu223504 | Школа № 4 | Приказ № 7
edu223505 | Гимназия № 5 |
"""

TYPES = """
Школа | Год | Категория | ШНОР | 500+
edu223504 | 2021 | резильентная | да | нет
edu223505 | 2021 | неблагополучная | нет | +
edu223506 | 2020/21 | | нет | нет
"""


def test_register_of_the_region(shared: Path) -> None:
    path = shared / "region/schools.csv"
    reading = read_file(path, name="schools.csv", assume=Assumptions(), scales=SCALES)
    schools = table_of(reading, "schools")
    assert len(schools) == 692 and reading.batches[0].source.rows == 692 and not reading.problems
    assert len({school["school_id"] for school in schools}) == 692
    # 661 schools, 31 of ``ksh…`` and ``spo…``: all by their six digits.
    assert all(len(str(school["school_id"])) == 6 for school in schools)
    assert len({school["municipality_id"] for school in schools}) == 70


def test_register_with_codes_of_gia() -> None:
    reading = read(REGISTER)
    schools = table_of(reading, "schools")
    assert schools[0] == {
        "school_id": "223504", "name": "Школа № 4", "kind": "СОШ", "municipality_id": "reg22_m001",
        "municipality": "Район А", "territory": "rural",
    }  # fmt: skip
    assert [school["territory"] for school in schools] == ["rural", "urban", None]
    assert [school["school_id"] for school in schools] == ["223504", "223505", "220033"]
    assert table_of(reading, "aliases") == [
        {"school_id": "223504", "alias": "101001", "kind": "oge"},
        {"school_id": "223504", "alias": "201001", "kind": "ege"},
        {"school_id": "223505", "alias": "101002", "kind": "oge"},
    ]
    assert codes(reading) == ["personal-data-dropped"]
    assert "2200000000" not in str(reading) and "55-55" not in str(
        [b.table.to_pylist() for b in reading.batches]
    )


def test_school_twice() -> None:
    same = REGISTER + REGISTER.strip().splitlines()[1]
    other = same.replace("Школа № 4", "Школа № 44", 1)
    assert "school-repeated" not in codes(read(same))
    reading = read(other)
    assert "school-repeated" in codes(reading)
    assert [school["name"] for school in table_of(reading, "schools")] == [
        "Школа № 44",
        "Гимназия № 5",
        "Колледж",
    ]


def test_code_of_two_schools() -> None:
    reading = read(REGISTER.replace("101002", "101001"))
    (problem,) = [problem for problem in reading.problems if problem.code == "alias-ambiguous"]
    assert (problem.row, problem.value) == (3, "101001")
    assert len(table_of(reading, "aliases")) == 2


def test_register_by_codes_of_gia_only() -> None:
    reading = read("Код ОО | Наименование\n101001 | Школа № 4\n")
    assert table_of(reading, "schools")[0]["school_id"] == "101001"
    assert table_of(reading, "aliases") == [{"school_id": "101001", "alias": "101001", "kind": "gia"}]
    (problem,) = reading.problems
    assert (problem.code, problem.value, problem.count) == ("register-by-code", "101001", 1)
    assert "--assume codes=login" in problem.remedy


def test_codes_that_are_logins_need_no_warning() -> None:
    assert codes(read("Код ОО | Наименование\nsch101001 | Школа № 4\n")) == []
    assert codes(read("Код ОО | Наименование\n101001 | Школа № 4\n", codes=Codes.LOGIN)) == []


@pytest.mark.parametrize("rows", ["", " | Школа без логина\n"])
def test_register_without_rows_or_schools(rows: str) -> None:
    reading = read("Логин | Наименование\n" + rows)
    assert codes(reading) == (["row-no-school"] if rows else ["table-header-only"])


# --- categories


def test_list_with_its_category_in_the_title() -> None:
    reading = read(LIST, name="списки/перечень.xlsx")
    assert table_of(reading, "categories") == [
        {"school_id": "223504", "year": 2022, "category": "ШНОР", "source": "Приказ № 7"},
        {"school_id": "223505", "year": 2022, "category": "ШНОР", "source": "списки/перечень.xlsx"},
    ]


def test_categories_in_columns() -> None:
    reading = read(TYPES)
    found = [(row["school_id"], row["year"], row["category"]) for row in table_of(reading, "categories")]
    assert found == [
        ("223504", 2021, "резильентная"),
        ("223504", 2021, "ШНОР"),
        ("223505", 2021, "неблагополучная"),
        ("223505", 2021, "500+"),
    ]
    assert not reading.problems


def test_category_that_is_neither_yes_nor_no() -> None:
    reading = read(TYPES.replace("| да |", "| может быть |"))
    (problem,) = reading.problems
    assert (problem.code, problem.row, problem.column) == ("category-unreadable", 2, "ШНОР")


def test_list_without_a_year_is_asked() -> None:
    text = LIST.replace(" на 2022 год", "")
    reading = read(text)
    assert codes(reading) == ["attribute-unknown"] and not reading.batches
    assert table_of(read(text, year=2022), "categories")[0]["year"] == 2022


def test_list_by_the_name_of_its_file() -> None:
    text = "\n".join(LIST.strip().splitlines()[1:])
    assert {row["category"] for row in table_of(read(text, name="500+ 2021.csv"), "categories")} == {"500+"}
    # The same columns under another name are a register.
    assert [batch.name for batch in read(text, name="школы.csv").batches] == ["schools"]  # type: ignore[union-attr]


# --- aliases


def scripts(*schools: str) -> pa.Table:
    return pa.table({"school_id": list(schools), "mark": [2] * len(schools)})


def aliases(*rows: tuple[str, str, str]) -> pa.Table:
    names = ("school_id", "alias", "kind")
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], arrow_schema(ALIASES))


KNOWN = (("223504", "101001", "oge"), ("223505", "101001", "gia"), ("223506", "101002", "gia"))


def test_codes_become_keys() -> None:
    """A code of ОГЭ wins over a code of both; 223506 is a key, but as a code of ГИА it is nobody's."""
    written = scripts("gia:101001", "gia:00101002", "gia:223506", "223507")
    table, unknown = resolve_schools(written, aliases(*KNOWN), Kind.OGE)
    assert table["school_id"].to_pylist() == ["223504", "223506", "gia:223506", "223507"]
    assert unknown == ("223506",)
    table, _ = resolve_schools(scripts("gia:101001"), aliases(*KNOWN), Kind.EGE_PROFILE)
    assert table["school_id"].to_pylist() == ["223505"]


def test_logins_stay_even_where_they_are_codes_of_another_school() -> None:
    known = aliases(*KNOWN, ("223507", "223504", "gia"))
    table, unknown = resolve_schools(scripts("223504", "223505"), known, Kind.OGE)
    assert table["school_id"].to_pylist() == ["223504", "223505"] and unknown == ()


def test_without_codes_of_the_exam_they_stay_codes() -> None:
    only_oge = aliases(("223504", "101001", "oge"))
    for known in (None, aliases(), only_oge):
        table, unknown = resolve_schools(scripts("gia:101001"), known, Kind.EGE)
        assert table["school_id"].to_pylist() == ["gia:101001"] and unknown == ("101001",)


@pytest.mark.parametrize(
    ("cell", "title", "codes", "school"),
    [
        ("100001", "код оо", None, "gia:100001"),
        (100001.0, "школа", None, "gia:100001"),
        ("101-01", "код школы", None, "gia:101-01"),
        ("sch100001", "код оо", None, "100001"),
        ("100001", "логин", None, "100001"),
        ("100001", "school_id", None, "100001"),
        ("100001", "код оо", Codes.LOGIN, "100001"),
        ("Гимназия № 1", "школа", None, "Гимназия № 1"),
        ("", "код оо", None, None),
    ],
)
def test_school_of_an_exam(cell: str, title: str, codes: Codes | None, school: str | None) -> None:
    assert exam_school(cell, title, codes) == school
