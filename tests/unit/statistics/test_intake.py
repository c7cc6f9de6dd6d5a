"""Another intake: hand-worked predictions, what is kept, what is guaranteed."""

from dataclasses import replace
from math import asin, comb, cos, exp, sqrt

import numpy as np
import pytest

from rostok.statistics import intake
from rostok.statistics.cells import Cells
from rostok.statistics.components import Components
from rostok.statistics.intake import Replicates, chance, pooled, replicates

COMPONENTS = Components(
    centre=np.full(8, 0.45),
    spread=np.full(8, 0.2),
    share=np.full(8, 0.2),
    school=0.6,
    occasion=0.1,
    subject=0.1,
    generation=0.1,
    paper=0.05,
    cell=0.05,
    pupil_correlation=0.3,
    class_share=0.2,
    mean_concentration=0.6,
    schools=100,
)
ALIKE = replace(COMPONENTS, school=0.0, occasion=0.0, subject=0.0, generation=0.4, paper=0.3, cell=0.3)


def cells(participants: list[list[float]], under: list[list[float]]) -> Cells:
    """Schools × papers; each paper its own generation, two subjects, two occasions."""
    n, x = np.array(participants, dtype=float), np.array(under, dtype=float)
    unit, paper = np.divmod(np.arange(n.size), n.shape[1])
    return Cells(
        unit=unit, assessment=paper, subject=paper % 2, generation=paper, occasion=paper // 2,
        participants=n.ravel(), under_minimum=x.ravel(), class_concentration=np.full(n.size, np.nan),
    )  # fmt: skip


def only(parts: object) -> Replicates:
    found = list(parts)  # type: ignore[call-overload]
    assert len(found) == 1
    return found[0]


def test_a_large_school_is_predicted_by_its_own_results() -> None:
    # 10,000 pupils and nothing drawn anew: the only cell says all there is to know
    fixed = replace(COMPONENTS, school=0.8, generation=0.0, paper=0.0, cell=0.0)
    drawn = only(replicates(cells([[10_000]], [[3_500]]), fixed)).under_minimum[0]
    assert drawn.mean() == pytest.approx(3_500, rel=0.01)
    # seen with error √(np(1 − p)) = 47.7 and drawn with it again: 47.7 · √2 = 67.5
    assert drawn.std() == pytest.approx(67.5, rel=0.06)


def test_a_single_cell_is_shrunk_by_the_formula_of_one_variable() -> None:
    # On the angular scale with n = 100: score 0.6883; prior variance 0.04 · 0.8, what is drawn anew 0.04 · 0.2,
    # sampling 1/402. Weight of the school: 0.032 / (0.032 + s² · 0.008 + 0.0025), with s from the level.
    score = asin(sqrt(40.375 / 100.75))
    single = replace(COMPONENTS, class_share=0.0)
    found = pooled(cells([[100]], [[40]]), single)
    first = 0.45 + 0.032 / (0.032 + 0.008 + 1 / 402) * (score - 0.45)
    larger = (np.sin(2 * first) / np.sin(0.9)) ** 2
    second = 0.45 + 0.032 / (0.032 + larger * 0.008 + 1 / 402) * (score - 0.45)
    assert found.share[0] == pytest.approx(np.sin(second) ** 2, abs=0.004)
    assert 0.2 < found.share[0] < 0.4


def test_the_smaller_the_school_the_nearer_to_the_region() -> None:
    found = pooled(cells([[5, 5], [20, 20], [200, 200]], [[3, 3], [12, 12], [120, 120]]), COMPONENTS)
    assert found.region == pytest.approx(np.full(3, np.sin(0.45) ** 2))
    assert found.region[0] < found.share[0] < found.share[1] < found.share[2] < 0.6
    width = found.upper - found.lower
    assert width[0] > width[1] > width[2]
    assert found.participants.tolist() == [10, 40, 400]


def test_a_school_without_results_has_no_pooled_share() -> None:
    found = pooled(cells([[0, 7], [20, 20]], [[0, np.nan], [2, 2]]), COMPONENTS)
    assert np.isnan([found.share[0], found.lower[0], found.upper[0], found.region[0]]).all()
    assert found.participants[0] == 0
    assert found.lower[1] < found.share[1] < found.upper[1]


def test_another_paper_of_the_school_informs_this_one() -> None:
    """The same 2 of 6 are read for what they are beside a large paper above or below the region."""
    high = only(replicates(cells([[6, 100]], [[2, 60]]), COMPONENTS)).under_minimum[0]
    low = only(replicates(cells([[6, 100]], [[2, 4]]), COMPONENTS)).under_minimum[0]
    assert high.mean() > low.mean() + 1.0


def test_hidden_cells_are_drawn_but_are_no_evidence() -> None:
    mask = np.array([True, False])
    first, second = (
        only(replicates(cells([[40, 60]], [[under, 12]]), COMPONENTS, hidden=mask)) for under in (0, 40)
    )
    assert first.under_minimum.tobytes() == second.under_minimum.tobytes()
    open_ones = only(replicates(cells([[40, 60]], [[40, 12]]), COMPONENTS)).under_minimum
    assert open_ones[0].mean() > first.under_minimum[0].mean() + 3


def test_unknown_stays_unknown_and_nobody_stays_nobody() -> None:
    found = only(replicates(cells([[20, 8, 0, 0]], [[4, np.nan, 0, np.nan]]), COMPONENTS))
    assert (found.under_minimum[1] == intake.UNKNOWN).all()
    assert (found.under_minimum[2] == 0).all()
    assert (found.under_minimum[3] == intake.UNKNOWN).all()
    assert (found.under_minimum[0] >= 0).all()
    assert (found.under_minimum[0] <= 20).all()


