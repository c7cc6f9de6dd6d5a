"""Item statistics against R: psych 2.2.9, psychotools 0.7-2, eRm 1.0-2, mantelhaen.test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rostok.statistics.abilities import by_raw_score, cell_levels, separation_reliability
from rostok.statistics.classical import describe, pairwise_sums
from rostok.statistics.differential import compare
from rostok.statistics.item_fit import item_fit
from rostok.statistics.item_scores import group
from rostok.statistics.rasch import calibrate
from tests.unit.statistics.items.reference_tables import (
    every_third_missing,
    listed,
    results,
    rows_of,
    table,
)

pytestmark = pytest.mark.shared

COMPLETE = {
    "lsat6_rasch": "lsat6.csv",
    "mathexam14w_rasch": "mathexam14w_binary.csv",
    "mathexam14w_pcm": "mathexam14w_credits.csv",
    "verbalaggression_rasch": "verbalaggression_binary.csv",
    "verbalaggression_pcm": "verbalaggression_poly.csv",
    "tam_timss2011_aus_twn_pcm_completecases": "tam_timss2011_aus_twn_scored.csv",
}
BINARY = ["lsat6_rasch", "mathexam14w_rasch", "verbalaggression_rasch"]
PARTIAL = [name for name in COMPLETE if name not in BINARY]

# The reference of verbal aggression stopped short of the maximum: psychotools with reltol = 1e-16 gives these
# difficulties and a log-likelihood of −3049.9226389567 against −3049.9226393 of the file.
VERBAL = (
    -1.3833742370644, -1.3833742402042, -0.7306637434354, -0.5565947448996, -0.2490136517005, 0.6981176451456,
    -1.9092911532327, -1.0367341726133, -0.8727585660283, -0.1130910830611, -0.1810647794461, 1.3120354827739,
    -0.6955740559381, 0.0403531067117, 0.5135507252853, 1.3347705052169, 1.3577010389111, 2.8709194282984,
    -1.2450189594512, -0.8727585659437, 0.1779429408602, 0.2126008410613, 0.8710940583493, 1.8402261804050,
)  # fmt: skip


@pytest.mark.parametrize("name", COMPLETE)
def test_classical_as_psych(shared: Path, name: str) -> None:
    expected = results(shared, f"{name}.json")["ctt"]
    items = expected["items"]
    found = describe(pairwise_sums(table(shared, COMPLETE[name], items)))
    assert found.alpha == pytest.approx(expected["alpha_raw"], abs=1e-8)
    assert found.mean == pytest.approx(expected["total_mean"], abs=1e-8)
    assert found.sd == pytest.approx(expected["total_sd"], abs=1e-8)
    assert found.standard_error_of_measurement == pytest.approx(expected["sem"], abs=1e-8)
    for ours, theirs in (
        (found.item_total, "item_total_r"),
        (found.item_rest, "item_rest_r"),
        (found.alpha_if_deleted, "alpha_if_deleted"),
    ):
        np.testing.assert_allclose(ours, listed(expected[theirs], items), atol=1e-8)


@pytest.mark.parametrize("scale", ["agree", "conscientious", "extraversion", "neuroticism", "openness"])
def test_pairwise_alpha_as_psych(shared: Path, scale: str) -> None:
    expected = results(shared, "bfi25_scales.json")
    keys = expected["keys"][scale]
    raw = table(shared, "bfi25.csv", [key.strip("-") for key in keys])
    reverse = np.array([key.startswith("-") for key in keys])[:, None]
    found = describe(pairwise_sums(np.where((raw >= 0) & reverse, 7 - raw, raw)))
    assert found.alpha == pytest.approx(expected["alpha"][scale]["alpha_raw"], abs=1e-8)
    rest = expected["alpha"][scale]["item_rest"]
    np.testing.assert_allclose(found.item_rest, list(rest.values()), atol=1e-8)


@pytest.mark.parametrize("name", BINARY)
def test_rasch_as_psychotools(shared: Path, name: str) -> None:
    found = results(shared, f"{name}.json")
    items, expected = found["ctt"]["items"], found["cml_psychotools"]
    calibration = calibrate(group(table(shared, COMPLETE[name], items)).grouped)
    difficulty, error = calibration.difficulties()
    their = VERBAL if name.startswith("verbal") else listed(expected["difficulty_sumzero"], items)
    np.testing.assert_allclose(difficulty, their, atol=1e-6)
    np.testing.assert_allclose(error, listed(expected["se_sumzero"], items), atol=1e-5)
    assert calibration.log_likelihood == pytest.approx(expected["loglik"], abs=1e-5)
    # Nowhere below: the maximum is the highest point.
    assert calibration.log_likelihood >= expected["loglik"] - 1e-9
    assert calibration.log_likelihood >= found["cml_erm"]["loglik"] - 1e-9
    np.testing.assert_allclose(difficulty, -listed(found["cml_erm"]["beta_easiness"], items), atol=1e-4)


@pytest.mark.parametrize("name", PARTIAL)
def test_partial_credit_as_psychotools(shared: Path, name: str) -> None:
    found = results(shared, f"{name}.json")
    items, expected = found["ctt"]["items"], found["cml_psychotools"]
    calibration = calibrate(group(table(shared, COMPLETE[name], items)).grouped)
    threshold, _ = calibration.thresholds()
    location, error = calibration.difficulties()
    # As above, the reference of verbal aggression is 3e-5 away from the maximum.
    near = 5e-5 if name.startswith("verbal") else 1e-5
    np.testing.assert_allclose(threshold, list(expected["thresholds_sumzero_all"].values()), atol=near)
    np.testing.assert_allclose(location, listed(expected["item_location_sumzero"], items), atol=near)
    np.testing.assert_allclose(error, listed(expected["item_location_se"], items), atol=near)
    assert calibration.log_likelihood == pytest.approx(expected["loglik"], abs=1e-5)
    assert calibration.log_likelihood >= expected["loglik"] - 1e-9


def test_errors_of_thresholds_as_erm(shared: Path) -> None:
    """eRm's origin is another one: all cumulated thresholds sum to zero; the covariance is carried over to it."""
    found = results(shared, "tam_timss2011_aus_twn_pcm_completecases.json")
    scores = table(shared, "tam_timss2011_aus_twn_scored.csv", found["ctt"]["items"])
    calibration = calibrate(group(scores).grouped)
    score = calibration.parameters.score.astype(float)
    item = calibration.parameters.item
    steps = np.eye(len(score))
    for place in range(1, len(score)):
        if item[place] == item[place - 1]:
            steps[place, place - 1] = -1
    origin = steps @ (np.eye(len(score)) - np.outer(score, np.ones(len(score))) / score.sum())
    np.testing.assert_allclose(
        origin @ calibration.values, list(found["cml_erm"]["thresholds"].values()), atol=1e-4
    )
    error = np.sqrt(np.diag(origin @ calibration.covariance @ origin.T))
    np.testing.assert_allclose(error, list(found["cml_erm"]["se"].values()), atol=2e-5)


