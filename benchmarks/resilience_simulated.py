"""Resilience on made-up regions with planted schools: precision and recall with intervals, by size of school.

    python -m benchmarks.resilience_simulated [--seeds 20] [--write]

Each seed is a region of 300 schools, one in twenty planted as resilient: conditions among the worst, results half a
standard deviation above what they let expect. ``--write`` puts the tables into docs/manual/resilience_power.inc.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks._harness import ROOT, table
from benchmarks._planted_regions import SIZES, Truth, share, with_region
from rostok.pipeline.resilient import ResiliencePlan, resilience_of
from rostok.schema.verdicts import ResilienceVerdict as Verdict
from rostok.statistics.school_limits import DELTA, LOWER_PART
from rostok.store import DataVersion
from rostok.synth.schools import RESILIENT

PAGE = ROOT / "docs" / "manual" / "resilience_power.inc"
SCHOOLS = 300
SETTINGS = {
    "один год, индекс по паспорту": ((2021,), ResiliencePlan(index="social-passport")),
    "три года, индекс по паспорту": ((2020, 2021, 2022), ResiliencePlan(index="social-passport")),
    "три года, показатель с надёжностью 0,95": (
        (2020, 2021, 2022), ResiliencePlan(indicator="social_index", reliability=0.95),
    ),
    "три года, надёжность не известна (0,8)": ((2020, 2021, 2022), ResiliencePlan(indicator="social_index")),
    "три года, определённость 0,95": (
        (2020, 2021, 2022), ResiliencePlan(index="social-passport", certainty=0.95),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """Of every school: pupils a grade, was it planted, is it truly so, what was said."""

    size: np.ndarray
    planted: np.ndarray
    true: np.ndarray
    verdict: np.ndarray


def look(seed: int, years: Sequence[int], plan: ResiliencePlan) -> Seen:
    def work(version: DataVersion, engine: Any, truth: Truth) -> Seen:
        rows = resilience_of(version, engine, plan).tables["resilience"].to_pylist()
        said = {row["school_id"]: row["verdict"] for row in rows}
        low = truth.context <= np.quantile(truth.context, LOWER_PART)
        verdict = np.array([said.get(school, "") for school in truth.schools])
        return Seen(truth.size, truth.planted == RESILIENT, low & (truth.own > DELTA), verdict)

    return with_region(seed, SCHOOLS, years, work)


def joined(seen: Sequence[Seen]) -> Seen:
    names = ("size", "planted", "true", "verdict")
    return Seen(*(np.concatenate([getattr(one, name) for one in seen]) for name in names))


def row(name: str, found: Seen, kept: np.ndarray) -> list[str]:
    named = (found.verdict == Verdict.RESILIENT) & kept
    planted, true = found.planted & kept, found.true & kept
    wrong = named & ~found.true
    silent = (found.verdict == Verdict.CANNOT_TELL) & true
    return [
        name, share(int((named & found.true).sum()), int(named.sum())), share(int((named & planted).sum()), int(planted.sum())),
        share(int((named & true).sum()), int(true.sum())), share(int(silent.sum()), int(true.sum())), str(int(wrong.sum())),
    ]  # fmt: skip


HEADER = [
    "",
    "названы верно (точность)",
    "найдены из созданных",
    "найдены из всех таких",
    "из таких «сказать нельзя»",
    "названы зря",
]


def page(found: dict[str, Seen], seeds: int) -> str:
    everyone = [row(name, one, np.ones(len(one.size), bool)) for name, one in found.items()]
    middle = list(found)[1]
    one = found[middle]
    sizes = [row(label, one, (one.size >= low) & (one.size < high)) for low, high, label in SIZES]
    return "\n\n".join([
        f"Регионов: {seeds}, школ в каждом {SCHOOLS}. «Такие» — школы, чьи настоящие условия в нижней четверти, а настоящий "
        "постоянный эффект выше ожидаемого больше чем на δ = 0,1. В скобках — 95-процентный интервал.",
        table(HEADER, everyone),
        f"По численности параллели ({middle}):",
        table(["учеников в параллели", *HEADER[1:]], sizes),
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found = {}
    with ProcessPoolExecutor(2) as pool:
        for name, (years, plan) in SETTINGS.items():
            found[name] = joined(
                list(pool.map(partial(look, years=years, plan=plan), range(100, 100 + given.seeds)))
            )
    text = page(found, given.seeds)
    print(text)
    if given.write:
        PAGE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
