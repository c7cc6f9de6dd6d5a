"""The shipped scales say what their sources say, and a wrong file is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rostok.formats.scale_files import ScaleBook, ScaleError, load_scales
from rostok.schema.assessments import Kind, Subject

SCALES = Path(__file__).parents[3] / "scales"

GOOD = """kind: vpr
year: 2021
confirmed: true
source: Описание
scales:
  - subject: math
    grade: 6
    maximum: 4
    lower: [2, 3, 4]
    items: 1(1)Б 2.1(2)П 2К1(1)
missing:
  - subjects: [physics]
    grades: [7]
    reason: Нет описания
"""


@pytest.fixture(scope="module")
def book() -> ScaleBook:
    return load_scales(SCALES)


def write(directory: Path, text: str, name: str = "vpr/2021.yaml") -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return directory


def refusal(directory: Path) -> ScaleError:
    with pytest.raises(ScaleError) as caught:
        load_scales(directory)
    return caught.value


# Number of items, worked from the paper: domain.md 6.4 lists them, and the exports of 2020 and 2021 have so
# many columns with scores.
@pytest.mark.parametrize(
    ("subject", "grade", "items", "maximum", "minimum"),
    [
        (Subject.MATH, 4, 15, 20, 6),
        (Subject.MATH, 5, 16, 20, 7),
        (Subject.MATH, 6, 13, 16, 6),
        (Subject.RUSSIAN, 5, 21, 45, 18),
        (Subject.RUSSIAN, 6, 25, 51, 25),
    ],
)
@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_vpr_items_and_minimum(
    book: ScaleBook, subject: Subject, grade: int, items: int, maximum: int, minimum: int, year: int
) -> None:
    scale = book.find(Kind.VPR, subject, grade, year)
    assert scale is not None
    assert (len(scale.items), scale.maximum, scale.minimum) == (items, maximum, minimum)
    assert scale.confirmed is (year == 2021)


def test_vpr_2021_agrees_with_the_official_descriptions(book: ScaleBook, shared: Path) -> None:
    papers = json.loads((shared / "region/codifiers_and_mark_scales_2021.json").read_text(encoding="utf-8"))
    with_marks = [paper for paper in papers if paper["mark_scale"]]
    assert len(with_marks) == 29
    for paper in with_marks:
        scale = book.find(Kind.VPR, Subject(paper["subject"]), paper["grade"], 2021)
        assert scale is not None and scale.lower is not None
        marks = paper["mark_scale"]
        lowest = (marks["3"][0], marks["4"][0], marks["5"][0])
        assert (scale.lower, scale.maximum) == (lowest, marks["5"][1]), scale.key
        assert not scale.items or not paper["tasks"] or len(scale.items) == len(paper["tasks"])


def test_vpr_2021_papers_whose_items_do_not_add_up_have_none(book: ScaleBook) -> None:
    without = {
        (scale.grade, str(scale.subject))
        for scale in book.scales
        if scale.kind is Kind.VPR and scale.year == 2021 and not scale.items
    }
    assert without == {(6, "biology"), (7, "geography"), (8, "biology"), (8, "history")}


def test_russian_7_item_11_1_is_two_points(book: ScaleBook) -> None:
    scale = book.find(Kind.VPR, Subject.RUSSIAN, 7, 2021)
    assert scale is not None and "11.1" in scale.note
    assert {item.label: item.maximum for item in scale.items}["11.1"] == 2


def test_geography_8_says_that_its_document_contradicts_itself(book: ScaleBook) -> None:
    scale = book.find(Kind.VPR, Subject.GEOGRAPHY, 8, 2021)
    assert scale is not None and not scale.confirmed and "35" in scale.note
    assert [scale.mark_of(score) for score in (12, 13, 34, 35)] == [2, 3, 4, 5]


def test_oge_2023_has_its_extra_conditions(book: ScaleBook) -> None:
    math = book.find(Kind.OGE, Subject.MATH, 9, 2023)
    russian = book.find(Kind.OGE, Subject.RUSSIAN, 9, 2023)
    assert math is not None and russian is not None
    assert math.confirmed and math.maximum == 31 and len(math.extra) == 1
    geometry = math.extra[0]
    assert "геометри" in geometry.text and (geometry.least, geometry.otherwise) == (2, 2)
    assert geometry.items == ("15", "16", "17", "18", "19", "23", "24", "25")  # domain.md 6.5
    assert [math.mark_of(score) for score in (7, 8, 14, 15, 21, 22, 31)] == [2, 3, 3, 4, 4, 5, 5]
    assert [(one.items, one.least, one.otherwise) for one in russian.extra] == [
        (("ГК1", "ГК2", "ГК3", "ГК4"), 4, 3),
        (("ГК1", "ГК2", "ГК3", "ГК4"), 6, 4),
    ]
    assert [russian.mark_of(score) for score in (14, 15, 22, 23, 28, 29, 33)] == [2, 3, 3, 4, 4, 5, 5]


@pytest.mark.parametrize("year", range(2021, 2027))
def test_ege_minimum_by_year(book: ScaleBook, year: int) -> None:
    russian = book.find(Kind.EGE, Subject.RUSSIAN, 11, year)
    profile = book.find(Kind.EGE_PROFILE, Subject.MATH, 11, year)
    assert russian is not None and profile is not None
    assert (russian.unit, russian.passes(23), russian.passes(24)) == ("test", False, True)
    assert (profile.unit, profile.passes(26), profile.passes(27)) == ("test", False, True)


def test_ege_base_was_not_held_in_2020_and_2021(book: ScaleBook) -> None:
    for year in (2020, 2021):
        assert book.find(Kind.EGE_BASE, Subject.MATH, 11, year) is None
        assert "не проводился" in (book.why_missing(Kind.EGE_BASE, Subject.MATH, 11, year) or "")
    base = book.find(Kind.EGE_BASE, Subject.MATH, 11, 2022)
    assert base is not None and (base.unit, base.passes(2), base.passes(3)) == ("mark", False, True)


def test_oge_was_not_held_in_2020(book: ScaleBook) -> None:
    (gap,) = [gap for gap in book.missing if gap.covers(Kind.OGE, Subject.RUSSIAN, 9, 2020)]
    assert not gap.held and book.find(Kind.OGE, Subject.RUSSIAN, 9, 2020) is None


@pytest.mark.parametrize(
    ("kind", "subject", "grade", "year"),
    [
        (Kind.VPR, Subject.WORLD, 4, 2020),
        (Kind.VPR, Subject.HISTORY, 6, 2022),
        (Kind.VPR, Subject.RUSSIAN, 5, 2018),
        (Kind.VPR, Subject.MATH, 5, 2023),
        (Kind.VPR, Subject.MATH, 4, 2026),
        (Kind.OGE, Subject.RUSSIAN, 9, 2019),
        (Kind.OGE, Subject.MATH, 9, 2024),
    ],
)
def test_gap_has_a_reason(book: ScaleBook, kind: Kind, subject: Subject, grade: int, year: int) -> None:
    assert book.find(kind, subject, grade, year) is None
    assert book.why_missing(kind, subject, grade, year)


def test_no_gap_covers_a_scale_that_is_there(book: ScaleBook) -> None:
    both = [
        scale.key
        for scale in book.scales
        for gap in book.missing
        if gap.covers(scale.kind, scale.subject, scale.grade, scale.year)
    ]
    # The rest of 2026 is missing, Russian of grade 4 is known: a gap is asked for only after ``find``.
    assert both == ["vpr/2026/russian/4"]


def test_russian_4_of_2026_is_another_paper(book: ScaleBook) -> None:
    scale = book.find(Kind.VPR, Subject.RUSSIAN, 4, 2026)
    assert scale is not None and not scale.confirmed
    assert [scale.mark_of(score) for score in (9, 10, 15, 16, 20, 21, 24)] == [2, 3, 3, 4, 4, 5, 5]


def test_subject_codes_keep_the_disagreement(book: ScaleBook) -> None:
    assert book.subject_codes["01"].subjects == (Subject.RUSSIAN,)
    assert book.subject_codes["22"].kind is Kind.EGE_BASE
    assert book.subject_codes["09"].subjects == (Subject.SOCIAL, Subject.ENGLISH)


def test_region_has_its_own_scale(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("year: 2021", "year: 2021\nregion: '66'").replace("[2, 3, 4]", "[1, 3, 4]"),
          "vpr/2021-66.yaml")  # fmt: skip
    book = load_scales(tmp_path)
    found = [book.find(Kind.VPR, Subject.MATH, 6, 2021, region) for region in (None, "66", "99")]
    assert [scale.minimum for scale in found if scale] == [2, 1, 2]


def test_good_file_is_read(tmp_path: Path) -> None:
    scale = load_scales(write(tmp_path, GOOD)).find(Kind.VPR, Subject.MATH, 6, 2021)
    assert scale is not None and scale.source == "Описание"
    assert [(item.position, item.label, item.maximum, item.level) for item in scale.items] == [
        (1, "1", 1, "Б"),
        (2, "2.1", 2, "П"),
        (3, "2К1", 1, None),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("maximum: 4", "maximum: 5", 6, "do not add up"),
        ("lower: [2, 3, 4]", "lower: [2, 3]", 9, "нужно три"),
        ("lower: [2, 3, 4]", "lower: [3, 2, 4]", 6, "must rise"),
        ("subject: math", "subject: maths", 6, "maths"),
        ("grade: 6", "grade: шестой", 7, "шестой"),
        ("grade: 6", "grade: 6\n    grad: 7", 8, "grad"),
        ("2.1(2)П", "2.1[2]П", 10, "2.1[2]П"),
        ("confirmed: true", "confirmed: maybe", 3, "maybe"),
        ("source: Описание\n", "", 1, "source"),
        ("year: 2021", "year: 2022", 2, "Год"),
        ("kind: vpr", "kind: oge", 1, "Вид"),
        ("[physics]", "[alchemy]", 12, "alchemy"),
        ("kind: vpr", "kind: [vpr", None, "YAML"),
        (
            "items: 1(1)Б",
            "extra: [{text: Т, items: 2К2, least: 1, otherwise: 2}]\n    items: 1(1)Б",
            6,
            "2К2",
        ),
        (
            "items: 1(1)Б",
            "extra: [{text: Т, items: 2К1, least: 0, otherwise: 2}]\n    items: 1(1)Б",
            10,
            "least",
        ),
        ("items: 1(1)Б", "extra: [Не менее 2 баллов]\n    items: 1(1)Б", 10, "extra"),
    ],
)
def test_wrong_file_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int | None, said: str
) -> None:
    error = refusal(write(tmp_path, GOOD.replace(old, new)))
    assert error.file == "vpr/2021.yaml"
    assert line is None or error.line == line
    assert said in error.sentence + str(error) and error.remedy


def test_same_scale_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    error = refusal(write(tmp_path, GOOD, "vpr/2021-again.yaml"))
    assert "vpr/2021" in error.sentence and "vpr/2021-again.yaml" in error.sentence + error.file


def test_directory_without_scales_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path).remedy
