"""What a cell may be, and how cells lie in memory."""

import numpy as np
import pytest

from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.statistics.cells import Cells, ClassCells, Layout

AUTUMN_5 = Assessment(Kind.VPR, 2020, Wave.AUTUMN, Subject.MATH, 5)
SPRING_5 = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.RUSSIAN, 5)
SPRING_6 = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 6)


def cells(**changes: object) -> Cells:
    values: dict[str, object] = {
        "unit": [2, 1, 2],
        "assessment": [1, 0, 0],
        "participants": [60, 8, 20],
        "under_minimum": [6, np.nan, 5],
        "class_concentration": [np.nan, 0.5, np.nan],
    }
    return Cells.of([AUTUMN_5, SPRING_5, SPRING_6], **(values | changes))  # type: ignore[arg-type]


def test_labels_come_from_the_assessments() -> None:
    found = cells(unit=[1, 1, 1], assessment=[0, 1, 2])
    # sixth-graders on programme 5 in autumn and grade 6 in spring are the same children
    assert found.generation[0] == found.generation[2] != found.generation[1]
    assert found.subject[0] == found.subject[2] != found.subject[1]
    assert found.occasion[1] == found.occasion[2] != found.occasion[0]


def test_unknown_classes_are_taken_to_have_25_pupils() -> None:
    # 60 pupils make three classes, 20 make one; a known concentration stands
    assert cells().concentration == pytest.approx([1 / 3, 0.5, 1.0])


def test_a_cell_without_a_count_is_no_evidence() -> None:
    assert cells().usable.tolist() == [True, False, True]
    assert cells(participants=[60, 8, 0], under_minimum=[6, 1, 0]).usable.tolist() == [True, True, False]


def test_sorted_goes_by_school_and_assessment() -> None:
    found = cells().sorted()
    assert found.unit.tolist() == [1, 2, 2]
    assert found.assessment.tolist() == [0, 0, 1]
    assert found.participants.tolist() == [8, 20, 60]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"under_minimum": [61, 0, 0]}, "under the minimum"),
        ({"participants": [-1, 8, 20], "under_minimum": [0, 0, 0]}, "participants"),
        ({"participants": [np.nan, 8, 20]}, "participants"),
        ({"class_concentration": [0.0, 0.5, 1.0]}, "concentration"),
        ({"unit": [2, 1, 2], "assessment": [0, 0, 0]}, "two entries"),
    ],
)
def test_impossible_cells_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cells(**changes)


def test_unequal_lengths_are_refused() -> None:
    one = np.zeros(1, dtype=np.int64)
    with pytest.raises(ValueError, match="one length"):
        Cells(one, one, one, one, one, np.zeros(2), np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match="one length"):
        ClassCells(one, np.zeros(2), np.zeros(2))


def test_layout_ranks_cells_within_their_school() -> None:
    layout = Layout.of(cells(unit=[7, 3, 7]).sorted())
    assert layout.schools.tolist() == [3, 7]
    assert layout.rows.tolist() == [[0, -1], [1, 2]]
    assert layout.spread(np.array([10.0, 20.0, 30.0]), -5.0).tolist() == [[10.0, -5.0], [20.0, 30.0]]
    assert [part.schools.tolist() for part in layout.chunks(1)] == [[3], [7]]
