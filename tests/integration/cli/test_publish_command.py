"""``rostok publish``: what is printed, what is refused, and a chain of publications."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from rostok import pipeline
from rostok.pipeline import publishing
from rostok.schema.problems import InputRefused
from tests.integration.command import contents, rostok
from tests.integration.pipeline.problem_cases import killed
from tests.integration.published import SKILL, Numbers, gaps_folder

# 990012 has three pupils among schools of 20 and 15; 990014 is large.
PAIRS = {
    "990011": (20, 10),
    "990012": (3, 2),
    "990013": (15, 7),
    "990014": (60, 31),
    "990021": (30, 12),
    "990022": (30, 13),
}


def numbers(**other: tuple[int, int]) -> Numbers:
    """The same in both items, but ``other`` in the second."""
    both = {(school, item): pair for school, pair in PAIRS.items() for item in "12"}
    return both | {(school, "2"): pair for school, pair in other.items()}


def rows(folder: Path, name: str = "gaps.csv") -> dict[tuple[str, str], dict[str, str]]:
    with (folder / "public" / name).open(encoding="utf-8", newline="") as stream:
        return {(row["unit_id"], row.get("item") or row["skill"]): row for row in csv.DictReader(stream)}


def test_a_small_school_and_one_beside_it_are_hidden(tmp_path: Path) -> None:
    done = rostok("publish", gaps_folder(tmp_path / "g", numbers(), "school"), "--out", tmp_path / "p")
    assert (done.code, done.out) == (0, f"{tmp_path / 'p' / 'public'}\n"), done.err
    found = rows(tmp_path / "p")
    hidden = {school for (school, item), row in found.items() if not row["participants"]}
    assert len(hidden) == 2 and "990012" in hidden and hidden <= {"990011", "990012", "990013", "990014"}
    # A school that is hidden is hidden in every item, and nothing of its points is left.
    closed = [row for (school, _), row in found.items() if school in hidden]
    assert not any(row[name] for row in closed for name in ("mean_score", "percent_correct", "status"))
    assert found["990021", "1"]["percent_correct"] == "40.0000"
    # Six schools: participants, and points of two items. Hidden: all three numbers of two schools, and the points of a
    # third in item 2: ten are to be in doubt there, and 2 + 7 of the two are too few. 990012 has three of these itself.
    assert "чисел 18, скрыто 7, из них ради других 4" in done.err
    assert "не публикуются: tests.csv, subscores.csv" in done.err
    said = json.loads((tmp_path / "p" / "run.json").read_text(encoding="utf-8"))
    assert said["suppressed"] is True and (said["numbers"], sum(said["hidden"].values())) == (18, 7)


def test_region_with_schools_of_no_municipality_keeps_its_percent(tmp_path: Path) -> None:
    """Four pupils of such a school solved item 1: 158 with 75 points are listed, 79 of 162 are 48.7654 %."""
    source = gaps_folder(tmp_path / "g", numbers(), "municipality")
    text = (source / "gaps.csv").read_text(encoding="utf-8")
    assert text.count(",47.4684,") == 2  # 75 of 158
    (source / "gaps.csv").write_text(text.replace(",47.4684,", ",48.7654,"), encoding="utf-8")
    done = rostok("publish", source, "--out", tmp_path / "p")
    assert done.code == 0, done.err
    found = rows(tmp_path / "p")
    assert not found["reg99_m001", "1"]["region_percent"] and not found["reg99_m001", "1"]["difference"]
    assert found["reg99_m001", "1"]["percent_correct"] == "51.0204"
    # In item 2, where nobody else answered, it stands: 75 of 316.
    assert found["reg99_m001", "2"]["region_percent"] == "23.7342"


def test_reasons_are_kept_apart(tmp_path: Path) -> None:
    rostok("publish", gaps_folder(tmp_path / "g", numbers(), "school"), "--out", tmp_path / "p")
    with (tmp_path / "p" / "private" / "cells.csv").open(encoding="utf-8", newline="") as stream:
        reasons = {
            (row["unit_id"], row["item"], row["quantity"]): row["reason"] for row in csv.DictReader(stream)
        }
    assert (
        reasons["990012", "", "participants"] == "small_group" and reasons["990021", "", "participants"] == ""
    )
    assert "small_group" not in (tmp_path / "p" / "public" / "gaps.csv").read_text(encoding="utf-8")


def test_a_skill_stands_where_it_is_the_sum_of_what_stands(tmp_path: Path) -> None:
    """One pupil of 990022 was not taught item 2. The skill is of all 30: 13 and 13 points of 30 · (1 + 2)."""
    source = gaps_folder(tmp_path / "g", numbers(**{"990022": (29, 13)}), "school")
    rostok("publish", source, "--out", tmp_path / "p")
    items, skills = rows(tmp_path / "p"), rows(tmp_path / "p", "skills.csv")
    assert [items["990022", item]["percent_correct"] for item in "12"] == ["43.3333", "21.6667"]
    assert skills["990022", SKILL]["participants"] == "30"
    assert skills["990022", SKILL]["percent_correct"] == "28.8889"
    assert not skills["990012", SKILL]["participants"]
    # 990011 is hidden in item 2 alone, beside 990012 and 990013.
    assert items["990011", "1"]["percent_correct"] and not items["990011", "2"]["percent_correct"]
    assert skills["990011", SKILL]["participants"] == "20" and not skills["990011", SKILL]["percent_correct"]
    assert not any(row["region_percent"] or row["lower"] for row in skills.values())


def test_what_was_hidden_before_stays_hidden(tmp_path: Path) -> None:
    """The same tables once more: the same cells are empty."""
    first = gaps_folder(tmp_path / "g1", numbers(), "school")
    assert rostok("publish", first, "--out", tmp_path / "p1").code == 0
    hidden = {school for (school, _), row in rows(tmp_path / "p1").items() if not row["participants"]}
    again = rostok("publish", first, "--previous", tmp_path / "p1", "--out", tmp_path / "p2")
    assert again.code == 0, again.err
    assert {school for (school, _), row in rows(tmp_path / "p2").items() if not row["participants"]} == hidden


def test_one_pupil_more_in_a_new_edition_is_not_given_away(tmp_path: Path) -> None:
    """31 pupils instead of 30, with 13 points instead of 12: the difference is one pupil who solved it."""
    first = gaps_folder(tmp_path / "g1", numbers(), "school")
    assert rostok("publish", first, "--out", tmp_path / "p1").code == 0
    assert rows(tmp_path / "p1")["990021", "1"]["participants"] == "30"
    changed = numbers() | {("990021", item): (31, 13) for item in "12"}
    second = gaps_folder(tmp_path / "g2", changed, "school")
    done = rostok("publish", second, "--previous", tmp_path / "p1", "--out", tmp_path / "p2")
    assert done.code == 0, done.err
    assert rows(tmp_path / "p2")["990021", "1"]["participants"] == ""


def test_a_region_is_hidden_only_where_nothing_else_helps(tmp_path: Path) -> None:
    """Nobody of the only school of a municipality solved the items: the points of the region less all others tell it.

    Cheapest by itself is to hide the region, which every row is compared with. A municipality and a school will do.
    """
    found = {("990021", item): (30, 0) for item in "12"}
    found |= {(school, item): (30, 14) for school in ("990011", "990012", "990013") for item in "12"}
    done = rostok("publish", gaps_folder(tmp_path / "g", found, "school"), "--out", tmp_path / "p")
    assert done.code == 0, done.err
    printed = [row for (_, item), row in rows(tmp_path / "p").items() if item == "1"]
    percents = sorted((row["percent_correct"], row["region_percent"]) for row in printed)
    # 14 of 30; 42 of 120
    assert percents == [(percent, "35.0000") for percent in ("", "", "46.6667", "46.6667")]


def test_how_many_were_not_taught_is_nowhere(tmp_path: Path) -> None:
    """Three of 990021 were not taught item 2, or none were: the same files."""
    for name, answered in (("all", 30), ("but-three", 27)):
        found = numbers(**{"990021": (answered, 12)})
        assert (
            rostok(
                "publish", gaps_folder(tmp_path / "g" / name, found, "school"), "--out", tmp_path / name
            ).code
            == 0
        )
    assert contents(tmp_path / "all" / "public") == contents(tmp_path / "but-three" / "public")
    row = rows(tmp_path / "but-three")["990021", "2"]
    # 12 points of 30 pupils; of 27 they would be 22.2222 %.
    assert (row["participants"], row["mean_score"], row["percent_correct"]) == ("30", "0.400000", "20.0000")
    one = rows(tmp_path / "but-three")["990021", "1"]
    # Of one point: Wilson's interval of 12 of 30, by hand (13.9207 ± 5.5989) / 33.8415.
    assert (one["lower"], one["upper"], row["lower"]) == ("24.5906", "57.6796", "")


def test_an_item_not_taught_to_many_is_left_out(tmp_path: Path) -> None:
    """Ten of sixty are more than five and than one in twenty: of all sixty the percent would say too little."""
    found = numbers(**{"990014": (50, 31), "990021": (0, 0)})
    for (school, item), pair in numbers().items():
        found.setdefault((school, item), pair)
    done = rostok("publish", gaps_folder(tmp_path / "g", found, "school"), "--out", tmp_path / "p")
    assert "не проходили многие: 2" in done.err
    printed = rows(tmp_path / "p")
    for school, n in (("990014", "60"), ("990021", "30")):
        row = printed[school, "2"]
        assert row["participants"] == n and not row["percent_correct"] and not row["status"]
    # Nobody of 990021 has a point, so that the other school of its municipality is hidden as well.
    assert not printed["990022", "2"]["percent_correct"] and printed["990022", "1"]["percent_correct"]


def test_an_item_with_a_comma_in_its_name(tmp_path: Path) -> None:
    source = gaps_folder(tmp_path / "g", numbers(), "school")
    for name, old, new in (
        ("gaps.csv", ",2,Б,", ',"2, а",Б,'),
        ("subscores.csv", '"1, 2"', '"1, ""2, а"""'),
    ):
        text = (source / name).read_text(encoding="utf-8")
        assert old in text
        (source / name).write_text(text.replace(old, new), encoding="utf-8")
    done = rostok("publish", source, "--out", tmp_path / "p")
    assert done.code == 0, done.err
    assert rows(tmp_path / "p", "skills.csv")["990021", SKILL]["percent_correct"] == "26.6667"  # 24 of 90


