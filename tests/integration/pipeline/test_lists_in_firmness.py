"""Firmness of verdicts that read a school without naming a column: what a list says, what the municipality has."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from rostok import pipeline
from tests.integration.papers import NAME, export, pupils, text_table, write

LIST = text_table("Школа | Год | Категория\nsch990002 | 2021 | ШНОР\nsch990001 | 2021 | зона риска\n")
OWN = "weak and not assigned('ШНОР')"
OTHER = "weak and not assigned('зона риска')"
# The municipality of both has 27 of 40 below, the one school 18 of 20 and the other 9 of 20.
NEIGHBOURS = "weak and mean_share >= near"
REGISTER = text_table("Логин | Наименование | Код муниципалитета\nsch990001 | А | 1\nsch990002 | Б | 1\n")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(OWN, ["true", "false"]), (OTHER, ["false", "true"]), (NEIGHBOURS, ["true", "false"])],
)
def test_verdict_over_a_list_has_a_probability(tmp_path: Path, rule: str, expected: list[str]) -> None:
    """Both schools are far above 30 %; the list takes one of them away in every intake as well."""
    text = pipeline.source_text(pipeline.find_methodology("federal-low-results"))
    text = text[: text.index("\nexamples:")].replace("\n  low_school:", "\n  weak:").replace(
        "\nrules:", "\n  mean_share: {mean: share_below}\n  near: {municipality: mean_share}\n\nrules:"
    ).replace(
        "\ncategory:", f'\n  low_school:\n    when: "{rule}"\ncategory:'
    )  # fmt: skip
    (tmp_path / "list.yaml").write_text(text, encoding="utf-8")
    methodology = pipeline.set_parameters(
        pipeline.find_methodology(str(tmp_path / "list.yaml")), {"min_assessments": "1"}
    )
    rows = pupils(20, 18) + pupils(20, 9, school="sch990002")
    given = write(tmp_path / "in", {NAME: export(*rows), "список.csv": LIST, "реестр.csv": REGISTER})
    pipeline.analyse(
        [given], plan=pipeline.Plan(methodology, draws=64, report=False, workers=1), out=tmp_path / "out"
    )
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8", newline="") as stream:
        found = {line["school_id"]: line for line in csv.DictReader(stream)}
    schools = [found["990001"], found["990002"]]
    assert [line["low_results"] for line in schools] == expected
    assert all(float(line["probability"]) > 0.5 for line in schools)
