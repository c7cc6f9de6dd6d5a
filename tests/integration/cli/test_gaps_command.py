"""``rostok gaps``: maps of two classes and two schools worked by hand, skills, years, bad input."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from rostok.cli import gaps as gaps_command
from rostok.pipeline import GapPlan
from tests.integration.command import contents, rostok
from tests.integration.papers import HEADER as COLUMNS
from tests.integration.papers import MAXIMA, NAME, NINE, STEM, export, row, write

HEADER = [
    "unit_level",
    "unit_id",
    "kind",
    "subject",
    "grade",
    "year",
    "wave",
    "item",
    "item_level",
    "participants",
    "mean_score",
    "max_score",
    "percent_correct",
    "lower",
    "upper",
    "region_percent",
    "difference",
    "item_rest",
    "not_attempted_share",
    "not_taught_share",
    "status",
]
SKILL_HEADER = [name for column in HEADER for name in (("skill", "items") if column == "item" else (column,))]

NONE = (0,) * 13
# School 1: class «а» of two, «Б» of one; school 2: thirty pupils who fail everything but item 1.
PUPILS = [
    row(60001, class_name="а"),
    row(60002, total=8, items=(0, *NINE[1:]), class_name="А "),
    row(60003, total=2, items=("X", "не пройд.", "", 1, 1, *NONE[5:]), class_name="б"),
    *(row(60000 + at, total=1, items=(1, *NONE[1:]), school="sch990002") for at in range(10, 40)),
]


def codifier(folder: Path, year: int = 2021, name: str = "к.json", **more: object) -> Path:
    """Items 1–3 are one skill, 4–12 another, 13 the third; blocks alike in every year but for item 13."""

    def task(at: int, most: int) -> dict[str, object]:
        skill = "Считать, делить" if at <= 3 else "Чертить" if at <= 12 else "Доказывать"
        block = skill if at <= 12 else f"{skill} {year}"
        return {"task": str(at), "skill": skill, "level": "П" if at == 13 else "Б", "max": str(most), "blocks": [block],
                "kes": ["1"], "kt": ["2"]}  # fmt: skip

    paper = {
        "subject": "math",
        "grade": 6,
        "year": year,
        "tasks": [task(at, most) for at, most in enumerate(MAXIMA, 1)],
    }
    path = folder / name
    path.write_text(json.dumps([paper | more]), encoding="utf-8")
    return path


def mapped(tmp_path: Path, by: str, *more: object, files: dict[str, bytes] | None = None) -> Path:
    given = write(tmp_path / "input", files or {NAME: export(*PUPILS)})
    out = tmp_path / "out"
    done = rostok("gaps", given, "--by", by, "--out", out, "--workers", "1", *more)
    assert done.code == 0, done.err
    assert done.out == f"{out / 'gaps.csv'}\n"
    return out


def rows(out: Path, name: str = "gaps.csv") -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def item(out: Path, unit: str, label: str, name: str = "gaps.csv") -> dict[str, str]:
    (found,) = [row for row in rows(out, name) if row["unit_id"] == unit and row["item"] == label]
    return found


def test_map_of_schools_by_hand(tmp_path: Path) -> None:
    out = mapped(tmp_path, "school")
    assert list(rows(out)[0]) == HEADER
    assert len(rows(out)) == 2 * 13
    first = item(out, "990001", "1")
    # One of three has it; the «X» is an answer of 0 points. Region: 31 of 33.
    assert (first["kind"], first["subject"], first["grade"], first["year"], first["wave"]) == (
        "vpr", "math", "6", "2021", "spring")  # fmt: skip
    assert (first["participants"], first["mean_score"], first["max_score"]) == ("3", "0.333333", "1")
    assert (first["percent_correct"], first["region_percent"], first["difference"]) == (
        "33.3333",
        "93.9394",
        "-60.6061",
    )
    assert (first["not_attempted_share"], first["not_taught_share"]) == ("0.333333", "0.000000")
    # Wilson's interval of 1 of 3 (Newcombe 1998: 0.0615–0.7923).
    assert (float(first["lower"]), float(first["upper"])) == (
        pytest.approx(6.15, abs=0.01),
        pytest.approx(79.23, abs=0.01),
    )
    assert (first["item_level"], first["status"], first["item_rest"]) == ("Б", "cannot_tell", "")


def test_not_taught_and_blank_are_in_no_base(tmp_path: Path) -> None:
    out = mapped(tmp_path, "school")
    second, third = item(out, "990001", "2"), item(out, "990001", "3")
    assert (second["participants"], second["percent_correct"], second["not_taught_share"]) == (
        "2",
        "100.0000",
        "0.333333",
    )
    assert (third["participants"], third["not_taught_share"], third["not_attempted_share"]) == (
        "2",
        "0.000000",
        "0.000000",
    )


def test_verdicts_need_the_whole_interval(tmp_path: Path) -> None:
    out = mapped(tmp_path, "school")
    # 30 of 30: Wilson's lower bound is 88.6 %; 0 of 30: upper 11.4 %.
    assert item(out, "990002", "1")["status"] == "above"
    assert item(out, "990002", "2")["status"] == "below"
    # 2 of 2 is 100 %, and from 34 % up: nobody can tell.
    assert item(out, "990001", "2")["status"] == "cannot_tell"


def test_classes_belong_to_their_school(tmp_path: Path) -> None:
    out = mapped(tmp_path, "class")
    assert {row["unit_level"] for row in rows(out)} == {"class"}
    assert sorted({row["unit_id"] for row in rows(out)}) == ["990001/А", "990001/Б", "990002/А"]
    assert item(out, "990001/А", "1")["percent_correct"] == "50.0000"
    assert item(out, "990001/Б", "2")["participants"] == "0"
    assert item(out, "990001/Б", "2")["percent_correct"] == ""
    said = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert said["suppressed"] is False and "только для самой школы" in said["for"]


def test_municipality_and_region(tmp_path: Path) -> None:
    register = "Логин;Наименование;Муниципалитет\nsch990001;Школа 1;Город\nsch990002;Школа 2;Город\n".encode()
    out = mapped(tmp_path, "municipality", files={NAME: export(*PUPILS), "школы.csv": register})
    # The register's word wins over that of the results («Муниципалитет 1»).
    assert {row["unit_id"] for row in rows(out)} == {"Город"}
    assert item(out, "Город", "1")["percent_correct"] == "93.9394"
    found = item(mapped(tmp_path, "region"), "reg99", "1")
    assert (found["participants"], found["difference"]) == ("33", "0.0000")
    # Two schools that differ: the municipality's interval is wider than that of 33 independent pupils (80.4–98.3).
    assert float(found["lower"]) < 80


def test_skills_of_a_codifier(tmp_path: Path) -> None:
    out = mapped(tmp_path, "school", "--codifier", codifier(tmp_path))
    found = [row for row in rows(out, "skills.csv") if row["unit_id"] == "990002"]
    assert list(found[0]) == SKILL_HEADER
    assert [(row["skill"], row["items"], row["max_score"], row["percent_correct"]) for row in found] == [
        ("Считать, делить", "3", "3", "33.3333"),
        ("Чертить", "9", "11", "0.0000"),
        ("Доказывать", "1", "2", "0.0000"),
    ]
    # One point of three each, thirty times alike: no variance, so as thirty answers: Wilson 19.2–51.2 %, under 57.
    assert [row["status"] for row in found] == ["below", "below", "cannot_tell"]
    # The skill of one item: no verdict, because a verdict needs two.
    systemic = {(row["unit_id"], row["skill"]): row for row in rows(out, "systemic.csv")}
    assert systemic["990002", "Считать, делить"]["labels_below"] == "2, 3"
    assert ("990002", "Доказывать") not in systemic
    # Pupils of school 1 who answered all three items of the skill: two of three.
    first = next(row for row in rows(out, "skills.csv") if row["unit_id"] == "990001")
    assert (first["participants"], first["percent_correct"]) == ("2", "83.3333")


def test_a_skill_that_says_little_of_a_pupil_is_judged_for_a_group(tmp_path: Path) -> None:
    """Sixty pupils; s of items 1–3 is 0, 1, 1, 2 for 20, 10, 10, 20 of them, and the rest of the paper is 4 · s.

    Items 1 and 2: p = 1/2, variance 15/59 each, covariance 5/59; item 3: nobody. s: variance 40/59, alpha 3/2 ·
    (1 − 30/40) = 0.375. The total is 5 · s: (5 − 0.625)² / (0.375 · 25) is over 1, so 1, and more than 0.375.
    The group is judged all the same: 60 of 180 points are 33 %, far under 57.
    """
    kinds = [(0, 0)] * 20 + [(1, 0)] * 10 + [(0, 1)] * 10 + [(1, 1)] * 20
    lines = [
        row(60000 + at, total=5 * sum(both), items=(*both, 0, *_ones(4 * sum(both), 9), 0))
        for at, both in enumerate(kinds, 1)
    ]
    out = mapped(tmp_path, "school", "--codifier", codifier(tmp_path), files={NAME: export(*lines)})
    said = {line["skill"]: line for line in rows(out, "subscores.csv")}
    first = said["Считать, делить"]
    assert (first["alpha"], first["prmse_total"], first["says_more"]) == ("0.375000", "1.000000", "no")
    assert first["verdict"] == "given" and said["Доказывать"]["verdict"] == "few_items"
    found = next(line for line in rows(out, "skills.csv") if line["skill"] == "Считать, делить")
    assert (found["percent_correct"], found["status"]) == ("33.3333", "below")
    assert float(found["upper"]) < 57
    page = (out / "maps.html").read_text(encoding="utf-8")
    assert re.search(r"У1[^:<]*: отдельно от всей работы умение почти ничего не говорит об ученике", page)


def _ones(count: int, of: int) -> tuple[int, ...]:
    return tuple(int(at < count) for at in range(of))


def test_one_item_is_enough_only_when_asked_and_then_said(tmp_path: Path) -> None:
    out = mapped(tmp_path, "school", "--codifier", codifier(tmp_path), "--least-items", "1")
    found = next(r for r in rows(out, "skills.csv") if (r["unit_id"], r["skill"]) == ("990002", "Доказывать"))
    assert found["status"] == "below"
    said = {(row["unit_id"], row["skill"]): row["rests_on"] for row in rows(out, "systemic.csv")}
    assert said["990002", "Доказывать"] == "one_item"


def test_codifier_gives_levels_the_paper_lacks(tmp_path: Path) -> None:
    """The paper of 2023 has no description here: no verdicts without a codifier, verdicts with it."""
    full = row(60009, total=16, items=MAXIMA)
    files = {f"{STEM.replace('2021', '2023')}.csv": export(*PUPILS, full)}
    plain = mapped(tmp_path, "school", files=files)
    assert {row["status"] for row in rows(plain)} == {"cannot_tell"}
    with_levels = mapped(tmp_path, "school", "--codifier", codifier(tmp_path, 2023), files=files)
    assert item(with_levels, "990002", "13")["item_level"] == "П"
    assert "below" in {row["status"] for row in rows(with_levels)}


def test_years_are_compared_by_common_blocks_only(tmp_path: Path) -> None:
    later = [line for line in PUPILS if line[0] == "sch990001"]
    files = {NAME: export(*PUPILS), f"2022/{STEM.replace('2021', '2022')}.csv": export(*later)}
    both = ("--codifier", codifier(tmp_path), "--codifier", codifier(tmp_path, 2022, "к2.json"))
    found = rows(mapped(tmp_path, "school", *both, files=files), "years.csv")
    # «Доказывать 2021» and «Доказывать 2022» are different blocks; school 2 wrote one year only.
    assert [(row["unit_id"], row["block"], row["items"], row["earlier"], row["later"]) for row in found] == [
        ("990001", "Считать, делить", "3", "2021", "2022"),
        ("990001", "Чертить", "9", "2021", "2022"),
    ]
    assert {row["difference"] for row in found} == {"0.0000"}
    assert float(found[0]["lower"]) < 0 < float(found[0]["upper"])
    # With the codifier of one year only there is nothing to compare by.
    assert rows(mapped(tmp_path, "school", *both[:2], files=files), "years.csv") == []


def test_files_beside_the_map(tmp_path: Path) -> None:
    out = mapped(tmp_path, "school")
    marks = [row for row in rows(out, "marks.csv") if row["item"] == "1"]
    # Only groups of ten and more: thirty «2» of school 2.
    assert [(row["unit_id"], row["mark"], row["participants"], row["percent_correct"], row["crossing"]) for row in marks] == [
        ("990002", "2", "30", "100.0000", "no")]  # fmt: skip
    scores = [
        (row["unit_id"], row["raw_score"], row["participants"]) for row in rows(out, "distribution.csv")
    ]
    assert scores == [("990001", "2", "1"), ("990001", "8", "1"), ("990001", "9", "1"), ("990002", "1", "30")]
    tests = rows(out, "tests.csv")
    assert [(row["participants"], row["complete"], row["alpha"]) for row in tests] == [
        ("3", "2", ""),
        ("30", "30", ""),
    ]


def test_maps_only_and_other_skills(tmp_path: Path) -> None:
    out = mapped(tmp_path, "region", "--maps-only", "--skills-by", "kes", "--codifier", codifier(tmp_path))
    assert set(contents(out)) == {"gaps.csv", "skills.csv", "problems.csv", "run.json"}
    assert [(row["skill"], row["items"]) for row in rows(out, "skills.csv")] == [("1", "13")]


def test_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    more = ("--codifier", codifier(tmp_path))
    one = {
        name: text for name, text in contents(mapped(tmp_path, "class", *more)).items() if name != "run.json"
    }
    turned = {NAME: export(*reversed(PUPILS))}
    other = contents(mapped(tmp_path, "class", *more, files=turned))
    assert one == {name: text for name, text in other.items() if name in one and name != "run.json"} | {
        "problems.csv": one["problems.csv"]}  # fmt: skip


# --- the page to print


def test_page_of_maps_shows_items_and_skills_of_every_school(tmp_path: Path) -> None:
    out = mapped(tmp_path, "school", "--codifier", codifier(tmp_path))
    page = (out / "maps.html").read_text(encoding="utf-8")
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) == 2  # items and skills of the one paper
    # School 2: all thirty solve item 1 and none item 2; school 1 has three pupils, too few for a percent.
    assert ">100▴<" in pictures[0] and ">0▾<" in pictures[0]
    line = re.search(r'<th scope="row">990002</th>(.*?)</tr>', page, re.DOTALL)
    assert line is not None
    assert re.findall(r"<td>(.*?)</td>", line.group(1))[:2] == [
        "100,0\xa0%, выше порога",
        "0,0\xa0%, ниже порога",
    ]
    few = re.search(r'<th scope="row">990001</th>(.*?)</tr>', page, re.DOTALL)
    assert few is not None and set(re.findall(r"<td>(.*?)</td>", few.group(1))) == {"—"}
    assert "У1. Считать, делить" in page and "только для школы" not in page.lower()
    assert "http" not in re.sub(r'xmlns="[^"]*"|http-equiv', "", page)
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["maps_page"] is True


def test_page_of_classes_is_for_the_school_only(tmp_path: Path) -> None:
    page = (mapped(tmp_path, "class") / "maps.html").read_text(encoding="utf-8")
    assert "Только для школы" in page and "<title>Карты затруднений — только для школы</title>" in page
    assert "990002/А" in page


def test_many_maps_get_a_page_for_each_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two papers of two schools × 13 items, 26 cells each: one page up to 52 cells, with less one each."""
    other = f"{STEM.replace('2021', '2022')}.csv"
    given = write(tmp_path / "input", {NAME: export(*PUPILS), other: export(*PUPILS)})
    out = tmp_path / "out"
    monkeypatch.setattr("rostok.pipeline.gap_pages.MOST_CELLS", 52)
    assert rostok("gaps", given, "--by", "school", "--out", out, "--workers", "1").code == 0
    assert (out / "maps.html").read_text(encoding="utf-8").count("<svg") == 2 and not (out / "maps").exists()
    monkeypatch.setattr("rostok.pipeline.gap_pages.MOST_CELLS", 26)
    done = rostok("gaps", given, "--by", "school", "--out", out, "--workers", "1")
    assert done.code == 0 and "крупные единицы" not in done.err
    contents_page = (out / "maps.html").read_text(encoding="utf-8")
    links = re.findall(r'<a href="([^"]*)">[^<]*</a>: 2 строки', contents_page)
    assert links == ["maps/vpr-2021-spring-math-6.html", "maps/vpr-2022-spring-math-6.html"]
    pages = [(out / link).read_text(encoding="utf-8") for link in links]
    assert all(page.count("<svg") == 1 and 'href="../maps.html"' in page for page in pages)
    said = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert (said["maps_page"], said["maps_pages"], said["maps_reduced"]) == (True, 3, 0)


