"""Every shipped methodology keeps its own worked examples, on both evaluators, and is fully described."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.methodology import Methodology, load
from rostok.methodology.examples import Evaluator, check_examples, tables_of
from tests.spec.engines import EVALUATORS, verdicts_on_duckdb

FOLDER = Path(__file__).parents[2] / "methodologies"
FILES = sorted(FOLDER.glob("*/*.yaml"))
IDS = {
    "federal-low-results", "persistently-low", "improving-school", "sverdlovsk-typology", "at-risk", "california-growth",
}  # fmt: skip


@pytest.fixture(params=FILES, ids=lambda path: path.parent.name)
def methodology(request: pytest.FixtureRequest) -> Methodology:
    return load(request.param.read_text("utf-8"), request.param.name)


def test_the_six_are_shipped() -> None:
    assert {path.parent.name for path in FILES} == IDS


@pytest.mark.parametrize("evaluator", EVALUATORS.values(), ids=EVALUATORS)
def test_examples_come_true(methodology: Methodology, evaluator: Evaluator) -> None:
    assert [mismatch.sentence for mismatch in check_examples(methodology, evaluator)] == []


def test_cheap_verdicts_are_the_verdicts(methodology: Methodology) -> None:
    for example in methodology.examples:
        given = tables_of(methodology, example)
        full = {row["school_id"]: row for row in EVALUATORS["reference"](methodology, given).results}
        for school, (verdict, category) in verdicts_on_duckdb(methodology, given).items():
            word = {True: "true", False: "false", None: "unknown"}[verdict] if methodology.verdict else None
            assert (word, category) == (full[school]["verdict"], full[school]["category"]), (
                example.name,
                school,
            )


def test_place_says_id_and_version(methodology: Methodology) -> None:
    assert (FOLDER / methodology.id / f"{methodology.version}.yaml").exists()


def test_described_in_both_languages_and_dated(methodology: Methodology) -> None:
    assert methodology.title.ru and methodology.title.en
    assert methodology.author and methodology.checked_by
    said = [methodology.title, methodology.about, methodology.source.note, methodology.reason]
    said += [parameter.title for parameter in methodology.parameters]
    said += [choice.title for parameter in methodology.parameters for choice in parameter.choices]
    said += [rule.note for rule in methodology.rules]  # names of rules are for files, not for people
    assert [one for one in said if not (one.ru and one.en)] == []
    optional = [item.note for item in methodology.indicators] + [rule.reason for rule in methodology.rules]
    assert [one for one in optional if one.ru and not one.en] == []
    assert methodology.valid_from < methodology.review_on
    assert methodology.examples


@pytest.mark.parametrize("evaluator", EVALUATORS.values(), ids=EVALUATORS)
def test_figures_made_of_one_figure_keep_its_participants(evaluator: Evaluator) -> None:
    typology = load((FOLDER / "sverdlovsk-typology" / "2022.1.yaml").read_text("utf-8"), "t")
    from_marks = evaluator(typology, tables_of(typology, typology.examples[2]))
    found = {row["indicator"]: (row["n"], row["coverage"]) for row in from_marks.indicators}
    # 20 and 10 participants in the two papers of the example, and both papers were used.
    assert found["quality_computed"] == found["quality"] == found["group"] == (30, 1.0)
    from_protocol = evaluator(typology, tables_of(typology, typology.examples[0]))
    given = {row["indicator"]: row["n"] for row in from_protocol.indicators if row["school_id"] == "№ 38"}
    assert given["quality"] is None  # the protocol does not say of how many


def test_reconstruction_says_so() -> None:
    typology = load((FOLDER / "sverdlovsk-typology" / "2022.1.yaml").read_text("utf-8"), "t")
    assert "РЕКОНСТРУКЦИЯ" in typology.about.ru
    assert not typology.source.confirmed
    assert [parameter.name for parameter in typology.parameters if parameter.confirmed] == []
