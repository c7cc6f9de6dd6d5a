"""Partial credit from a table in memory to parameters, beside psychotools and eRm.

    python -m benchmarks.items [--write]

One test of 15 items with 1 to 3 points, answers by the partial credit model. Complete; three booklets with a third
of the items missing by design; the same with 3 % of the answers lost at random. R with r-cran-psychotools and
r-cran-erm is measured where Rscript is; it has the fit alone to do, its data are in memory too.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks._harness import number, said_when, skip, table, write_section
from rostok.statistics.item_scores import group
from rostok.statistics.rasch import Calibration, calibrate

MAXIMA = np.array([1, 1, 2, 1, 3, 2, 1, 1, 2, 1, 2, 1, 3, 2, 2])
SIZES = (100_000, 1_000_000, 5_000_000)
RIVALS_AT = 100_000
GOAL_COMPLETE, GOAL_BOOKLETS = 1.0, 5.0  # seconds, at a million
LOST = 0.03
MOST_SECONDS = 600
RIVAL = Path(__file__).with_name("_items_rival.R")


def answers(pupils: int) -> np.ndarray:
    """Items × pupils by the partial credit model, int8."""
    rng = np.random.default_rng(1)
    level = rng.normal(0, 1.2, pupils).astype(np.float32)
    scores = np.empty((len(MAXIMA), pupils), np.int8)
    for item, top in enumerate(MAXIMA.tolist()):
        thresholds = rng.normal(0, 1) + np.linspace(-0.4, 0.4, top)
        logits = np.stack([k * level - thresholds[:k].sum() for k in range(top + 1)])
        share = np.exp(logits - logits.max(axis=0))
        reached = (share / share.sum(axis=0)).cumsum(axis=0)[:-1]
        scores[item] = (rng.random(pupils, dtype=np.float32) > reached).sum(axis=0)
    return scores


def in_booklets(scores: np.ndarray) -> np.ndarray:
    """Three booklets: each lacks every third item."""
    cut = scores.copy()
    booklet = np.arange(scores.shape[1]) % 3
    for item in range(len(cut)):
        cut[item, booklet == item % 3] = -1
    return cut


def with_losses(scores: np.ndarray) -> np.ndarray:
    cut = in_booklets(scores)
    cut[np.random.default_rng(2).random(cut.shape, np.float32) < LOST] = -1
    return cut


DESIGNS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "все задания у всех": lambda scores: scores,
    "три варианта": in_booklets,
    "три варианта и 3 % потерь": with_losses,
}


@dataclass(frozen=True)
class Ours:
    seconds: float
    grouping: float
    patterns: int
    calibration: Calibration


def measured(scores: np.ndarray, times: int = 3) -> Ours:
    """The best of a few runs: the machine is shared."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        grouped = group(scores).grouped
        grouping = time.perf_counter() - started
        calibration = calibrate(grouped)
        found.append(Ours(time.perf_counter() - started, grouping, len(grouped.presented), calibration))
    return min(found, key=lambda run: run.seconds)


def rival(scores: np.ndarray, package: str) -> dict[str, object] | None:
    """What the R package says of the table; None where it stops with an error or needs more than ten minutes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.csv"
        text = np.where(scores.T < 0, "NA", scores.T.astype(str))
        header = ",".join(f"i{item}" for item in range(len(scores)))
        np.savetxt(path, text, fmt="%s", delimiter=",", header=header, comments="")
        command = ["Rscript", RIVAL, path, package]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=MOST_SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(error, error.stderr, file=sys.stderr)
            return None
    said: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return said


def own_rows() -> list[list[str]]:
    rows = []
    for size in SIZES:
        scores = answers(size)
        for name, design in DESIGNS.items():
            run = measured(design(scores))
            rows.append(
                [
                    f"{number(size / 1e6)} млн, {name}",
                    number(run.seconds, 2),
                    number(run.grouping, 2),
                    str(run.patterns),
                ]
            )
            print(rows[-1], flush=True)
    return rows


def rival_rows() -> list[list[str]]:
    if shutil.which("Rscript") is None:
        skip("сравнение с R: нет Rscript с пакетами r-cran-psychotools и r-cran-erm")
        return []
    rows = []
    scores = answers(RIVALS_AT)
    for name, design in list(DESIGNS.items())[:2]:
        table_of = design(scores)
        ours = measured(table_of)
        thresholds = ours.calibration.thresholds()[0]
        rows.append(
            [f"Росток, {name}", number(ours.seconds, 2), "", number(ours.calibration.log_likelihood, 4)]
        )
        for package in ("psychotools", "eRm"):
            said = rival(table_of, package)
            if said is None:
                rows.append([f"{package}, {name}", "не посчитал", "—", "—"])
                continue
            apart = float(np.abs(thresholds - np.array(said["thresholds"], float)).max())
            rows.append([f"{package}, {name}", number(float(str(said["seconds"])), 2), f"{apart:.0e}",
                         number(float(str(said["loglik"])), 4)])  # fmt: skip
            print(rows[-1], flush=True)
    return rows


def body(own: list[list[str]], rivals: list[list[str]]) -> str:
    complete, booklets = (float(own[place][1].replace(",", ".")) for place in (3, 5))
    said = [
        f"1 млн участников × 15 заданий: {number(complete, 2)} с при цели {number(GOAL_COMPLETE, 0)} с — {_met(complete <= GOAL_COMPLETE)}; "
        f"три варианта и потери: {number(booklets, 2)} с при цели {number(GOAL_BOOKLETS, 0)} с — {_met(booklets <= GOAL_BOOKLETS)}.",
    ]
    return "\n\n".join([
        f"{said_when()} Модель partial credit по условному правдоподобию: от таблицы баллов в памяти до порогов с "
        "погрешностями, 15 заданий по 1–3 балла.",
        *said,
        table(["участников", "секунд", "из них группировка", "наборов заданий"], own),
        "Рядом с пакетами R из Debian, 100 тысяч участников; время R — только подгонка, без чтения файла. "
        "«Разошлись» — наибольшая разница порогов с нашими; «не посчитал» — пакет остановился с ошибкой или не "
        "уложился в 10 минут.",
        table(["программа", "секунд", "разошлись", "правдоподобие"], rivals),
    ])  # fmt: skip


def _met(done: bool) -> str:
    return "выполнено" if done else "не выполнено"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = body(own_rows(), rival_rows())
    print(text)
    if options.write:
        write_section("items", "Модели заданий", text)


if __name__ == "__main__":
    main()