@pytest.mark.parametrize("name", BINARY)
def test_levels_by_raw_score_as_erm(shared: Path, name: str) -> None:
    """eRm maximises numerically and stops at about 1e-5; the extreme scores are its spline's."""
    found = results(shared, f"{name}.json")
    items = found["ctt"]["items"]
    grouped = group(table(shared, COMPLETE[name], items)).grouped
    calibration = calibrate(grouped)
    level = by_raw_score(calibration, np.ones(len(items), bool)).level
    np.testing.assert_allclose(level, found["person_ml_by_rawscore"]["theta"], atol=6e-5)
    reliability = separation_reliability(cell_levels(calibration, grouped), grouped.pupils)
    assert reliability == pytest.approx(found["separation_reliability"], abs=1e-4)


@pytest.mark.parametrize("name", [*BINARY, "tam_timss2011_aus_twn_pcm_completecases"])
def test_fit_as_erm(shared: Path, name: str) -> None:
    found = results(shared, f"{name}.json")
    items = found["ctt"]["items"]
    grouped = group(table(shared, COMPLETE[name], items)).grouped
    calibration = calibrate(grouped)
    fit = item_fit(calibration, grouped, cell_levels(calibration, grouped))
    for key, expected in found["itemfit"].items():
        ours = getattr(fit, key.removesuffix("_msq"))
        # eRm's own rounding: its levels and difficulties are 1e-5 from the maximum.
        np.testing.assert_allclose(ours, listed(expected, items), atol=5e-5 if key.endswith("msq") else 2e-4)


