"""The objectivity list on made-up regions: realised rate of wrong schools beside the stated one, power by kind and size.

    python -m benchmarks.objectivity_simulated [--seeds 200] [--write]

Each seed is a region of 300 schools that really differ (see ``_objectivity_regions``); unless a setting is all
honest, 30 of them are planted with inflation. ``--write`` puts the tables into docs/manual/objectivity_power.inc.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks._harness import ROOT, number, table
from benchmarks._objectivity_regions import INFLATIONS, Honest, region
from rostok.statistics.objectivity.battery import TESTS, battery, examine
from rostok.statistics.objectivity.combining import Combination, listed
from rostok.statistics.objectivity.limits import RATE
from rostok.statistics.objectivity.official import inflated_means

PAGE = ROOT / "docs" / "manual" / "objectivity_power.inc"
SCHOOLS = 300
LEVELS = (0.05, 0.01, 0.001)


@dataclass(frozen=True)
class Setting:
    """``per_inflation``: schools planted with each kind and size; 0 = all honest."""

    name: str
    honest: Honest
    per_inflation: int = 3


VERY_PECULIAR = Honest(school_item_sd=0.5, class_item_sd=0.5, heavy_tails=False, profile_tail=5.0)
SETTINGS = (
    Setting("обычные различия школ", Honest()),
    Setting("все школы честные", Honest(), 0),
    Setting(
        "большие различия школ",
        Honest(school_sd=0.6, spread=0.25, school_item_sd=0.6, class_item_sd=0.6, slope_sd=0.2),
    ),
    Setting("малые школы", Honest(median_pupils=18)),
    Setting("весь регион поднимает треть работ", Honest(lifting=0.3)),
    Setting("есть своеобразные школы", Honest(heavy_tails=False, profile_tail=5.0)),
    Setting("есть очень своеобразные школы", VERY_PECULIAR),
    Setting("есть очень своеобразные школы, все честные", VERY_PECULIAR, 0),
)


@dataclass(frozen=True)
class Seen:
    """One region. ``false``, ``listed``: schools by way of combining; ``found``: inflation → (listed, planted)."""

    false: dict[str, int]
    listed: dict[str, int]
    found: dict[str, tuple[int, int]]
    p_values: np.ndarray  # honest schools × tests
    official: float  # share of honest schools with an inflated mean in some paper


def look(seed: int, setting: Setting) -> Seen:
    made = region(seed, SCHOOLS, setting.per_inflation, setting.honest)
    tests = battery([examine(paper) for paper in made.papers], SCHOOLS)
    honest = np.array([one is None for one in made.planted])
    lists = {way: listed(tests.pooled.p_value, RATE, way).flagged for way in Combination}
    found = {}
    for inflation in INFLATIONS if setting.per_inflation else ():
        planted = np.array([one == inflation for one in made.planted])
        found[inflation.name] = (int((tests.listed.flagged & planted).sum()), int(planted.sum()))
    marked = np.any([inflated_means(paper.counts).flagged for paper in made.papers], axis=0)
    return Seen(
        {way: int((one & honest).sum()) for way, one in lists.items()},
        {way: int(one.sum()) for way, one in lists.items()},
        found, tests.pooled.p_value[honest], float(marked[honest].mean()),
    )  # fmt: skip


def rate_of(seen: Sequence[Seen], way: str) -> tuple[float, float]:
    """Mean share of wrong schools over regions, and the half-width of its 95 % interval."""
    shares = np.array([one.false[way] / max(one.listed[way], 1) for one in seen])
    return float(shares.mean()), float(1.96 * shares.std(ddof=1) / np.sqrt(len(shares)))


def page(found: dict[str, list[Seen]], seeds: int) -> str:
    rates, powers, levels = [], defaultdict(list), []
    for name, seen in found.items():
        each = [
            f"{number(mean, 3)} ± {number(half, 3)}"
            for mean, half in (rate_of(seen, way) for way in Combination)
        ]
        longest = number(float(np.mean([one.listed["bonferroni"] for one in seen])))
        rates.append(
            [name, *each, longest, number(100 * float(np.mean([one.official for one in seen])), 0) + " %"]
        )
        p_values = np.concatenate([one.p_values for one in seen])
        for test, column in zip(TESTS, p_values.T, strict=True):
            known = column[~np.isnan(column)]
            levels.append([f"`{test}`, {name}", *(number(float((known < a).mean()), 4) for a in LEVELS)])
        for inflation in seen[0].found:
            hits, planted = np.sum([one.found[inflation] for one in seen], axis=0)
            powers[inflation].append(number(hits / planted, 2))
    names = [name for name, seen in found.items() if seen[0].found]
    return "\n\n".join([
        f"Регионов в каждой строке: {seeds}, школ в регионе: {SCHOOLS}. Заявленная доля ошибочных школ в списке: {number(RATE, 2)}.",
        table(["регион", "ошибочных, Бонферрони", "ошибочных, Коши", "школ в списке", "честных школ с официальным «средний балл»"], rates),
        "Доля планированных школ, попавших в список (Бонферрони):",
        table(["что сделано, доля работ", *names], [[f"`{inflation}`", *row] for inflation, row in powers.items()]),
        "Доля честных школ с p ниже уровня:",
        table(["проверка, регион", *(number(a, 3) for a in LEVELS)], levels),
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put the tables into the manual")
    options = parser.parse_args()
    found = {}
    with ProcessPoolExecutor(options.workers) as pool:
        for place, setting in enumerate(SETTINGS):
            seeds = range(1000 * place, 1000 * place + options.seeds)
            found[setting.name] = list(pool.map(partial(look, setting=setting), seeds))
            print(setting.name, rate_of(found[setting.name], "bonferroni"), flush=True)
    text = page(found, options.seeds)
    print(text)
    if options.write:
        PAGE.write_text(text + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
