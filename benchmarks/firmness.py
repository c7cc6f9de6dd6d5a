"""Is `probability` true? Regions with known truth, two independent intakes, the federal rule.

    python -m benchmarks.firmness [--regions N] [--write]

The first intake is what an analyst sees; the second has the same schools, sizes and conditions, and other
children. If the model is right, of the schools to which it gave a probability of about p, about p have the
same verdict in the second intake. The peer is the plug-in bootstrap: binomial draws with the observed share.
``--write`` puts the tables where the manual includes them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import resource
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.firmness_regions import ALIKE, WORLDS, Floats, Ints, World, draw_intake, make_region
from rostok.statistics import chance as chance_of
from rostok.statistics import firmness, intake
from rostok.statistics.cells import Cells

TABLES = Path(__file__).resolve().parent.parent / "docs" / "manual" / "firmness_calibration.inc"
MINIMUM_LOW, MINIMUM_PUPILS = 2, 5  # the federal rule: 30 % or more in two papers, five pupils
TRUE, FALSE, UNKNOWN = 1, 0, -1
SECOND_INTAKES = 4  # per region: each is compared with the first
PROBABILITY_BINS = (0.0, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
NATIONAL_SCHOOLS, NATIONAL_PAPERS = 40_000, 9


def verdicts(under: Ints, participants: Floats, papers: int) -> Ints:
    """The federal rule for cells ordered by school, then paper: (schools, draws) from (cells, draws)."""
    counts = under.reshape(-1, papers, under.shape[1])
    base = participants.reshape(-1, papers, 1)
    enough = base >= MINIMUM_PUPILS
    low = ((counts * 10 >= base * 3) & enough).sum(axis=1)
    unknown = (~enough).sum(axis=1)
    return np.where(low >= MINIMUM_LOW, TRUE, np.where(low + unknown < MINIMUM_LOW, FALSE, UNKNOWN))


def model_probability(cells: Cells, components: intake.Components, papers: int, seen: Ints) -> Floats:
    """Probability of the same verdict by the model."""
    draws = [verdicts(r.under_minimum, _base(cells, r), papers) for r in intake.replicates(cells, components)]
    replicated = np.concatenate(draws)
    return firmness.probability((replicated == seen[:, None]).sum(axis=1), replicated.shape[1])


def plug_in_probability(cells: Cells, papers: int, seen: Ints, rng: np.random.Generator) -> Floats:
    """Probability of the same verdict when the observed share is taken for the true one."""
    n = cells.participants.astype(np.int64)[:, None]
    drawn = rng.binomial(n, cells.under_minimum[:, None] / n, (len(cells), intake.DRAWS))
    replicated = verdicts(drawn, cells.participants, papers)
    return firmness.probability((replicated == seen[:, None]).sum(axis=1), intake.DRAWS)


def _base(cells: Cells, part: intake.Replicates) -> Floats:
    """Participants of the rows of a chunk; cells here are already in order, without gaps."""
    width = int(cells.assessment.max()) + 1
    return cells.participants[part.unit * width + part.assessment]


@dataclass(frozen=True)
class Checked:
    """One row per school and second intake."""

    size: Floats
    probability: Floats
    plug_in: Floats
    same: Floats
    listed: Floats  # in the first intake
    cohorts: Floats  # chance of being listed if all schools were alike but for cohorts and pupils
    pupils: Floats  # the same, but for pupils only


def check_region(world: World, seed: int) -> Checked:
    """One region: fit on the first intake, compare with further ones."""
    rng = np.random.default_rng([seed, len(world.papers), world.schools])
    region, papers = make_region(world, rng), len(world.papers)
    cells, classes = draw_intake(region, rng)
    components = intake.fit(cells, classes)
    seen = verdicts(cells.under_minimum[:, None].astype(np.int64), cells.participants, papers)[:, 0]
    model = model_probability(cells, components, papers, seen)
    naive = plug_in_probability(cells, papers, seen, rng)
    same = []
    for _ in range(SECOND_INTAKES):
        other, _ = draw_intake(region, rng)
        again = verdicts(other.under_minimum[:, None].astype(np.int64), other.participants, papers)[:, 0]
        same.append(again == seen)
    alike = [listed_by_chance(cells, components, papers, cohorts=value) for value in (True, False)]
    repeat = [region.sizes.mean(axis=1), model, naive, np.concatenate(same), seen == TRUE, *alike]
    return Checked(*(np.tile(v.astype(np.float64), SECOND_INTAKES * len(seen) // v.size) for v in repeat))


def listed_by_chance(cells: Cells, components: intake.Components, papers: int, *, cohorts: bool) -> Floats:
    """Probability of each school to be listed in a region of like schools."""
    parts = intake.chance(cells, components, cohorts=cohorts)
    drawn = np.concatenate([verdicts(part.under_minimum, _base(cells, part), papers) for part in parts])
    return (drawn == TRUE).mean(axis=1)


def check_world(world: World, regions: int) -> Checked:
    """Several regions of one kind; small regions are repeated until schools are as many."""
    times = max(1, round(regions * 640 / world.schools))
    found = [check_region(world, seed) for seed in range(times)]
    names = Checked.__dataclass_fields__
    return Checked(**{name: np.concatenate([getattr(one, name) for one in found]) for name in names})


def brier(probability: Floats, same: Floats) -> float:
    return float(((probability - same) ** 2).mean())


def calibration_error(probability: Floats, same: Floats) -> float:
    """Mean distance, over ten bins of probability, between what was said and what came true."""
    index = np.minimum((probability * 10).astype(np.int64), 9)
    weight = np.bincount(index, minlength=10)
    gap = np.abs(np.bincount(index, probability - same, 10))
    return float(gap.sum() / weight.sum())


def rows_by_bin(found: Checked) -> Iterator[tuple[str, ...]]:
    for low, high in pairwise(PROBABILITY_BINS):
        model = _said(found.probability, found.same, low, high)
        yield (f"{_n(low)}–{_n(high)}", *model, *_said(found.plug_in, found.same, low, high))


def _said(probability: Floats, same: Floats, low: float, high: float) -> tuple[str, str, str]:
    inside = (probability >= low) & (probability < high)
    if inside.sum() < 50:
        return ("—", "—", "—")
    share = inside.mean() * 100
    return (f"{_n(share, 0)} %", _n(probability[inside].mean(), 3), _n(same[inside].mean(), 3))


def rows_by_size(found: Checked) -> Iterator[tuple[str, ...]]:
    band = chance_of.size_band(found.size)
    for index, name in enumerate(band_names()):
        at = band == index
        if at.sum() >= 50:
            yield (
                name,
                _n(found.probability[at].mean(), 3),
                _n(found.plug_in[at].mean(), 3),
                _n(found.same[at].mean(), 3),
                _n(brier(found.probability[at], found.same[at]), 3),
                _n(brier(found.plug_in[at], found.same[at]), 3),
            )


def rows_of_listed(found: Checked) -> Iterator[tuple[str, ...]]:
    """Of the schools listed: how many would not be for another intake, said and come true."""
    band = chance_of.size_band(found.size)
    for index, name in enumerate(band_names()):
        at = (band == index) & (found.listed > 0)
        if at.sum() >= 50:
            share = found.listed[band == index].mean()
            said, came = 1 - found.probability[at].mean(), 1 - found.same[at].mean()
            plug = 1 - found.plug_in[at].mean()
            yield (name, *(f"{_n(value * 100, 1)} %" for value in (share, said, came, plug)))


def rows_of_chance(cohorts: Checked, pupils: Checked) -> Iterator[tuple[str, ...]]:
    """Listed per hundred schools in regions where schools do not differ: said and come true."""
    for index, name in enumerate(band_names()):
        row = [name]
        for found, said in ((cohorts, cohorts.cohorts), (pupils, pupils.pupils)):
            at = chance_of.size_band(found.size) == index
            row += [f"{_n(said[at].mean() * 100, 1)} %", f"{_n(found.listed[at].mean() * 100, 1)} %"]
        yield tuple(row)


def rows_by_world(all_found: dict[str, Checked]) -> Iterator[tuple[str, ...]]:
    for name, found in all_found.items():
        firm = found.probability >= firmness.FIRM_FROM
        plug_firm = found.plug_in >= firmness.FIRM_FROM
        yield (
            name,
            _n(found.probability.mean(), 3),
            _n(found.same.mean(), 3),
            _n(calibration_error(found.probability, found.same), 3),
            _n(brier(found.probability, found.same), 3),
            _n(found.same[firm].mean(), 3),
            _n(calibration_error(found.plug_in, found.same), 3),
            _n(brier(found.plug_in, found.same), 3),
            _n(found.same[plug_firm].mean(), 3),
        )


def band_names() -> list[str]:
    bounds = chance_of.SIZE_BANDS
    between = [f"{low}–{high - 1}" for low, high in pairwise(bounds[1:])]
    return [f"менее {bounds[1]}", *between, f"{bounds[-1]} и более"]


def national() -> tuple[float, float, int]:
    """Seconds to fit and to replicate, and peak bytes of arrays, for a country."""
    rng = np.random.default_rng(1)
    cells = _national_cells(rng)
    started = time.perf_counter()
    components = intake.fit(cells)
    fitted = time.perf_counter()
    for part in intake.replicates(cells, components):
        del part
    done = time.perf_counter()
    small = _national_cells(rng, schools=2 * intake.CHUNK)
    tracemalloc.start()
    for part in intake.replicates(small, components):
        del part
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return fitted - started, done - fitted, peak


def _national_cells(rng: np.random.Generator, schools: int = NATIONAL_SCHOOLS) -> Cells:
    unit, paper = np.divmod(np.arange(schools * NATIONAL_PAPERS), NATIONAL_PAPERS)
    typical = np.clip(np.exp(rng.normal(np.log(22), 1.1, schools)), 3, 200)
    n = np.maximum(rng.poisson(typical[unit]), 1)
    share = np.clip(0.2 + 0.1 * rng.normal(size=schools)[unit] + 0.04 * rng.normal(size=n.size), 0.01, 0.9)
    return Cells(
        unit=unit, assessment=paper, subject=paper % 2, generation=paper // 4, occasion=paper // 5,
        participants=n, under_minimum=rng.binomial(n, share),
        class_concentration=np.full(n.size, np.nan),
    )  # fmt: skip


def _n(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def tables(regions: int) -> str:
    """All measured tables as Markdown."""
    found = {world.name: check_world(world, regions) for world in WORLDS}
    main = found[WORLDS[0].name]
    fitted, replicated, peak = national()
    machine = f"{os.cpu_count()} ядра, {platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}"
    said = ("доля школ", "обещано", "сбылось")
    heads = {
        "bin": ("вероятность", *said, *(f"{name} (прямой бутстрэп)" for name in said)),
        "size": (
            "участников на работу", "обещано", "обещано бутстрэпом", "сбылось", "Брайер", "Брайер бутстрэпа",
        ),
        "listed": (
            "участников на работу", "в списке", "вышли бы из списка: обещано", "сбылось", "обещано бутстрэпом",
        ),
        "chance": (
            "участников на работу", "ученики и потоки: обещано", "сбылось", "только ученики: обещано", "сбылось",
        ),
        "world": (
            "мир", "обещано", "сбылось", "ошибка калибровки", "Брайер", "сбылось из «уверенно»",
            "ошибка бутстрэпа", "Брайер бутстрэпа", "сбылось из «уверенно» бутстрэпа",
        ),
    }  # fmt: skip
    return "\n".join(
        [
            f"Измерено {dt.datetime.now(tz=dt.UTC):%d.%m.%Y}: `python -m benchmarks.firmness --regions {regions}`; {machine}.\n",
            f"**По вероятности** ({WORLDS[0].name}).\n",
            table(heads["bin"], rows_by_bin(main)),
            f"**По размеру школы** ({WORLDS[0].name}).\n",
            table(heads["size"], rows_by_size(main)),
            f"**Школы из списка** ({WORLDS[0].name}): доля тех, кого при другом наборе в списке не было бы.\n",
            table(heads["listed"], rows_of_listed(main)),
            "**Случайные попадания**: доля школ в списке там, где школы на деле одинаковы.\n",
            table(heads["chance"], rows_of_chance(*(check_world(world, regions) for world in ALIKE))),
            "**По мирам.**\n",
            table(heads["world"], rows_by_world(found)),
            f"**Время.** {NATIONAL_SCHOOLS} школ × {NATIONAL_PAPERS} работ × {intake.DRAWS} наборов: оценка "
            f"параметров {_n(fitted, 1)} с, наборы {_n(replicated, 1)} с, массивы одной порции "
            f"({intake.CHUNK} школ) до {peak / 1e6:.0f} МБ.\n",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--regions", type=int, default=5, help="regions of 640 schools per world")
    parser.add_argument("--write", action="store_true", help="write the tables of the manual")
    options = parser.parse_args()
    text = tables(options.regions)
    sys.stdout.write(text)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"\npeak memory of the whole run: {peak} MB\n")
    if options.write:
        TABLES.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