@pytest.mark.parametrize(("by", "column"), [("by_group", "group"), ("by_gender", "gender")])
def test_mantel_haenszel_as_r(shared: Path, by: str, column: str) -> None:
    expected = results(shared, "mathexam14w_dif_mh.json")[by]
    items = [row["item"] for row in expected]
    scores = table(shared, "mathexam14w_binary.csv", items)
    labels = np.array([row[column] for row in rows_of(shared, "mathexam14w_binary.csv")])
    total = scores.sum(axis=0)
    for row, answers in zip(expected, scores, strict=True):
        first, second = (_by_total(total, answers, labels == name) for name in sorted(set(labels)))
        found = compare(first, second)
        assert found.chi_square == pytest.approx(row["chisq"], abs=1e-10)
        assert found.p_value == pytest.approx(row["p"], rel=1e-9)
        assert found.odds_ratio == pytest.approx(row["common_OR"], rel=1e-12)


def _by_total(total: np.ndarray, answers: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    counts = np.zeros((total.max() + 1, 2))
    np.add.at(counts, (total[chosen], answers[chosen]), 1)
    return counts


def test_interval_of_odds_ratio_as_r(shared: Path) -> None:
    """mantelhaen.test of item «quad» by group: confidence interval 0.1285962420 to 0.2671858121."""
    scores = table(
        shared, "mathexam14w_binary.csv", results(shared, "mathexam14w_rasch.json")["ctt"]["items"]
    )
    labels = np.array([row["group"] for row in rows_of(shared, "mathexam14w_binary.csv")])
    total = scores.sum(axis=0)
    found = compare(*(_by_total(total, scores[0], labels == name) for name in ("1", "2")))
    reach = 1.959963984540054 * found.log_error
    assert found.odds_ratio * np.exp(-reach) == pytest.approx(0.1285962420, abs=1e-9)
    assert found.odds_ratio * np.exp(reach) == pytest.approx(0.2671858121, abs=1e-9)


def test_booklets_as_erm_and_psychotools(shared: Path) -> None:
    """Three booklets made of the mathematics exam; psychotools with reltol = 1e-14, eRm::RM, eRm::itemfit."""
    items = results(shared, "mathexam14w_rasch.json")["ctt"]["items"]
    grouped = group(every_third_missing(table(shared, "mathexam14w_binary.csv", items))).grouped
    assert len(grouped.presented) == 3
    calibration = calibrate(grouped)
    expected = (
        0.2658062293, -0.7964936988, -1.1653068189, 0.4062995827, -0.9277519763, -0.3912423438, 2.3510519418,
        -0.2905839135, 0.7946805906, 0.7936862489, -1.3455121469, -0.4260101108, 0.7313764158,
    )  # fmt: skip
    np.testing.assert_allclose(calibration.difficulties()[0], expected, atol=1e-7)
    assert calibration.log_likelihood == pytest.approx(-2102.9846557, abs=1e-6)
    fit = item_fit(calibration, grouped, cell_levels(calibration, grouped))
    infit = (1.06261931, 0.95431847, 0.93018993, 0.95970943, 0.95236747, 0.95363150, 0.92837974, 0.87586284,
             1.09795230, 0.93287602, 0.77326201, 0.90049927, 1.03476062)  # fmt: skip
    np.testing.assert_allclose(fit.infit, infit, atol=5e-5)
    outfit = (1.12512108, 0.96015924, 0.88633468, 0.96202686, 0.98014864, 0.95574584, 1.49734702, 0.82134296,
              1.21343573, 0.97732130, 0.70883153, 0.85748817, 1.07702435)  # fmt: skip
    np.testing.assert_allclose(fit.outfit, outfit, atol=5e-5)
    reliability = separation_reliability(cell_levels(calibration, grouped), grouped.pupils)
    assert reliability == pytest.approx(0.4918053314, abs=2e-5)


def test_booklets_of_partial_credit_as_psychotools(shared: Path) -> None:
    """psychotools::pcmodel with reltol = 1e-16 of the same booklets of the scored credits."""
    grouped = group(every_third_missing(table(shared, "mathexam14w_credits.csv"))).grouped
    calibration = calibrate(grouped)
    expected = (
        0.426287517567, -0.182798206356, -0.433862422641, -0.723903524412, -0.353212486534, -1.156683482083,
        0.021843232912, 0.124922101413, -0.126666054226, -0.943806349334, -0.271954006559, -0.501199313779,
        1.827357050679, 0.937247037409, 0.409736332828, -0.637423341637, 1.799446860976, -0.586717217873,
        1.615582748844, -0.449379294303, 0.127881020734, -1.405979389615, -0.034574223182, -0.620990955397,
        1.750649012341, -0.611802647772,
    )  # fmt: skip
    np.testing.assert_allclose(calibration.thresholds()[0], expected, atol=1e-6)
    assert calibration.log_likelihood == pytest.approx(-3611.157715423, abs=1e-7)
