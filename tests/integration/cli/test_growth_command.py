"""``rostok growth``, ``clusters``, ``resilience``: files, figures worked by hand, planted schools, bad words."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from rostok import pipeline
from tests.integration.command import contents, rostok
from tests.integration.pipeline.growth_cases import CONTEXT, KINDS, LEVELS, kinds, whole
from tests.integration.school_results import (
    MATH_5,
    MATH_5_LATER,
    MATH_6_LATER,
    context_rows,
    drawn,
    names,
    stored,
    two_years,
)

GROWTH = [
    "school_id",
    "indicator",
    "from",
    "to",
    "change",
    "region_change",
    "shrunken",
    "lower",
    "upper",
    "verdict",
]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def header(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()[0].split(",")


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up region of three years, with planted improving and falling schools."""
    folder = tmp_path_factory.mktemp("region") / "region"
    pipeline.synthesise(folder, schools=160, years=[2020, 2021, 2022], seed=5, kind="parquet")
    return folder


@pytest.fixture(scope="module")
def planted(region: Path) -> dict[str, list[str]]:
    return dict(json.loads((region / "truth.json").read_text("utf-8"))["planted"])


@pytest.fixture(scope="module")
def grown(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "growth"
    assert rostok("growth", region, "--out", out).code == 0
    return out


def test_growth_has_the_columns_promised(grown: Path) -> None:
    assert header(grown / "growth.csv") == GROWTH
    assert header(grown / "cohorts.csv") == [*GROWTH[:2], "subject", "generation", *GROWTH[2:]]
    assert {path.stem for path in grown.glob("*.csv")} == {
        "growth", "cohorts", "comparisons", "intake", "series", "transitions", "groups", "sexes", "problems",
    }  # fmt: skip
    said = json.loads((grown / "run.json").read_text("utf-8"))
    assert (said["command"], said["suppressed"]) == ("growth", False)


def test_change_is_a_difference_of_mean_percents(tmp_path: Path) -> None:
    # Six schools of four pupils, 5 points at most: 1,2,2,3 → 40 %, a year later one point more each → 60 %; the last
    # falls from 60 % to 40 %. Under the minimum are totals under 2: 1 of 4 → 0 of 4; the last the other way.
    first = {school: [1, 2, 2, 3] for school in names(6)} | {"990006": [2, 3, 3, 4]}
    later = {school: [2, 3, 3, 4] for school in names(6)} | {"990006": [1, 2, 2, 3]}
    version = stored(tmp_path / "in", {MATH_5: first, MATH_5_LATER: later})
    assert rostok("growth", version.directory, "--out", tmp_path / "out").code == 0
    found = {(r["school_id"], r["indicator"]): r for r in rows(tmp_path / "out" / "growth.csv")}
    one, last = found["990001", "percent_correct"], found["990006", "percent_correct"]
    assert (one["from"], one["to"]) == ("vpr/2021/spring/math/5", "vpr/2022/spring/math/5")
    assert (float(one["change"]), float(last["change"])) == pytest.approx((20, -20))
    assert -20 < float(last["shrunken"]) + float(last["region_change"]) < float(one["region_change"])
    assert float(found["990001", "share_under_minimum"]["change"]) == -0.25
    assert float(found["990006", "share_under_minimum"]["change"]) == 0.25


def test_planted_changes_are_found_and_few_others(grown: Path, planted: dict[str, list[str]]) -> None:
    said = {r["school_id"]: r["verdict"] for r in rows(grown / "growth.csv")
            if (r["indicator"], r["from"], r["to"]) == ("standard_score", "2020/autumn", "2022/spring")}  # fmt: skip
    changing = {*planted["improving"], *planted["at_risk"]}
    assert {said[s] for s in planted["improving"]} <= {"better", "cannot_tell"}
    assert {said[s] for s in planted["at_risk"]} <= {"worse", "cannot_tell"}
    named = {school for school, verdict in said.items() if verdict != "cannot_tell"}
    assert len(named & changing) >= len(changing) / 3
    assert len(named - changing) <= len(said) / 40


def test_falling_shares_are_good_news(grown: Path, planted: dict[str, list[str]]) -> None:
    found = [r for r in rows(grown / "growth.csv")
             if r["indicator"] == "share_under_minimum" and r["verdict"] == "better"]  # fmt: skip
    assert found
    assert all(float(r["upper"]) < 0 for r in found)


def test_generations_are_followed_through_programmes(grown: Path) -> None:
    pairs = {(r["from"], r["to"]) for r in rows(grown / "cohorts.csv")}
    # Those who wrote programme 4 in autumn 2020 are the fifth-graders of spring 2021, and the sixth of 2022.
    assert ("vpr/2020/autumn/math/4", "vpr/2021/spring/math/5") in pairs
    assert ("vpr/2021/spring/math/5", "vpr/2022/spring/math/6") in pairs
    assert all(r["region_change"] for r in rows(grown / "cohorts.csv"))


def test_three_points_are_called_three_points(grown: Path) -> None:
    readings = {(r["points"], r["reading"]) for r in rows(grown / "series.csv")}
    assert readings <= {("1", "one_point"), ("2", "two_points"), ("3", "three_points")}
    assert ("3", "three_points") in readings


def test_a_change_is_named_from_five_points_on(tmp_path: Path) -> None:
    papers = {}
    levels = np.random.default_rng(3).normal(0, 0.3, 30)
    for number in range(6):
        paper = type(MATH_5)(MATH_5.kind, 2018 + number, MATH_5.wave, MATH_5.subject, 5)
        papers[paper] = drawn(levels + np.where(np.arange(30) == 0, 1.2 * (number >= 3), 0), 40, number)
    version = stored(tmp_path / "in", papers)
    assert rostok("growth", version.directory, "--out", tmp_path / "out").code == 0
    found = {r["school_id"]: r for r in rows(tmp_path / "out" / "series.csv")}
    assert (found["990001"]["reading"], found["990001"]["changed_at"]) == ("changed", "2021/spring")
    assert [r["reading"] for r in found.values()].count("changed") == 1


def test_moves_stand_beside_chance(grown: Path) -> None:
    table = rows(grown / "transitions.csv")
    stayed = [(int(r["schools"]), float(r["expected"])) for r in table if r["group_from"] == r["group_to"]]
    assert sum(s for s, _ in stayed) == pytest.approx(sum(e for _, e in stayed), rel=0.15)
    moments = {(r["from"], r["to"]) for r in table}
    for pair in moments:
        own = [r for r in table if (r["from"], r["to"]) == pair]
        assert sum(int(r["schools"]) for r in own) == pytest.approx(sum(float(r["expected"]) for r in own))


def test_girls_and_boys_are_compared_inside_schools(tmp_path: Path) -> None:
    # Pupils alternate boy, girl; girls have two points of five more in every school: 40 percent points.
    rng = np.random.default_rng(2)
    scores = {s: [int(rng.integers(0, 4)) + 2 * (k % 2) for k in range(40)] for s in names(20)}
    version = stored(tmp_path / "in", {MATH_5: scores})
    assert rostok("growth", version.directory, "--out", tmp_path / "out").code == 0
    found = rows(tmp_path / "out" / "sexes.csv")
    assert (found[0]["school_id"], found[0]["girls"]) == ("", "400")
    assert float(found[0]["lower"]) < 40 < float(found[0]["upper"])
    assert len(found) == 21


def test_linked_pupils_have_percentiles(tmp_path: Path) -> None:
    levels = np.zeros(20)
    first, later = drawn(levels, 30, 1), drawn(levels, 30, 2)
    later["990001"] = [5] * 30  # of whatever they had before
    version = stored(tmp_path / "in", {MATH_5: first, MATH_6_LATER: later})
    assert rostok("growth", version.directory, "--linked", "--out", tmp_path / "out").code == 0
    found = {r["school_id"]: r for r in rows(tmp_path / "out" / "percentiles.csv")}
    assert (found["990001"]["pupils"], found["990001"]["verdict"]) == ("30", "better")
    assert float(found["990001"]["lower"]) > 80
    assert [r["verdict"] for r in found.values()].count("cannot_tell") >= 16


def test_intakes_that_changed_are_flagged(tmp_path: Path) -> None:
    levels = np.zeros(12)
    first, later = drawn(levels, 30, 1), drawn(levels, 30, 2)
    later["990003"] = later["990003"][:10]
    version = stored(tmp_path / "in", {MATH_5: first, MATH_5_LATER: later})
    assert rostok("growth", version.directory, "--out", tmp_path / "out").code == 0
    found = rows(tmp_path / "out" / "intake.csv")
    assert [(r["school_id"], r["participants_from"], r["participants_to"]) for r in found] == [
        ("990003", "30", "10")
    ]


def test_growth_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    version = two_years(tmp_path / "in", LEVELS, LEVELS)
    for name in ("one", "two"):
        assert rostok("growth", version.directory, "--out", tmp_path / name).code == 0
    one, two = (contents(tmp_path / name) for name in ("one", "two"))
    assert {n: b for n, b in one.items() if n != "run.json"} == {
        n: b for n, b in two.items() if n != "run.json"
    }


# --- groups


def test_planted_kinds_are_told_in_words(tmp_path: Path) -> None:
    version = kinds(tmp_path / "in")
    done = rostok("clusters", version.directory, "--resamples", 10, "--out", tmp_path / "out")
    assert done.code == 0
    assert header(tmp_path / "out" / "clusters.csv") == ["school_id", "cluster", "probability"]
    found = rows(tmp_path / "out" / "clusters.csv")
    by_kind = {level > 0: {r["cluster"] for r, k in zip(found, KINDS, strict=True) if (k > 0) == (level > 0)} for level in (-1, 1)}  # fmt: skip
    assert all(len(clusters) == 1 for clusters in by_kind.values())
    words = {r["cluster"]: r["description"] for r in rows(tmp_path / "out" / "descriptions.csv")}
    assert "ВПР, математика: выше" in words[by_kind[True].pop()]
    assert "ВПР, математика: ниже" in words[by_kind[False].pop()]


def test_degrees_are_not_called_kinds(tmp_path: Path) -> None:
    done = rostok(
        "clusters", whole(tmp_path / "in").directory, "--indicator", "index", "--out", tmp_path / "out"
    )
    assert done.code == 0
    assert "отличаются степенью, а не видом" in done.err
    assert {r["cluster"] for r in rows(tmp_path / "out" / "clusters.csv")} == {"1"}


# --- resilience


@pytest.fixture(scope="module")
def resilient(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "resilience"
    done = rostok("resilience", region, "--indicator", "social_index", "--reliability", 0.95, "--out", out)
    assert done.code == 0
    return out


def test_resilience_has_the_columns_promised(resilient: Path) -> None:
    assert header(resilient / "resilience.csv") == [
        "school_id", "context", "effect", "conditional_se", "probability", "verdict",
    ]  # fmt: skip
    assert {path.stem for path in resilient.glob("*.csv")} == {
        "resilience", "conditions", "fixed", "variance", "problems",
    }  # fmt: skip


def test_planted_resilient_schools_are_found(resilient: Path, planted: dict[str, list[str]]) -> None:
    said = {r["school_id"]: r["verdict"] for r in rows(resilient / "resilience.csv")}
    found = [said[school] for school in planted["resilient"]]
    assert found.count("resilient") >= len(found) / 2
    assert set(found) <= {"resilient", "cannot_tell"}
    assert "resilient" not in {said[school] for school in planted["low"]}


def test_effects_are_those_of_lme4(tmp_path: Path) -> None:
    """One paper, so schools alone: the effect is reliability × (mean − expected), by the variances it wrote itself."""
    version = stored(tmp_path / "in", {MATH_5: drawn(LEVELS, 20, 3)}, context_rows(CONTEXT))
    assert (
        rostok("resilience", version.directory, "--indicator", "index", "--out", tmp_path / "out").code == 0
    )
    points = np.array(list(drawn(LEVELS, 20, 3).values()), float)
    means = (points.mean(axis=1) - points.mean()) / points.std()
    fixed = {r["term"]: float(r["estimate"]) for r in rows(tmp_path / "out" / "fixed.csv")}
    between, residual = (float(r["variance"]) for r in rows(tmp_path / "out" / "variance.csv"))
    kept = between / (between + residual / 20)
    expected = kept * (means - fixed["(Intercept)"] - fixed["context"] * CONTEXT)
    found = rows(tmp_path / "out" / "resilience.csv")
    np.testing.assert_allclose([float(r["effect"]) for r in found], expected, atol=1e-4)
    np.testing.assert_allclose(float(found[0]["conditional_se"]), np.sqrt(between * (1 - kept)), atol=1e-4)
    # By ordinary least squares, which the mixed model of equally large schools equals.
    slope = np.polyfit(CONTEXT, means, 1)[0]
    assert fixed["context"] == pytest.approx(slope, abs=1e-5)


def test_a_falling_indicator_turns_conditions_round(tmp_path: Path) -> None:
    version = stored(tmp_path / "in", {MATH_5: drawn(LEVELS, 20, 3)}, context_rows(-CONTEXT))
    words = ("resilience", version.directory, "--indicator", "index", "--falling", "--out", tmp_path / "out")
    assert rostok(*words).code == 0
    found = [float(r["context"]) for r in rows(tmp_path / "out" / "resilience.csv")]
    np.testing.assert_allclose(found, CONTEXT, atol=1e-6)


def test_conditions_nobody_named_are_those_the_region_gives(region: Path, tmp_path: Path) -> None:
    done = rostok("resilience", region, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert "условия школ: social_index" in done.err
    said = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert (said["found"]["indicator"], said["found"]["index"]) == ("social_index", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("resilience", "--falling"), "для --indicator"),
        (("resilience", "--index", "a", "--indicator", "b"), "что-нибудь одно"),
        (("resilience", "--index", "social-passport", "--falling"), "для --indicator"),
        (("resilience", "--indicator", "b", "--certainty", "0.3"), "0.55"),
        (("resilience", "--lower-part", "nan"), "«nan» — не число"),
        (("resilience", "--delta", "inf"), "«inf» — не число"),
        (("clusters", "--index", "a", "--indicator", "b"), "что-нибудь одно"),
        (("clusters", "--index", "nothing"), "Индекса условий «nothing» нет"),
    ],
)
def test_wrong_words_are_refused_with_a_sentence(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    version = two_years(tmp_path / "in", LEVELS, LEVELS)
    done = rostok(words[0], version.directory, *words[1:], "--out", tmp_path / "out")
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["growth", "clusters", "resilience"])
def test_one_school_is_a_sentence(tmp_path: Path, command: str) -> None:
    version = stored(tmp_path / "in", {MATH_5: {"990001": [1, 2, 3]}, MATH_5_LATER: {"990001": [1, 2, 4]}},
                     context_rows(np.array([1.0])))  # fmt: skip
    more = ("--indicator", "index") if command == "resilience" else ()
    done = rostok(command, version.directory, *more, "--out", tmp_path / "out")
    assert done.code == (0 if command == "growth" else 2)
    assert "Traceback" not in done.err
    if command == "growth":
        verdicts = {r["verdict"] for r in rows(tmp_path / "out" / "growth.csv")}
        assert verdicts == {"cannot_tell"}


@pytest.mark.parametrize("command", ["growth", "clusters", "resilience"])
def test_pupils_one_a_school_are_a_sentence(tmp_path: Path, command: str) -> None:
    version = stored(
        tmp_path / "in", {MATH_5: {school: [2] for school in names(30)}}, context_rows(CONTEXT[:30])
    )
    more = ("--indicator", "index") if command == "resilience" else ()
    done = rostok(command, version.directory, *more, "--out", tmp_path / "out")
    assert done.code == 2
    assert "смотреть не на что" in done.err


@pytest.mark.shared
def test_the_real_region_says_little_and_says_so(shared: Path, tmp_path: Path) -> None:
    """Half a year apart hardly any school changed beyond chance: autumn 2020 and spring 2021 of the real region."""
    assert rostok("growth", shared / "region", "--linked", "--out", tmp_path / "out").code == 0
    verdicts = [
        r["verdict"] for r in rows(tmp_path / "out" / "growth.csv") if r["indicator"] == "standard_score"
    ]
    assert verdicts.count("cannot_tell") > 0.97 * len(verdicts) > 2000
    assert rows(tmp_path / "out" / "percentiles.csv") == []  # codes of different years are not one child
    codes = {r["code"] for r in rows(tmp_path / "out" / "problems.csv")}
    assert "growth-codes-strangers" in codes
