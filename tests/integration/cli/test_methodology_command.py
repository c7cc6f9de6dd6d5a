"""``rostok methodology list | show | check``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.command import rostok

SHIPPED = (
    "at-risk", "california-growth", "federal-low-results", "improving-school", "persistently-low",
    "sverdlovsk-typology",
)  # fmt: skip


def test_list_names_every_shipped_methodology(root: Path) -> None:
    done = rostok("methodology", "list")
    listed = [line.split("@")[0] for line in done.out.splitlines()]
    assert done.code == 0
    assert tuple(listed) == SHIPPED == tuple(sorted(path.name for path in (root / "methodologies").iterdir()))
    assert all("\t" in line and line.split("\t")[1] for line in done.out.splitlines())


@pytest.mark.parametrize("name", SHIPPED)
def test_show(root: Path, name: str) -> None:
    done = rostok("methodology", "show", name)
    assert done.code == 0
    first, *rest = done.out.splitlines()
    assert first.startswith(f"{name}@")
    for word in ("Источник: ", "Автор: ", "Параметры:"):
        assert any(line.startswith(word) for line in rest), word
    [file] = (root / "methodologies" / name).glob("*.yaml")
    assert file.read_text(encoding="utf-8").strip() in done.out  # rules and examples as they are computed


def test_show_marks_what_nobody_confirmed() -> None:
    done = rostok("methodology", "show", "federal-low-results")
    [line] = [line for line in done.out.splitlines() if line.startswith("  threshold ")]
    assert line.endswith("= 0.3, доля — практика регионов с 2020 года (не подтверждено)")


def test_show_names_choices() -> None:
    lines = rostok("methodology", "show", "federal-low-results").out.splitlines()
    assert any(line.startswith("  count_by (что считается одной работой) = assessment — ") for line in lines)
    assert "    assessment — каждая работа" in lines


@pytest.mark.parametrize("name", SHIPPED)
def test_check_runs_the_examples_of_each(root: Path, name: str) -> None:
    [file] = (root / "methodologies" / name).glob("*.yaml")
    done = rostok("methodology", "check", file)
    assert done.code == 0, done.err
    assert "определение верно" in done.out and not done.out.startswith(f"{name}: определение верно, 0")


def test_check_names_file_line_and_remedy(root: Path, tmp_path: Path) -> None:
    text = (root / "methodologies/federal-low-results/2021.1.yaml").read_text(encoding="utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), 1) if one == "  low:")
    file = tmp_path / "наша.yaml"
    file.write_text(text.replace("share_below >= threshold", "share_belov >= threshold"), encoding="utf-8")
    done = rostok("methodology", "check", file)
    assert (done.code, done.out) == (2, "")
    assert f"{file}:{line}: " in done.err and "share_belov" in done.err


def test_check_says_which_example_fails(root: Path, tmp_path: Path) -> None:
    text = (root / "methodologies/federal-low-results/2021.1.yaml").read_text(encoding="utf-8")
    file = tmp_path / "наша.yaml"
    file.write_text(text.replace("B: {low_school: unknown, low_count: 1", "B: {low_school: true, low_count: 1"),
                    encoding="utf-8")  # fmt: skip
    done = rostok("methodology", "check", file)
    assert (done.code, done.out) == (2, "")
    assert "одна ниже порога, вторая слишком мала, чтобы судить" in done.err


@pytest.mark.parametrize("command", ["show", "check"])
def test_what_is_not_there(command: str) -> None:
    done = rostok("methodology", command, "нет.yaml")
    assert (done.code, done.out) == (2, "")
    assert "«нет.yaml» не найдены" in done.err


def test_own_file_is_a_methodology_for_analyse(root: Path, inputs: Path, tmp_path: Path) -> None:
    text = (root / "methodologies/federal-low-results/2021.1.yaml").read_text(encoding="utf-8")
    file = tmp_path / "наша.yaml"
    file.write_text(
        text.replace("id: federal-low-results", "id: our-own").replace("ШНОР", "НАШИ"), encoding="utf-8"
    )
    done = rostok("analyse", inputs, "--methodology", file, "--no-report", "--no-firmness", "--workers", "1",
                  "--out", tmp_path / "out")  # fmt: skip
    assert done.code == 0, done.err
    assert "НАШИ: 1 школа" in done.err
    assert ",our-own,2021.1,НАШИ,true," in (tmp_path / "out" / "results.csv").read_text(encoding="utf-8")