def test_units_too_many_for_a_page_are_shown_by_larger_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """26 cells by schools and 13 by regions: with 25 the page has the only region, and says how to get schools."""
    given, out = write(tmp_path / "input", {NAME: export(*PUPILS)}), tmp_path / "out"
    monkeypatch.setattr("rostok.pipeline.gap_pages.MOST_CELLS", 25)
    said = rostok("gaps", given, "--by", "school", "--out", out, "--workers", "1").err
    assert "более крупные единицы: 1" in " ".join(said.split())
    page = (out / "maps.html").read_text(encoding="utf-8")
    assert "в этой карте 26 (строк: 2)" in page and "дайте файлы одного муниципалитета" in page
    assert '<th scope="row">990002</th>' not in page and page.count("<svg") == 1
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["maps_reduced"] == 1


def test_notes_among_the_pages_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, out = write(tmp_path / "input", {NAME: export(*PUPILS)}), tmp_path / "out"
    monkeypatch.setattr("rostok.pipeline.gap_pages.MOST_CELLS", 13)
    for _ in range(2):  # the second replaces the pages of the first
        assert rostok("gaps", given, "--by", "school", "--out", out, "--workers", "1").code == 0
    write(out / "maps", {"заметки.txt": b"x"})
    assert rostok("gaps", given, "--by", "school", "--out", out, "--workers", "1").code == 2
    assert (out / "maps" / "заметки.txt").read_bytes() == b"x"