def test_a_killed_worker_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = of_two_years(tmp_path / "g")
    monkeypatch.setattr(publishing, "_chosen_apart", killed)
    with pytest.raises(InputRefused) as refused:
        pipeline.publish(source, out=tmp_path / "p", workers=2)
    assert [problem.code for problem in refused.value.problems] == ["worker-lost"]
    assert not (tmp_path / "p").exists()


def of_two_years(folder: Path) -> Path:
    """Maps of a paper, and of the same paper of another year."""
    source = gaps_folder(folder, numbers(), "school")
    for name in ("gaps.csv", "skills.csv", "subscores.csv", "tests.csv"):
        head, *lines = (source / name).read_text(encoding="utf-8").splitlines(keepends=True)
        later = [line.replace(",2021,", ",2022,") for line in lines]
        (source / name).write_text("".join([head, *lines, *later]), encoding="utf-8")
    return source


def test_papers_at_once_are_as_one_after_another_and_progress_goes_by_items(tmp_path: Path) -> None:
    source = of_two_years(tmp_path / "g")
    for workers in (1, 2):
        steps: list[tuple[int, int]] = []
        pipeline.publish(
            source, out=tmp_path / f"p{workers}", workers=workers,
            progress=lambda stage, done, total, steps=steps: steps.append((done, total)),
        )  # fmt: skip
        # Two papers of two items; the last is told when all is chosen.
        assert (steps[0], steps[-1]) == ((0, 4), (4, 4)) and [done for done, _ in steps] == sorted(
            done for done, _ in steps
        )
        assert workers == 2 or [done for done, _ in steps] == [0, 1, 2, 3, 3, 4]
    one, two = (contents(tmp_path / f"p{workers}") for workers in (1, 2))
    assert one == two and "2022" in (tmp_path / "p2" / "public" / "gaps.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "run.json").unlink(), "не результат «rostok gaps»"),
        (lambda folder: (folder / "run.json").write_text('{"command": "analyse"}'), "не результат «rostok gaps»"),
        (lambda folder: (folder / "run.json").write_text('{"command": "gaps", "by": "class"}'), "только для самой школы"),
        (lambda folder: (folder / "places.csv").unlink(), "places.csv"),
        (lambda folder: (folder / "tests.csv").unlink(), "tests.csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_published_is_refused(tmp_path: Path, spoil: object, said: str) -> None:
    source = gaps_folder(tmp_path / "g", numbers(), "school")
    spoil(source)  # type: ignore[operator]
    done = rostok("publish", source, "--out", tmp_path / "p")
    assert done.code == 2 and said in " ".join(done.err.split()) and not (tmp_path / "p").exists()


def test_an_earlier_folder_without_its_record_is_refused(tmp_path: Path) -> None:
    source = gaps_folder(tmp_path / "g", numbers(), "school")
    done = rostok("publish", source, "--previous", source, "--out", tmp_path / "p")
    assert done.code == 2 and "не прежняя публикация" in done.err
    assert "p" not in contents(tmp_path)


def test_a_publication_is_not_written_over(tmp_path: Path) -> None:
    """Its record is what the next one is checked against."""
    source = gaps_folder(tmp_path / "g", numbers(), "school")
    assert rostok("publish", source, "--out", tmp_path / "p").code == 0
    before = contents(tmp_path)
    for out in (tmp_path / "p", source):
        done = rostok("publish", source, "--out", out)
        assert done.code == 2 and "Укажите новую папку" in done.err
    assert contents(tmp_path) == before
