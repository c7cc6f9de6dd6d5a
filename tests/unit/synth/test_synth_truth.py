"""What was planted is there, and the truth written down is what many intakes would show."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.formats import ScaleBook
from rostok.schema.assessments import Assessment, Kind, Wave
from rostok.synth import Region, context, generate
from rostok.synth.schools import AT_RISK, IMPROVING, INFLATED, LOW, RESILIENT


def vpr(region: Region, *years: int) -> list[Assessment]:
    """ВПР of programmes 5 and 6, as the federal rule uses them."""
    return [a for a in region.assessments if a.kind is Kind.VPR and a.grade >= 5 and a.year in years]


def with_label(region: Region, label: str) -> np.ndarray:
    return np.flatnonzero(np.array(region.population.schools.planted) == label)


def true_shares(region: Region, assessments: list[Assessment]) -> np.ndarray:
    return np.stack([region.shares(one)[0] for one in assessments])


def test_every_label_is_planted_in_its_share_of_schools(region: Region) -> None:
    sizes = {
        label: len(with_label(region, label)) for label in (LOW, RESILIENT, INFLATED, AT_RISK, IMPROVING)
    }
    assert sizes == {LOW: 14, RESILIENT: 9, INFLATED: 9, AT_RISK: 9, IMPROVING: 9}


def test_low_schools_are_over_the_federal_threshold_in_every_year(region: Region) -> None:
    low = with_label(region, LOW)
    for year in (2020, 2021, 2022):
        shares = true_shares(region, vpr(region, year))[:, low]
        assert ((shares >= 0.30).sum(axis=0) >= 2).all(), year


def test_low_schools_show_it_in_their_scripts(region: Region) -> None:
    for one in vpr(region, 2021, 2022):
        written = region.scripts(one)
        theirs = np.isin(written.school, with_label(region, LOW)) & ~written.absent
        assert written.under_minimum[theirs].mean() > 0.30, one.key


def test_resilient_schools_have_hard_context_and_good_results(region: Region) -> None:
    schools = with_label(region, RESILIENT)
    index = context.values(region.population, 2022)[context.SOCIAL_INDEX]
    assert (index[schools] <= 3).all()
    for one in vpr(region, 2021, 2022):
        shares, _ = region.shares(one)
        assert (shares[schools] < np.nanmedian(shares)).all(), one.key


def test_context_goes_with_results(region: Region) -> None:
    shares, _ = region.shares(vpr(region, 2022)[0])
    ordinary = (np.array(region.population.schools.planted) == "") & ~np.isnan(shares)
    by_name = context.values(region.population, 2022)
    assert np.corrcoef(by_name[context.SOCIAL_INDEX][ordinary], shares[ordinary])[0, 1] < -0.4
    assert np.corrcoef(by_name["share_low_income"][ordinary], shares[ordinary])[0, 1] > 0.3
    assert all(((values >= 0) & (values <= 10)).all() for values in by_name.values())


def test_inflated_schools_show_less_than_is_true_and_a_peak_at_the_bound(region: Region) -> None:
    schools = with_label(region, INFLATED)
    at_bound = before = 0
    for one in vpr(region, 2021, 2022):
        true, expected = region.shares(one)
        assert (expected[schools] < true[schools]).all(), one.key
        written = region.scripts(one)
        theirs = np.isin(written.school, schools) & ~written.absent
        least = region.blueprint(one).minimum
        at_bound += int((written.total[theirs] == least).sum())
        before += int((written.total[theirs] == least - 1).sum())
    assert at_bound > 5 * before


def test_other_schools_show_what_is_true(region: Region) -> None:
    true, expected = region.shares(vpr(region, 2021)[0])
    others = np.array(region.population.schools.planted) != INFLATED
    assert np.array_equal(true[others], expected[others], equal_nan=True)


@pytest.mark.parametrize(("label", "sign"), [(AT_RISK, 1), (IMPROVING, -1)])
def test_falling_and_growing_schools_move_against_the_region(region: Region, label: str, sign: int) -> None:
    schools = with_label(region, label)
    change = true_shares(region, vpr(region, 2022)) - true_shares(region, vpr(region, 2021))
    own = change[:, schools] - np.nanmedian(change, axis=1, keepdims=True)
    assert (sign * own.mean(axis=0) > 0.05).all()


def test_at_risk_schools_are_not_low_at_first(region: Region) -> None:
    shares = true_shares(region, vpr(region, 2021))[:, with_label(region, AT_RISK)]
    assert ((shares >= 0.30).sum(axis=0) < 2).all()


@pytest.mark.parametrize("key", ["vpr/2021/spring/math/5", "oge/2021/spring/math/9"])
def test_expected_share_is_the_mean_over_intakes(scales: ScaleBook, key: str) -> None:
    """Schools of one seed, their scripts pooled: observed share against the expected one."""
    observed, expected, wrote = 0.0, 0.0, 0
    one = Assessment.from_key(key)
    for seed in range(8):
        region = generate(schools=150, years=(2021,), seed=seed, scales=scales, assessments=[one])
        written = region.scripts(one)
        sat = ~written.absent
        number = np.bincount(written.school[sat], minlength=150)
        observed += written.under_minimum[sat].sum()
        expected += np.nansum(region.shares(one)[1] * number)
        wrote += int(sat.sum())
    # Generations and classes make the error larger than a binomial one; schools of 8 seeds leave about 0.4 %.
    assert observed / wrote == pytest.approx(expected / wrote, abs=0.012)


def test_autumn_is_written_by_the_next_grade(region: Region) -> None:
    autumn = [one for one in region.assessments if one.wave is Wave.AUTUMN]
    assert {(one.year, one.pupil_grade - one.grade) for one in autumn} == {(2020, 1)}