def test_places_of_units_and_items_of_skills_are_said(tmp_path: Path) -> None:
    """What a publication needs: where a school lies, and which items a skill is the sum of."""
    register = "Логин;Наименование;Код муниципалитета\nsch990001;А;7\nsch990002;Б;8\n".encode()
    files = {NAME: export(*PUPILS), "schools.csv": register}
    out = mapped(tmp_path, "school", "--codifier", codifier(tmp_path), files=files)
    places = [(row["unit_id"], row["municipality_id"], row["region_id"]) for row in rows(out, "places.csv")]
    assert places == [("990001", "7", "reg99"), ("990002", "8", "reg99")]
    labels = {row["skill"]: row["labels"] for row in rows(out, "subscores.csv")}
    assert (labels["Считать, делить"], labels["Доказывать"]) == ("1, 2, 3", "13")


# --- what cannot be done


def test_codifier_of_another_year_leaves_the_items(tmp_path: Path) -> None:
    given = write(tmp_path / "input", {NAME: export(*PUPILS)})
    done = rostok(
        "gaps", given, "--by", "school", "--codifier", codifier(tmp_path, 2020), "--out", tmp_path / "out"
    )
    assert done.code == 0
    assert "другого года (2020)" in done.err and "математика, 6 класс" in done.err
    assert rows(tmp_path / "out", "skills.csv") == []
    assert len(rows(tmp_path / "out")) == 26


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "к.json» нет ни одной работы с заданиями"),
        ('[{"subject": "math", "grade": 6, "year": 2021, "tasks": []}]', "нет ни одной работы с заданиями"),
        ('[{"subject": "russian", "grade": 6, "year": 2021, "tasks": [{"task": "1"}]}]',
         "математика, 6 класс, весна 2021» в кодификаторе ничего нет"),
    ],
    ids=["empty", "no-items", "other-subject"],
)  # fmt: skip
def test_a_codifier_that_gives_nothing_is_said_on_the_screen(tmp_path: Path, text: str, said: str) -> None:
    given = write(tmp_path / "input", {NAME: export(*PUPILS)})
    write(tmp_path, {"к.json": text.encode()})
    more = ("--codifier", tmp_path / "к.json", "--out", tmp_path / "out")
    done = rostok("gaps", given, "--by", "school", *more)
    assert done.code == 0 and said in " ".join(done.err.split())
    assert len(rows(tmp_path / "out")) == 26


