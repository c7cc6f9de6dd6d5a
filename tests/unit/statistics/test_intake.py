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
    # The mean of sin² over what is not known and what is drawn anew: (1 − e^{−2σ²} cos 2μ) / 2.
    score = asin(sqrt(40.375 / 100.75))
    single = replace(COMPONENTS, class_share=0.0)
    found = pooled(cells([[100]], [[40]]), single)
    first = 0.45 + 0.032 / (0.032 + 0.008 + 1 / 402) * (score - 0.45)
    larger = (np.sin(2 * first) / np.sin(0.9)) ** 2
    weight = 0.032 / (0.032 + larger * 0.008 + 1 / 402)
    second = 0.45 + weight * (score - 0.45)
    unknown = 0.032 * (1 - weight) + larger * 0.008
    assert found.share[0] == pytest.approx((1 - exp(-2 * unknown) * cos(2 * second)) / 2, abs=0.004)
    assert 0.2 < found.share[0] < 0.4


def test_the_smaller_the_school_the_nearer_to_the_region() -> None:
    found = pooled(cells([[5, 5], [20, 20], [200, 200]], [[3, 3], [12, 12], [120, 120]]), COMPONENTS)
    assert found.region == pytest.approx(np.full(3, 0.2))
    assert found.region[0] < found.share[0] < found.share[1] < found.share[2] < 0.6
    width = found.upper - found.lower
    assert width[0] > width[1] > width[2]
    assert found.participants.tolist() == [10, 40, 400]


def test_region_beside_a_pooled_share_has_the_same_papers() -> None:
    # 60 pupils wrote a paper of 10 %, 20 one of 50 %: (60 · 0.1 + 20 · 0.5) / 80
    levels = replace(COMPONENTS, share=np.array([0.1, 0.5, *[np.nan] * 6]))
    assert pooled(cells([[60, 20]], [[6, 10]]), levels).region[0] == pytest.approx(0.2)


def test_pooled_share_of_papers_of_different_levels_is_unbiased_and_its_interval_covers() -> None:
    """4,000 schools drawn from the model, papers about 5 % and 45 %; the truth is each school's own mean."""
    rng = np.random.default_rng(7)
    centre, spread = np.arcsin(np.sqrt([0.05, 0.45])), np.array([0.09, 0.18])
    model = replace(
        COMPONENTS, centre=centre, spread=spread, share=np.array([0.05, 0.45]), occasion=0.0, class_share=0.0
    )
    common, own = sqrt(0.6) * rng.normal(size=(4000, 1)), sqrt(0.1) * rng.normal(size=(4000, 2))
    level = np.clip(centre + spread * (common + own), 0, np.pi / 2)
    size = np.clip(np.sin(2 * level) / np.sin(2 * centre), 0.3, 1.7) * spread * sqrt(0.2)

    def intake_share() -> np.ndarray:
        return np.sin(np.clip(level + size * rng.normal(size=level.shape), 0, np.pi / 2)) ** 2

    pupils = np.array([60, 30])
    truth = np.mean([intake_share() for _ in range(400)], axis=0) @ pupils / 90
    seen = rng.binomial(pupils, intake_share()).astype(float)
    found = pooled(cells(np.tile(pupils, (4000, 1)).tolist(), seen.tolist()), model)
    error = found.share - truth
    assert abs(error.mean()) < 3 * error.std() / sqrt(4000) + 0.001  # 0.001: the truth is a mean of 400 draws
    covered = ((found.lower <= truth) & (truth <= found.upper)).mean()
    assert covered == pytest.approx(0.95, abs=0.02)
    assert (found.lower >= 0).all()
    assert (found.upper <= 1).all()


@pytest.mark.parametrize("nothing", [(0.0, 0.0), (30.0, np.nan), (0.0, np.nan)])
def test_a_cell_that_is_no_evidence_changes_nothing(nothing: tuple[float, float]) -> None:
    """Its children wrote the other paper too: correlated, it would speak as a result at the region's level."""
    one = replace(cells([[6]], [[5]]), generation=np.array([4]))
    two = replace(cells([[6, nothing[0]]], [[5, nothing[1]]]), generation=np.array([4, 4]))
    alone, beside = pooled(one, COMPONENTS), pooled(two, COMPONENTS)
    for name in ("share", "lower", "upper", "region", "participants"):
        assert getattr(beside, name) == pytest.approx(getattr(alone, name), rel=1e-12), name
    drawn = only(replicates(two, COMPONENTS)).under_minimum[0]
    assert drawn.tolist() == only(replicates(one, COMPONENTS)).under_minimum[0].tolist()


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


def test_papers_of_the_same_children_move_together() -> None:
    base = cells([[30, 30]], [[8, 8]])
    same = replace(base, generation=np.array([4, 4]))

    def correlation(one: Cells) -> float:
        drawn = only(replicates(one, COMPONENTS, draws=1024)).under_minimum
        return float(np.corrcoef(drawn)[0, 1])

    assert correlation(same) > correlation(base) + 0.15
