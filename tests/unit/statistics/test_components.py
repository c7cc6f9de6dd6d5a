"""Components are found again where the truth is known, and stated where the data are silent."""

import numpy as np
import pytest

from rostok.statistics.cells import Cells, ClassCells
from rostok.statistics.components import DEFAULT, Components, fit

PAPERS = 8
SUBJECT = np.array([0, 1, 0, 1, 0, 1, 0, 1])
GENERATION = np.array([0, 0, 1, 1, 2, 2, 0, 0])
OCCASION = np.array([0, 0, 0, 0, 1, 1, 1, 1])
CENTRE, SPREAD = 0.6, 0.15
TRUTH = {"school": 0.45, "occasion": 0.15, "subject": 0.1, "generation": 0.1, "paper": 0.08, "cell": 0.12}


def region(rng: np.random.Generator, truth: dict[str, float], schools: int, pupils: int) -> Cells:
    """Angles drawn as the model says; grades of about ``pupils``."""

    def effect(name: str, labels: np.ndarray) -> np.ndarray:
        return np.sqrt(truth[name]) * rng.normal(size=(schools, labels.max() + 1))[:, labels]

    paper = GENERATION * 2 + SUBJECT
    effects = sum(
        effect(name, labels)
        for name, labels in (
            ("school", np.zeros(PAPERS, dtype=np.int64)),
            ("occasion", OCCASION),
            ("subject", SUBJECT),
            ("generation", GENERATION),
            ("paper", paper),
            ("cell", np.arange(PAPERS)),
        )
    )
    share = np.sin(np.clip(CENTRE + SPREAD * np.asarray(effects), 0, np.pi / 2)) ** 2
    # Sizes differ: otherwise a cohort's effect and the correlation of a pupil's papers look the same.
    sizes = np.repeat(rng.integers(pupils // 3, 2 * pupils, (schools, 1)), PAPERS, axis=1)
    return cells_of(sizes, rng.binomial(sizes, share))


def cells_of(participants: np.ndarray, under: np.ndarray, papers: slice = slice(None)) -> Cells:
    index = np.arange(PAPERS)[papers]
    unit, column = np.divmod(np.arange(participants.shape[0] * index.size), index.size)
    paper = index[column]
    return Cells(
        unit=unit,
        assessment=paper,
        subject=SUBJECT[paper],
        generation=GENERATION[paper],
        occasion=OCCASION[paper],
        participants=participants[unit, paper],
        under_minimum=under[unit, paper],
        class_concentration=np.full(unit.size, np.nan),
    )


@pytest.fixture(scope="module")
def large() -> Components:
    return fit(region(np.random.default_rng(3), TRUTH, schools=3000, pupils=150))


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_shares_are_found_again(large: Components, name: str) -> None:
    assert getattr(large, name) == pytest.approx(TRUTH[name], abs=0.04)


def test_levels_are_found_again(large: Components) -> None:
    assert large.centre == pytest.approx(np.full(PAPERS, CENTRE), abs=0.01)
    assert large.spread == pytest.approx(np.full(PAPERS, SPREAD), rel=0.06)
    assert large.assumed == ()
    assert large.schools == 3000


def test_shares_add_up_to_one(large: Components) -> None:
    assert large.persisting + large.redrawn == pytest.approx(1.0)


def test_levels_are_found_again_from_small_classes() -> None:
    found = fit(region(np.random.default_rng(4), TRUTH, schools=6000, pupils=7))
    assert found.centre == pytest.approx(np.full(PAPERS, CENTRE), abs=0.01)
    assert found.spread == pytest.approx(np.full(PAPERS, SPREAD), rel=0.08)
    assert found.persisting == pytest.approx(0.7, abs=0.08)


def test_schools_that_do_not_differ_persistently_are_seen_not_to() -> None:
    alike = {"school": 0.0, "occasion": 0.0, "subject": 0.0, "generation": 0.4, "paper": 0.3, "cell": 0.3}
    found = fit(region(np.random.default_rng(5), alike, schools=3000, pupils=150))
    assert found.persisting < 0.06


def test_one_generation_is_split_as_the_default_says() -> None:
    """Two papers of the same children cannot tell the school from the cohort."""
    both = region(np.random.default_rng(6), TRUTH, schools=800, pupils=150)
    n, x = both.participants.reshape(-1, PAPERS), both.under_minimum.reshape(-1, PAPERS)
    found = fit(cells_of(n, x, slice(2, 4)))
    assert {"school", "generation", "class_share"} <= set(found.assumed)
    default = DEFAULT["generation"] / DEFAULT["school"]
    assert found.generation / found.school == pytest.approx(default, rel=0.02)


def test_one_paper_rests_on_defaults_altogether() -> None:
    found = fit(cells_of(np.full((300, PAPERS), 40), np.full((300, PAPERS), 8), slice(0, 1)))
    for name, value in DEFAULT.items():
        assert getattr(found, name) == pytest.approx(value)
    assert "school" in found.assumed


def test_a_paper_of_one_school_is_drawn_towards_the_others() -> None:
    n, x = np.full((40, PAPERS), 30), np.full((40, PAPERS), 6)
    base = cells_of(n, x, slice(0, 1))
    alone = Cells(
        **{
            name: np.append(getattr(base, name), value)
            for name, value in {
                "unit": 0, "assessment": 5, "subject": 1, "generation": 9, "occasion": 9,
                "participants": 3, "under_minimum": 3, "class_concentration": np.nan,
            }.items()
        }
    )  # fmt: skip
    found = fit(alone)
    assert 0.2 < np.sin(found.centre[5]) ** 2 < 0.5
    assert found.spread[5] > 0.1
    assert np.isnan(found.centre[3])
    assert found.share[5] == 1.0  # the pooled share is the fact, not an estimate


def test_nothing_usable_is_refused() -> None:
    with pytest.raises(ValueError, match="no cell"):
        fit(cells_of(np.full((2, PAPERS), 5), np.full((2, PAPERS), np.nan)))


def test_a_region_without_anyone_below_is_no_error() -> None:
    found = fit(cells_of(np.full((50, PAPERS), 20), np.zeros((50, PAPERS))))
    assert np.isfinite(found.centre).all()
    assert found.centre.max() < 0.1


def test_order_of_cells_and_classes_changes_no_bit() -> None:
    rng = np.random.default_rng(7)
    cells = region(rng, TRUTH, schools=60, pupils=50)
    halves = ClassCells(
        np.repeat(np.arange(len(cells)), 2), np.full(2 * len(cells), 25), rng.integers(0, 12, 2 * len(cells))
    )
    order = rng.permutation(len(cells))
    position = np.argsort(order)
    shuffled = Cells(**{name: getattr(cells, name)[order] for name in Cells.__dataclass_fields__})
    mixed = rng.permutation(halves.cell.size)
    moved = ClassCells(position[halves.cell][mixed], halves.participants[mixed], halves.under_minimum[mixed])
    first, second = fit(cells, halves), fit(shuffled, moved)
    assert first.centre.tobytes() == second.centre.tobytes()
    for name in ("school", "occasion", "subject", "generation", "paper", "cell", "class_share"):
        assert getattr(first, name) == getattr(second, name)


def test_classes_bound_their_share() -> None:
    """Classes that do not differ cannot make cohorts of one class vary more than cohorts of many."""
    cells = region(np.random.default_rng(8), TRUTH, schools=400, pupils=50)
    halves = [np.floor(cells.participants / 2), np.floor(cells.under_minimum / 2)]
    n, x = (np.concatenate([half, half]) for half in halves)
    same = ClassCells(np.concatenate([np.arange(len(cells))] * 2), n, x)
    assert fit(cells, same).class_share == 0.0


def test_shock_scale_goes_with_classes_only_as_far_as_their_share() -> None:
    base = fit(cells_of(np.full((5, PAPERS), 30), np.full((5, PAPERS), 6)))
    half = Components(**{n: getattr(base, n) for n in Components.__dataclass_fields__} | {
        "class_share": 0.5, "mean_concentration": 0.5,
    })  # fmt: skip
    # one class: ½ + ½ · 1/0.5 = 1.5; four classes: ½ + ½ · 0.25/0.5 = 0.75
    assert half.shock_scale(np.array([1.0, 0.25])) ** 2 == pytest.approx([1.5, 0.75])
