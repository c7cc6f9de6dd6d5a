"""Tables of items for the codes of problems: what triggers each, and the table without the fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from rostok import pipeline
from rostok.schema.problems import InputRefused, Problem

PUPILS = 4000
DIFFICULTY = np.linspace(-1.2, 1.2, 6)
Trial = Callable[[Path, pytest.MonkeyPatch], Iterable[Problem]]
Columns = Mapping[str, list[object]]


def answers(difficulty: np.ndarray = DIFFICULTY, pupils: int = PUPILS, seed: int = 1) -> np.ndarray:
    """Answers by the Rasch model, items × pupils."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=pupils)
    return (rng.random((len(difficulty), pupils)) < 1 / (1 + np.exp(difficulty[:, None] - level))).astype(int)


def columns(scores: np.ndarray) -> dict[str, list[object]]:
    return {f"{number}": list(row) for number, row in enumerate(scores.tolist(), 1)}


GOOD = columns(answers(pupils=300))
ANY = [int(any(row)) for row in zip(*GOOD.values(), strict=True)]  # one point for whoever has any other
PARITY: list[object] = [number % 2 for number in range(300)]


@dataclass(frozen=True)
class Items:
    """A table analysed as from a notebook."""

    columns: Columns = field(default_factory=lambda: GOOD)
    group: str | None = None
    booklet: str | None = None
    identities: Mapping[tuple[str, str], str] | None = None
    maxima: Mapping[str, int] | None = None

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        table = pa.table({name: pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
                          for name, cells in self.columns.items()})  # fmt: skip
        try:
            return pipeline.items(
                table, group=self.group, booklet=self.booklet, identities=self.identities, maxima=self.maxima
            ).problems
        except InputRefused as refused:
            return refused.problems


@dataclass(frozen=True)
class ItemFile:
    """A file analysed as by the command."""

    name: str
    content: bytes

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        folder.mkdir(parents=True)
        path = folder / self.name
        path.write_bytes(self.content)
        try:
            return pipeline.write_items(path, plan=pipeline.ItemPlan(), out=folder / "out").problems
        except InputRefused as refused:
            return refused.problems


@dataclass(frozen=True)
class IdentityFile:
    """Two variants with a table of identity as a file; after its header every row names an item."""

    lines: str

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        folder.mkdir(parents=True)
        scores, named = folder / "баллы.csv", folder / "задания.csv"
        names = ["1", "2", "3", "вариант"]
        rows = zip(*(IN_VARIANTS[name] for name in names), strict=True)
        scores.write_text("\n".join(",".join(map(str, row)) for row in (names, *rows)), encoding="utf-8")
        named.write_text("booklet,column,item\n" + self.lines, encoding="utf-8")
        plan = pipeline.ItemPlan(booklet="вариант", identities=named)
        try:
            return pipeline.write_items(scores, plan=plan, out=folder / "out").problems
        except InputRefused as refused:
            return refused.problems


@dataclass(frozen=True)
class SameTwice:
    """Two columns under one label, alike or not."""

    alike: bool
    labels: tuple[str, str] = ("1", "1")

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        second = GOOD["1"] if self.alike else GOOD["2"]
        rest = [GOOD[name] for name in ("3", "4", "5")]
        return pipeline.items(
            pa.table([GOOD["1"], second, *rest], names=[*self.labels, "3", "4", "5"])
        ).problems


def beside(**more: list[object]) -> Items:
    return Items({**GOOD, **more})


def spoilt(cell: object) -> Items:
    """The first cell of the first item replaced."""
    return Items({**GOOD, "1": [cell, *GOOD["1"][1:]]})


def two_variants(second: np.ndarray, pupils: int = PUPILS) -> Items:
    both = np.hstack([answers(pupils=pupils), answers(second, pupils, seed=2)])
    names: list[object] = ["А"] * pupils + ["Б"] * pupils
    return Items({**columns(both), "вариант": names}, booklet="вариант")


def apart() -> Items:
    """Two booklets without a common item."""
    half = [{name: [cell if (number < 150) == (name <= "3") else None for number, cell in enumerate(cells)]
             for name, cells in GOOD.items()}]  # fmt: skip
    return Items(half[0])


def never_together() -> Items:
    """A chain of booklets: the first item and the last share no pupil."""
    booklets = ({"1", "2", "3"}, {"2", "3", "4", "5", "6"})
    cut = {name: [cell if name in booklets[number % 2] else None for number, cell in enumerate(cells)]
           for name, cells in GOOD.items()}  # fmt: skip
    return Items(cut)


VARIANTS: list[object] = ["А", "Б"] * 150
OWN = {(variant, name): name for variant in "АБ" for name in GOOD}
IN_VARIANTS = {**GOOD, "вариант": VARIANTS}
CSV = b"1,2\n1,0\n0,1\n1,1\n"
DRIFTED = DIFFICULTY + np.where(np.arange(6) == 2, 1.5, 0)