def test_items_without_a_level_are_said_on_the_screen(tmp_path: Path) -> None:
    """The paper of 2023 has no description here."""
    files = {f"{STEM.replace('2021', '2023')}.csv": export(*PUPILS, row(60009, total=16, items=MAXIMA))}
    given = write(tmp_path / "input", files)
    done = rostok("gaps", given, "--by", "school", "--out", tmp_path / "out")
    assert done.code == 0 and "не известен уровень сложности" in " ".join(done.err.split())


def test_two_columns_of_one_heading_are_said_and_taken_by_their_order(tmp_path: Path) -> None:
    """«балл за 1» stands over the columns of items 1 and 2."""
    doubled = (*COLUMNS[:10], COLUMNS[9], *COLUMNS[11:])
    given = write(tmp_path / "input", {NAME: export(*PUPILS, header=doubled)})
    done = rostok("gaps", given, "--by", "school", "--out", tmp_path / "out", "--workers", "1")
    assert done.code == 0
    assert "названы одинаково: «балл за 1», «балл за 1»" in " ".join(done.err.split())
    assert item(tmp_path / "out", "990002", "2")["percent_correct"] == "0.0000"


def test_unreadable_codifier_writes_nothing(tmp_path: Path) -> None:
    given = write(tmp_path / "input", {NAME: export(*PUPILS), "к.json": b"{"})
    done = rostok(
        "gaps", given / "2021", "--by", "school", "--codifier", given / "к.json", "--out", tmp_path / "out"
    )
    assert done.code == 2
    assert "Кодификатор" in done.err and "Ничего не записано" in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("by", ["class", "school", "municipality", "region"])
