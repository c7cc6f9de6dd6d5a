"""Learning-gap maps of a country from stored Parquet, beside pandas and Polars.

    python -m benchmarks.gaps [--sizes 1,5,25] [--runs 2] [--write]

Sizes are millions of scripts. Asked for at 25 million: maps from school upwards 10 seconds, of classes 25, 900 MB.
The peers give percent correct, intervals and verdicts; correlations, effects of schools and the choice of levels
are ours only. Rows, answers and points of all programs are compared before a figure is printed. Debian has no R
package that reads Parquet: data.table gets the participants' items as CSV, and its reading is a line of its own.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks._gaps_rule import papers
from benchmarks._harness import (
    Goal,
    Measured,
    goals,
    number,
    run_command,
    run_module,
    said_when,
    skip,
    table,
    write_page,
)
from benchmarks.national import Data, data_of

PROGRAMS = {
    "Росток, таблицы": ("_gaps_ours", "tables"),
    "Росток, gaps.csv на диске": ("_gaps_ours", "files"),
    "Polars": ("_gaps_polars", ""),
    "pandas": ("_gaps_pandas", ""),
    "предел: чтение столбцов": ("_gaps_floor", ""),
}
RIVAL, READING = "data.table из CSV", "из них чтение CSV"
OURS, FILES, FLOOR = "Росток, таблицы", "Росток, gaps.csv на диске", "предел: чтение столбцов"
LEVELS = {"school": "школы", "class": "классы"}
GOALS = {"school": 10, "class": 25}
MEGABYTES = 900
RIVAL_SCRIPT = Path(__file__).with_name("_gaps_rival.R")

Found = dict[tuple[str, str], Measured]  # level, program


def measure(data: Data, runs: int) -> Found:
    """The fastest of ``runs`` runs of every program, in turns."""
    best: Found = {}
    for _ in range(runs):
        for level in LEVELS:
            for name, (module, what) in PROGRAMS.items():
                with tempfile.TemporaryDirectory(dir=data.directory.parent) as folder:
                    measured = run_module(module, what, str(data.directory), level, str(Path(folder) / "out"))
                _keep(best, (level, name), measured)
            if shutil.which("Rscript"):
                _keep(
                    best, (level, RIVAL), run_command("Rscript", str(RIVAL_SCRIPT), str(csv_of(data)), level)
                )
            check_equal(
                {name: one for (at, name), one in best.items() if at == level and name not in (FILES, FLOOR)}
            )
    if not shutil.which("Rscript"):
        skip("сравнение с R: нет Rscript с пакетом r-cran-data.table")
    return best


def _keep(best: Found, key: tuple[str, str], measured: Measured) -> None:
    best[key] = min(measured, best.get(key, measured), key=lambda m: m.seconds)


def csv_of(data: Data) -> Path:
    """The items of participants as CSV, made once: a file per paper, beside it the maxima of its items."""
    folder = data.directory.with_name(f"{data.directory.name}-csv")
    if folder.is_dir():
        return folder
    making = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    with duckdb.connect() as engine:
        for place, paper in enumerate(papers(data.directory)):
            name = f"{place:03}.csv"
            maxima = "".join(f"{most}\n" for most in ("maximum", *paper.maxima))
            (making / f"maxima{name}").write_text(maxima, "utf-8")
            engine.execute(
                f"COPY (SELECT school_id, class_name, {', '.join(paper.items)} FROM read_parquet('{paper.path}') "
                f"WHERE participant) TO '{making / f'paper{name}'}' (HEADER)"
            )
    return making.rename(folder)


def check_equal(found: dict[str, Measured]) -> None:
    """AssertionError where a program counted other rows, answers or points than ours."""
    expected = found[OURS].said
    for name, measured in found.items():
        said = {key: measured.said[key] for key in expected}
        assert said == expected, f"{name}: {said}, not {expected}"


def page(found: list[tuple[Data, Found]]) -> str:
    parts = [
        f"{said_when()} От готового хранилища до карты (единица × задание): процент, интервал, вывод; весь процесс вместе "
        "с запуском. Строки, ответы и баллы всех программ совпали. Polars и pandas не считают корреляций с работой и "
        "эффекта школ. Запись gaps.csv стоит отдельной строкой: карта страны — пятнадцать миллионов строк и больше."
    ]
    for level, name in LEVELS.items():
        sizes = [f"{number(data.scripts / 1e6, 1)} млн" for data, _ in found]
        programs = [p for p in (*PROGRAMS, RIVAL) if (level, p) in found[0][1]]
        seconds = [[p, *(number(m[level, p].seconds) for _, m in found)] for p in programs]
        memory = [[p, *(number(m[level, p].together_mb, 0) for _, m in found)] for p in programs]
        if RIVAL in programs:
            seconds.append([READING, *(number(m[level, RIVAL].said["reading"]) for _, m in found)])
        ratio = [
            "Росток ÷ предел",
            *(number(m[level, OURS].seconds / m[level, FLOOR].seconds) for _, m in found),
        ]
        parts += [f"### {name.capitalize()}", "Секунд:", table(["", *sizes], [*seconds, ratio]),
                  "Мегабайт:", table(["", *sizes], memory)]  # fmt: skip
    data, largest = found[-1]
    full = data.millions >= 25
    asked = [
        Goal(
            f"карты, {LEVELS[level]}, 25 млн работ", most, "с", largest[level, OURS].seconds if full else None
        )
        for level, most in GOALS.items()
    ]
    asked += [
        Goal(
            f"память, {LEVELS[level]}, 25 млн работ",
            MEGABYTES,
            "МБ",
            largest[level, OURS].together_mb if full else None,
        )
        for level in GOALS
    ]
    return "\n\n".join([*parts, goals(asked)])


def main() -> int:
    return write_page(__doc__, data_of, measure, page, name="gaps", title="Карты затруднений")


if __name__ == "__main__":
    sys.exit(main())
