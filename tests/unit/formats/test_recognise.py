"""Which assessment a file holds: from content, lines, name and folders, and never by a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.formats import Assumptions, ScaleBook
from rostok.formats.problem_log import ProblemLog
from rostok.formats.reading import ReadContext
from rostok.formats.recognise import grade_of_codes, recognise
from rostok.formats.words import Said, said_by_folder, said_in
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from tests.unit.formats.vpr_samples import (
    BOOK,
    HEADER_2020,
    HEADER_2021,
    counts,
    only_batch,
    read,
    row_2020,
    row_2021,
    save_xlsx,
    sentences,
)

VPR = Said(kinds=frozenset({Kind.VPR}))


def recognised(
    name: str,
    codes: tuple[object, ...] = (),
    content: Said = VPR,
    above: tuple[str, ...] = (),
    **assume: object,
) -> tuple[Assessment | None, list[tuple[str, object]]]:
    """The assessment of a file of that name, and the problems as (code, option to give)."""
    context = ReadContext(name, "", Assumptions(**assume), BOOK, folders_above=above)  # type: ignore[arg-type]
    log = ProblemLog(name)
    found = recognise(context, log, content=content, pupil_codes=codes)
    return found, [(problem.code, problem.values.get("option")) for problem in log.problems()]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Математика", Subject.MATH),
        ("работы по математике", Subject.MATH),
        ("МАТЕМАТИКА_5", Subject.MATH),
        ("МА5", Subject.MATH),
        ("edu990001_МА_6", Subject.MATH),
        ("МА", Subject.MATH),
        ("Русский язык", Subject.RUSSIAN),
        ("русскому языку", Subject.RUSSIAN),
        ("Русский_язык", Subject.RUSSIAN),
        ("рус.яз.", Subject.RUSSIAN),
        ("РУ_6", Subject.RUSSIAN),
        ("результаты русского языка", Subject.RUSSIAN),
        ("окружающему миру", Subject.WORLD),
        ("истории", Subject.HISTORY),
        ("Обществознание", Subject.SOCIAL),
        ("географией", Subject.GEOGRAPHY),
        ("Биологии", Subject.BIOLOGY),
        ("физике", Subject.PHYSICS),
        ("Химия", Subject.CHEMISTRY),
        ("информатике и ИКТ", Subject.INFORMATICS),
        ("литературе", Subject.LITERATURE),
        ("Английский язык", Subject.ENGLISH),
        ("немецкому языку", Subject.GERMAN),
        ("французского языка", Subject.FRENCH),
        ("vpr_2021_spring_math_5", Subject.MATH),
    ],
)
def test_subject_in_any_case_form(text: str, subject: Subject) -> None:
    assert said_in(text).subjects == {subject}


@pytest.mark.parametrize(
    "text",
    ["Физическая культура", "Технология", "родной русский язык", "Родной (русский) язык", "литературное чтение",
     "ИС МЭДК", "общество", "МАОУ", "марафон", "Масленица 2022"],
)  # fmt: skip
def test_words_that_are_no_subject_of_ours(text: str) -> None:
    assert said_in(text).subjects == frozenset()


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("5 класс", {5}),
        ("для 5-го класса", {5}),
        ("6-е классы", {6}),
        ("6Б класс", {6}),
        ("7 «А» класс", {7}),
        ("11 кл.", {11}),
        ("5-6 классы", {5, 6}),
        ("класс 8", {8}),
        ("МА5", {5}),
        ("математика 5 2021", {5}),
        ("Математика (2)", set()),
        ("Математика 2 часть", set()),
        ("25 классов", set()),
    ],
)
def test_grade_of_a_text(text: str, grades: set[int]) -> None:
    assert said_in(text).grades == grades


def test_year_kind_and_wave_of_a_text() -> None:
    said = said_in("ВПР, осень 2022/2023 учебного года")
    assert (said.kinds, said.years, said.waves) == ({Kind.VPR}, {2022, 2023}, {Wave.AUTUMN})
    assert said_in("ЕГЭ математика профиль 2021").kinds == {Kind.EGE_PROFILE}
    assert said_in("edu202112").years == frozenset()


def test_bare_number_of_a_folder_is_a_grade() -> None:
    assert said_by_folder("6").grades == {6}
    assert said_by_folder("Муниципалитет 6").grades == frozenset()
    assert said_by_folder("2021").years == {2021}


def test_everything_from_the_name() -> None:
    found, problems = recognised("Проведение работы по русскому языку, 5 класс. ВПР 2021.xlsx")
    assert found == Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.RUSSIAN, 5)
    assert problems == []


def test_everything_from_the_path_and_autumn_from_the_codes() -> None:
    found, problems = recognised("2020/5/Математика.xlsx", (60001.0, 60002.0))
    assert found == Assessment(Kind.VPR, 2020, Wave.AUTUMN, Subject.MATH, 5)
    assert found is not None
    assert (found.pupil_grade, found.cohort) == (6, "2020/21-6")
    assert problems == []


def test_spring_and_autumn_of_2022_by_the_codes() -> None:
    name = "Форма сбора результатов Математика 6 класс ВПР 2022.xlsx"
    spring, _ = recognised(name, ("60001", "60002"))
    autumn, _ = recognised(name, ("70001", "70002"))
    assert spring is not None
    assert autumn is not None
    assert (spring.wave, spring.pupil_grade) == (Wave.SPRING, 6)
    assert (autumn.wave, autumn.pupil_grade) == (Wave.AUTUMN, 7)


def test_year_of_two_waves_without_codes_asks_for_the_wave() -> None:
    name = "Математика 6 класс ВПР 2022.xlsx"
    assert recognised(name) == (None, [("attribute-unknown", "wave")])
    found, problems = recognised(name, wave=Wave.AUTUMN)
    assert found is not None
    assert (found.wave, problems) == (Wave.AUTUMN, [])


def test_other_years_are_spring() -> None:
    found, _ = recognised("Математика 6 класс ВПР 2023.xlsx")
    assert found is not None
    assert found.wave is Wave.SPRING


def test_codes_against_the_named_wave_are_ambiguous() -> None:
    assert recognised("осень 2022/Математика 6 класс.xlsx", ("60001",))[1] == [
        ("attribute-ambiguous", "wave")
    ]


def test_codes_of_another_grade_are_ambiguous() -> None:
    found, problems = recognised("2021/Математика 6 класс.xlsx", ("40001", "40002"))
    assert (found, problems) == (None, [("attribute-ambiguous", "grade")])
    found, problems = recognised("2021/Математика 6 класс.xlsx", ("40001", "40002"), grade=6)
    assert found is not None
    assert problems == []


def test_contradiction_of_name_and_folder_is_ambiguous() -> None:
    assert recognised("5/Математика 6 класс ВПР 2021.xlsx") == (None, [("attribute-ambiguous", "grade")])
    assert recognised("2022/6/ВПР 2021 Математика.xlsx") == (None, [("attribute-ambiguous", "year")])


def test_contradiction_of_content_and_name_is_ambiguous() -> None:
    content = Said(kinds=frozenset({Kind.VPR}), subjects=frozenset({Subject.RUSSIAN}))
    found, problems = recognised("Математика 6 класс ВПР 2021.xlsx", content=content)
    assert (found, problems) == (None, [("attribute-ambiguous", "subject")])


def test_several_values_are_narrowed_by_another_place() -> None:
    found, problems = recognised("2020-2021/Русский и математика/Математика 6 класс 2021.xlsx")
    assert found == Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 6)
    assert problems == []


def test_unknown_attributes_are_named_one_by_one() -> None:
    assert recognised("выгрузка.xlsx") == (
        None,
        [("attribute-unknown", "year"), ("subject-unknown", None), ("attribute-unknown", "grade")],
    )


def test_unknown_subject_says_where_it_was_looked_for_and_what_to_give() -> None:
    """A name such as «export1» is no subject and is not said to be one."""
    log = ProblemLog("export1.xlsx")
    said = Said(kinds=frozenset({Kind.VPR}), years=frozenset({2021}), grades=frozenset({6}))
    ctx = ReadContext("export1.xlsx", "", Assumptions(), ScaleBook())
    assert recognise(ctx, log, content=said) is None
    [problem] = log.problems()
    assert problem.sentence == (
        "Файл «export1.xlsx»: ни в таблице, ни в имени файла, ни в пути нет известного предмета."
    )
    assert "--assume subject=КОД" in problem.remedy and "russian, math, world" in problem.remedy


def test_assumptions_fill_what_is_open_and_override_nothing() -> None:
    found, problems = recognised("Математика.xlsx", year=2021, grade=6, subject=Subject.RUSSIAN)
    assert found == Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 6)
    assert problems == []


def test_folders_above_the_input_speak_only_when_all_is_silent() -> None:
    found, _ = recognised("5/Математика.xlsx", ("60001",), above=("2020", "2019"))
    assert found == Assessment(Kind.VPR, 2020, Wave.AUTUMN, Subject.MATH, 5)
    found, _ = recognised("2021/5/Математика.xlsx", above=("2020",))
    assert found is not None
    assert found.year == 2021


def test_other_kind_in_the_name_of_a_vpr_layout_is_ambiguous() -> None:
    assert recognised("РПР 2021 Математика 6 класс.xlsx") == (None, [("attribute-ambiguous", "kind")])


def test_grade_of_codes() -> None:
    assert grade_of_codes([60001.0, "60002", "", None]) == 6
    assert grade_of_codes(["110001", "110002"]) == 11
    assert grade_of_codes(["60001", "70001"]) is None
    assert grade_of_codes(["1", "2", "3"]) is None
    assert grade_of_codes([]) is None


def test_2020_export_is_autumn_by_its_codes(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "2020" / "6" / "Математика.xlsx", {"Sheet1": [HEADER_2020, row_2020(70001)]})
    reading = read(path, "2020/6/Математика.xlsx")
    assert only_batch(reading).assessment.key == "vpr/2020/autumn/math/6"
    assert only_batch(reading).assessment.pupil_grade == 7


def test_ambiguous_file_gives_no_batch_and_one_sentence(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "a.xlsx", {"Sheet1": [HEADER_2021, row_2021()]})
    reading = read(path, "Математика и русский язык, 6 класс. ВПР 2021.xlsx")
    assert reading.batches == ()
    assert counts(reading) == {"attribute-ambiguous": 1}
    assert sentences(reading, "attribute-ambiguous") == [
        "Файл «Математика и русский язык, 6 класс. ВПР 2021.xlsx»: не ясно, какой это предмет: "
        "возможно math (математика), russian (русский язык)."
    ]
    assert reading.problems[0].remedy == "Укажите --assume subject=ЗНАЧЕНИЕ."