# Code, with the fault, without it.
TRIALS: tuple[tuple[str, Trial, Trial], ...] = (
    ("item-table-unknown", ItemFile("баллы.docx", b"PK\x03\x04"[:2] + b"nothing"), ItemFile("баллы.csv", CSV)),
    ("items-none", Items({"имя": ["Аня", "Боря"] * 5}), Items()),
    ("column-unnamed", ItemFile("баллы.csv", b",1,2\n1,1,0\n2,0,1\n3,1,1\n"), ItemFile("баллы.csv", CSV)),
    ("item-column-text", beside(имя=["Аня"] * 300), Items()),
    ("item-score-fraction", spoilt("0.5"), spoilt("1")),
    ("item-score-alone", spoilt("7"), Items({**GOOD, "1": ["7", *GOOD["1"][1:]]}, maxima={"1": 7})),
    ("item-labels-repeated", SameTwice(alike=False), SameTwice(alike=False, labels=("1", "2"))),
    ("item-column-repeated", SameTwice(alike=True), SameTwice(alike=False)),
    ("item-empty", beside(пусто=[None] * 300), Items()),
    ("item-one-value", beside(все=[1] * 300), Items()),
    ("item-many-scores", beside(минут=list(range(50)) * 6), Items()),
    ("item-total", beside(итог=[sum(map(int, map(str, row))) for row in zip(*GOOD.values(), strict=True)]), Items()),
    ("item-maximum-large", beside(занятий=[11 + number % 9 for number in range(300)]),
     Items({**GOOD, "эссе": [11 + number % 9 for number in range(300)]}, maxima={"эссе": 24})),
    ("item-booklet-like", beside(вариант=[1, 2] * 150), Items({**GOOD, "вариант": [1, 2] * 150}, maxima={"вариант": 2})),
    ("item-person-like", beside(класс=[5, 6] * 150), beside(классика=[5, 6] * 150)),
    ("item-list-like", beside(порядок=[*range(100), *[None] * 200]), beside(порядок=[1, *range(100), *[None] * 199])),
    ("item-score-jump", Items({**GOOD, "1": ["7", *GOOD["1"][1:]]}, maxima={"1": 7}), spoilt("7")),
    ("item-score-far", beside(новое=[*[5] * 30, *PARITY[30:]]), beside(новое=[*[5] * 90, *PARITY[90:]])),
    ("item-scores-unused", beside(двойное=[2 * int(str(cell)) for cell in PARITY]), beside(одинарное=PARITY)),
    ("item-not-placed", beside(любое=list(ANY)), beside(чётное=PARITY)),
    ("items-unconnected", apart(), Items()),
    ("pupils-without-scores", Items({name: [*cells[:-1], None] for name, cells in GOOD.items()}), Items()),
    ("pupils-too-few", Items({name: cells[:1] for name, cells in GOOD.items()}), Items()),
    ("alpha-unknown", never_together(), Items()),
    ("scale-not-found", Items({"1": GOOD["1"]}), Items()),
    ("link-refused", two_variants(DIFFICULTY[::-1]), two_variants(DIFFICULTY)),
    ("booklets-left-out", two_variants(DIFFICULTY[::-1]), two_variants(DIFFICULTY)),
    ("link-drift", two_variants(DRIFTED), two_variants(DIFFICULTY)),
    ("link-unknown", two_variants(DIFFICULTY, 40), two_variants(DIFFICULTY)),
    ("identity-unknown", Items(IN_VARIANTS, booklet="вариант", identities={**OWN, ("В", "1"): "1"}),
     Items(IN_VARIANTS, booklet="вариант", identities=OWN)),
    ("identity-repeated", Items(IN_VARIANTS, booklet="вариант", identities={**OWN, ("А", "1"): "2"}),
     Items(IN_VARIANTS, booklet="вариант", identities=OWN)),
    ("identity-column-repeated", IdentityFile("А,1,дроби\nА,1,углы\n"), IdentityFile("А,1,дроби\nА,1,дроби\nБ,2,дроби\n")),
    ("identity-incomplete", IdentityFile("А,1,дроби\nБ,1,\n"), IdentityFile("А,1,дроби\nБ,2,дроби\n")),
    ("pupil-without-booklet",
     Items({**GOOD, "вариант": [None, *VARIANTS[1:]]}, booklet="вариант", identities=OWN),
     Items(IN_VARIANTS, booklet="вариант", identities=OWN)),
    ("groups-too-few", Items({**GOOD, "пол": ["ж"] * 300}, group="пол"), Items({**GOOD, "пол": ["ж", "м"] * 150}, group="пол")),
    ("pupils-without-group", Items({**GOOD, "пол": [None, *["ж", "м"] * 149, "ж"]}, group="пол"),
     Items({**GOOD, "пол": ["ж", "м"] * 150}, group="пол")),
    ("groups-small", Items({**GOOD, "класс": [f"5{letter}" for letter in "абвг"] * 75}, group="класс"),
     Items({**GOOD, "пол": ["ж", "м"] * 150}, group="пол")),
    ("item-skips-matter",
     Items({**GOOD, "1": ["X" if number % 3 else cell for number, cell in enumerate(GOOD["1"])]}), spoilt("X")),
)  # fmt: skip
