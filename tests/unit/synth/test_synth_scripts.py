"""What is written in a region: totals, marks, absences, spread between schools, children that move up."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.schema.assessments import Assessment, Kind, Subject
from rostok.schema.scales import Item
from rostok.synth import Region, children, scripts
from rostok.synth.blueprints import Blueprint, Condition
from rostok.synth.streams import stream


def found(region: Region, key: str) -> Assessment:
    return next(one for one in region.assessments if one.key == key)


def intraclass(values: np.ndarray, groups: np.ndarray) -> float:
    """One-way analysis of variance with unequal groups (Donner 1986)."""
    _, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place)
    means = np.bincount(place, values) / sizes
    within = ((values - means[place]) ** 2).sum() / (len(values) - len(sizes))
    between = (sizes * (means - values.mean()) ** 2).sum() / (len(sizes) - 1)
    typical = (len(values) - (sizes**2).sum() / len(values)) / (len(sizes) - 1)
    component = (between - within) / typical
    return float(component / (component + within))


def test_schools_differ_as_much_as_in_real_results(region: Region) -> None:
    for assessment in region.assessments:
        if assessment.kind is Kind.VPR:
            written = region.scripts(assessment)
            sat = ~written.absent
            icc = intraclass(written.total[sat].astype(float), written.school[sat])
            assert 0.10 <= icc <= 0.20, assessment.key


def test_totals_and_marks_follow_from_the_items(region: Region) -> None:
    written = region.scripts(found(region, "vpr/2021/spring/math/5"))
    assert (written.total == np.where(written.scores > 0, written.scores, 0).sum(axis=0)).all()
    # ВПР 2021, mathematics, grade 5: 0–6, 7–10, 11–14, 15–20.
    for total, mark in ((6, 2), (7, 3), (10, 3), (11, 4), (14, 4), (15, 5)):
        assert set(written.mark[written.total == total]) == {mark}
    assert (written.under_minimum == (written.mark == 2)).all()


def test_absences_are_ordinary_in_most_schools_and_many_in_some(region: Region) -> None:
    written = region.scripts(found(region, "vpr/2020/autumn/math/5"))
    assert 0.10 <= written.absent.mean() <= 0.20
    sizes = np.bincount(written.school)
    shares = np.bincount(written.school, written.absent)[sizes >= 10] / sizes[sizes >= 10]
    assert np.median(shares) < 0.20
    assert shares.max() > 0.40


def test_codes_number_pupils_by_the_grade_they_are_in(region: Region) -> None:
    written = region.scripts(found(region, "vpr/2020/autumn/math/5"))
    first = written.school == written.school[0]
    assert written.code[first].tolist() == [60_001 + n for n in range(int(first.sum()))]


def test_same_children_write_in_autumn_and_spring_of_a_school_year(region: Region) -> None:
    autumn = children.who_writes(region.population, found(region, "vpr/2020/autumn/math/5"))
    spring = children.who_writes(region.population, found(region, "vpr/2021/spring/math/6"))
    assert (autumn.school == spring.school).all() and (autumn.klass == spring.klass).all()
    assert np.corrcoef(autumn.ability, spring.ability)[0, 1] > 0.97


def test_a_year_later_some_children_have_left(region: Region) -> None:
    before = children.who_writes(region.population, found(region, "vpr/2021/spring/math/5"))
    after = children.who_writes(region.population, found(region, "vpr/2022/spring/math/6"))
    both = np.corrcoef(before.ability, after.ability)[0, 1]
    assert 0.85 < both < 0.99


def test_subjects_of_one_child_go_together_but_not_wholly(region: Region) -> None:
    math = children.who_writes(region.population, found(region, "vpr/2021/spring/math/5"))
    russian = children.who_writes(region.population, found(region, "vpr/2021/spring/russian/5"))
    assert 0.55 < np.corrcoef(math.ability, russian.ability)[0, 1] < 0.80


def test_journal_marks_go_with_results(region: Region) -> None:
    written = region.scripts(found(region, "vpr/2021/spring/math/5"))
    sat = ~written.absent
    assert 0.45 < np.corrcoef(written.journal[sat], written.total[sat])[0, 1] < 0.85
    assert set(written.journal) == {2, 3, 4, 5}


def test_asking_again_gives_the_same_scripts(region: Region) -> None:
    one = found(region, "vpr/2022/spring/russian/6")
    first, second = region.scripts(one), region.scripts(one)
    assert (first.scores == second.scores).all() and (first.absent == second.absent).all()


def plan(*maxima: int, bounds: tuple[int, int, int], conditions: tuple[Condition, ...] = ()) -> Blueprint:
    items = tuple(Item(n, str(n), most) for n, most in enumerate(maxima, start=1))
    return Blueprint(Kind.VPR, Subject.MATH, 5, items, bounds[0], 0.5, 0.8, bounds, conditions)


def test_lift_moves_only_scores_just_under_a_bound() -> None:
    paper = plan(2, 2, 2, 2, bounds=(3, 5, 7))
    # Totals 0, 2 (one short of 3), 6 (one short of 7), 8; the first item was not taught in the second script.
    before = np.array([[0, -2, 2, 2], [0, 2, 2, 2], [0, 0, 2, 2], [0, 0, 0, 2]], dtype=np.int8)
    after = scripts.lift(np.tile(before, 200), paper, stream(1, "lift"))
    totals = np.where(after > 0, after, 0).sum(axis=0).reshape(200, 4)
    assert set(totals[:, 0]) == {0} and set(totals[:, 3]) == {8}
    assert set(totals[:, 1]) <= {2, 3} and (totals[:, 1] == 3).mean() > 0.85
    assert set(totals[:, 2]) <= {6, 7} and (totals[:, 2] == 7).mean() > 0.85
    assert (after[0].reshape(200, 4)[:, 1] == -2).all()


@pytest.mark.parametrize(("literacy", "mark"), [(6, 5), (5, 4), (4, 4), (3, 3)])
def test_marks_of_the_russian_exam_depend_on_literacy(literacy: int, mark: int) -> None:
    # ОГЭ, русский язык: 29 points are «5» only with 6 for literacy, «4» only with 4.
    paper = plan(33 - 8, 8, bounds=(15, 23, 29), conditions=(Condition((2,), 4, 4), Condition((2,), 6, 5)))
    scores = np.array([[29 - literacy], [literacy]], dtype=np.int8)
    assert scripts.marks(scores, np.array([29], dtype=np.int16), paper).tolist() == [mark]