def test_one_pupil_is_a_map_that_cannot_tell(tmp_path: Path, by: str) -> None:
    out = mapped(tmp_path, by, files={NAME: export(row())})
    assert len(rows(out)) == 13
    assert {row["status"] for row in rows(out)} == {"cannot_tell"}


def test_everybody_absent_is_said(tmp_path: Path) -> None:
    given = write(tmp_path / "input", {NAME: export(row(variant="отсутствовал", total="", items=("",) * 13))})
    done = rostok("gaps", given, "--by", "school", "--out", tmp_path / "out")
    assert done.code == 2
    assert "ни одной работы с баллами за задания" in done.err


def test_by_is_asked_for(tmp_path: Path) -> None:
    given = write(tmp_path / "input", {NAME: export(row())})
    assert rostok("gaps", given, "--out", tmp_path / "out").code == 2
    assert rostok("gaps", given, "--by", "teacher", "--out", tmp_path / "out").code == 2


def test_result_of_others_is_left_alone(tmp_path: Path) -> None:
    given = write(tmp_path / "input", {NAME: export(row())})
    write(tmp_path / "out", {"заметки.txt": b"x"})
    done = rostok("gaps", given, "--by", "school", "--out", tmp_path / "out")
    assert done.code == 2
    assert contents(tmp_path / "out") == {"заметки.txt": b"x"}