def test_extreme_cells_may_change_but_not_leave_their_bounds() -> None:
    found = only(replicates(cells([[5, 5], [5, 5]], [[0, 0], [5, 5]]), COMPONENTS)).under_minimum
    assert found.min() == 0
    assert found.max() == 5
    assert found[:2].max() > 0  # 0 of 5 does not mean that it is always 0 of 5
    assert found[2:].min() < 5


def test_long_form_numbers_units_by_draw() -> None:
    found = only(replicates(cells([[20, 30], [40, 50]], [[4, 6], [8, 10]]), COMPONENTS, draws=4))
    units, assessments, counts = found.long()
    assert units.tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7]
    assert assessments.tolist() == [0] * 4 + [1] * 4 + [0] * 4 + [1] * 4
    assert counts[8:12].tolist() == found.under_minimum[2].tolist()


@pytest.mark.parametrize("draws", [0, 1, 100])
def test_draws_are_a_power_of_two(draws: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        next(replicates(cells([[20]], [[4]]), COMPONENTS, draws=draws))


def test_chunks_and_order_and_other_schools_change_no_bit() -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(3, 120, (50, 6)).astype(float)
    all_cells = cells(n.tolist(), rng.binomial(n.astype(int), 0.25).tolist())
    whole = only(replicates(all_cells, COMPONENTS))
    pieces = np.concatenate([part.under_minimum for part in replicates(all_cells, COMPONENTS, chunk=7)])
    assert pieces.tobytes() == whole.under_minimum.tobytes()
    order = rng.permutation(len(all_cells))
    shuffled = Cells(**{name: getattr(all_cells, name)[order] for name in Cells.__dataclass_fields__})
    assert only(replicates(shuffled, COMPONENTS)).under_minimum.tobytes() == whole.under_minimum.tobytes()
    school = Cells(**{name: getattr(all_cells, name)[60:66] for name in Cells.__dataclass_fields__})
    alone = only(replicates(school, COMPONENTS))
    assert alone.under_minimum.tobytes() == whole.under_minimum[60:66].tobytes()


def test_another_seed_gives_other_draws_of_the_same_kind() -> None:
    first = only(replicates(cells([[60]], [[15]]), COMPONENTS)).under_minimum
    second = only(replicates(cells([[60]], [[15]]), COMPONENTS, seed=5)).under_minimum
    assert first.tobytes() != second.tobytes()
    assert first.mean() == pytest.approx(second.mean(), rel=0.02)


def test_more_than_64_papers_leave_the_first_deviates_alone() -> None:
    few, many = intake._normal_deviates(3, 16, 1), intake._normal_deviates(70, 16, 1)
    assert many.shape == (70, 16)
    assert many[:3].tobytes() == few.tobytes()
    assert not np.allclose(many[64], many[0])


@pytest.mark.parametrize(("pupils", "expected", "within"), [(10, 0.786, 0.03), (100, 0.003, 0.006)])
def test_chance_alone_agrees_with_the_binomial(pupils: int, expected: float, within: float) -> None:
    """Share 20 %, eight papers of different children: at least two at 30 % or more.

    P(x ≥ 0.3 n) for one paper and from it the binomial of eight, by hand: 0.786 and 0.003.
    """
    at_least = sum(
        comb(pupils, k) * 0.2**k * 0.8 ** (pupils - k) for k in range(3 * pupils // 10, pupils + 1)
    )
    two_or_more = 1 - (1 - at_least) ** 8 - 8 * at_least * (1 - at_least) ** 7
    assert two_or_more == pytest.approx(expected, abs=0.001)
    drawn = only(
        chance(cells([[pupils] * 8], [[0] * 8]), COMPONENTS, draws=4096, cohorts=False)
    ).under_minimum
    assert ((drawn * 10 >= 3 * pupils).sum(axis=0) >= 2).mean() == pytest.approx(two_or_more, abs=within)


def test_chance_keeps_the_share_of_the_region() -> None:
    for cohorts in (True, False):
        drawn = only(chance(cells([[400]], [[300]]), ALIKE, draws=4096, cohorts=cohorts)).under_minimum
        assert drawn.mean() / 400 == pytest.approx(0.2, abs=0.004)


def test_chance_with_cohorts_varies_more() -> None:
    spread = [
        only(chance(cells([[200]], [[40]]), ALIKE, cohorts=cohorts)).under_minimum.std()
        for cohorts in (True, False)
    ]
    assert spread[1] == pytest.approx(sqrt(200 * 0.2 * 0.8), rel=0.05)
    assert spread[0] > 2 * spread[1]


def test_level_of_the_region_solves_the_mean_of_a_normal_angle() -> None:
    # E sin² θ for θ ~ N(0.5, 0.2²) is (1 − e^{−0.08} cos 1) / 2 = 0.250615…
    rng = np.random.default_rng(2)
    share = (1 - exp(-0.08) * cos(1.0)) / 2
    assert share == pytest.approx((np.sin(0.5 + 0.2 * rng.normal(size=400_000)) ** 2).mean(), abs=0.001)


def test_papers_of_the_same_children_move_together() -> None:
    base = cells([[30, 30]], [[8, 8]])
    same = replace(base, generation=np.array([4, 4]))

    def correlation(one: Cells) -> float:
        drawn = only(replicates(one, COMPONENTS, draws=1024)).under_minimum
        return float(np.corrcoef(drawn)[0, 1])

    assert correlation(same) > correlation(base) + 0.15
