"""Learning-gap maps of a country from stored Parquet, beside pandas and Polars.

    python -m benchmarks.gaps [--sizes 1,5,25] [--runs 2] [--write]

Sizes are millions of scripts. Asked for at 25 million: maps from school upwards 10 seconds, of classes 25, 900 MB.
The peers give percent correct, intervals and verdicts; correlations, effects of schools and the choice of levels
are ours only. Rows, answers and points of all programs are compared before a figure is printed. R's data.table
reads no Parquet, and Debian has no R package that does; it is left out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks._harness import Goal, Measured, goals, number, run_module, said_when, table, write_page
from benchmarks.national import Data, data_of

PROGRAMS = {
    "Росток, таблицы": ("_gaps_ours", "tables"),
    "Росток, gaps.csv на диске": ("_gaps_ours", "files"),
    "Polars": ("_gaps_polars", ""),
    "pandas": ("_gaps_pandas", ""),
    "предел: чтение столбцов": ("_gaps_floor", ""),
}
OURS, FILES, FLOOR = "Росток, таблицы", "Росток, gaps.csv на диске", "предел: чтение столбцов"
LEVELS = {"school": "школы", "class": "классы"}
GOALS = {"school": 10, "class": 25}
MEGABYTES = 900

Found = dict[tuple[str, str], Measured]  # level, program


def measure(data: Data, runs: int) -> Found:
    """The fastest of ``runs`` runs of every program, in turns."""
    best: Found = {}
    for _ in range(runs):
        for level in LEVELS:
            for name, (module, what) in PROGRAMS.items():
                with tempfile.TemporaryDirectory(dir=data.directory.parent) as folder:
                    measured = run_module(module, what, str(data.directory), level, str(Path(folder) / "out"))
                best[level, name] = min(measured, best.get((level, name), measured), key=lambda m: m.seconds)
            check_equal({name: best[level, name] for name in PROGRAMS if name not in (FILES, FLOOR)})
    return best


def check_equal(found: dict[str, Measured]) -> None:
    """AssertionError where a program counted other rows, answers or points than ours."""
    expected = found[OURS].said
    for name, measured in found.items():
        assert measured.said == expected, f"{name}: {measured.said}, not {expected}"


def page(found: list[tuple[Data, Found]]) -> str:
    parts = [
        f"{said_when()} От готового хранилища до карты (единица × задание): процент, интервал, вывод; весь процесс вместе "
        "с запуском. Строки, ответы и баллы всех программ совпали. Polars и pandas не считают корреляций с работой и "
        "эффекта школ. Запись gaps.csv стоит отдельной строкой: карта страны — пятнадцать миллионов строк и больше."
    ]
    for level, name in LEVELS.items():
        sizes = [f"{number(data.scripts / 1e6, 1)} млн" for data, _ in found]
        seconds = [[p, *(number(m[level, p].seconds) for _, m in found)] for p in PROGRAMS]
        memory = [[p, *(number(m[level, p].together_mb, 0) for _, m in found)] for p in PROGRAMS]
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