# --- differences


def test_schools_are_compared_with_their_classes_as_groups(tmp_path: Path) -> None:
    """Four schools of two classes, one class of each solves item 1 and the other does not, but for school 4.

    Its 30 pupils all solve it, 45 of the other 90 do. As pupils one by one: z = 0.5 / √(0.625 · 0.375 · (1/30 +
    1/90)) = 4.9 and named. But classes of one school differ that much in the other three: nothing is named.
    """
    lines = [
        row(60000 + 100 * school + at, total=solved, items=(solved, *NONE[1:]), school=f"sch99000{school}",
            class_name="АБ"[at % 2])
        for school in range(1, 5) for at in range(30) for solved in [1 if school == 4 else at % 2]
    ]  # fmt: skip
    out = mapped(tmp_path, "school", files={NAME: export(*lines)})
    said = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert said["differences_tested"] > 0
    assert rows(out, "differences.csv") == []


def test_a_difference_beyond_doubt_is_not_printed_as_nought(tmp_path: Path) -> None:
    """Nine tenths of one school solve item 1, one tenth of the other; all classes are alike."""
    lines = [
        row(60000 + 1000 * school + at, total=solved, items=(solved, *NONE[1:]), school=f"sch99000{school}",
            class_name="АБВГ"[at % 4])
        for school in (1, 2) for at in range(100) for solved in [int((at // 4 % 10 == 0) == (school == 1))]
    ]  # fmt: skip
    found = rows(mapped(tmp_path, "school", files={NAME: export(*lines)}), "differences.csv")
    assert {row["item"] for row in found} == {"1"}
    assert all("e-" in row["q_value"] and 0 < float(row["q_value"]) < 1e-4 for row in found)


def test_the_run_says_by_which_numbers_it_was_judged(tmp_path: Path) -> None:
    """The limits the manual names, with and without the option."""
    out = mapped(tmp_path, "school", "--maps-only")
    said = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert said["thresholds"]["Б"] == {"enough": 60, "margin": 3}
    limits = ("least_items", "least_answers", "least_group", "least_schools", "least_for_correlation")
    assert [said[name] for name in limits] == [2, 10, 10, 3, 50]
    assert (said["confidence"], said["false_discovery_rate"]) == (0.95, 0.05)


def test_the_command_and_the_plan_need_the_same_number_of_items() -> None:
    (option,) = [one for one in gaps_command.build().params if one.name == "least_items"]
    assert option.default == GapPlan().least_items
