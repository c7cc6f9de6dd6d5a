"""Scripts in memory → a stored version: thousands of school forms, one shuffled export, one sorted stream.

python -m benchmarks.storing [--scripts 1000000] [--write]
"""

from __future__ import annotations

import argparse
import sys

from benchmarks._harness import Measured, number, run_module, said_when, table, write_section

WAYS = {
    "forms": "формы школ, по одной на школу",
    "shuffled": "одна выгрузка, строки вперемешку",
    "sorted": "поток в порядке хранилища",
}


def page(scripts: int, found: dict[str, Measured]) -> str:
    rows = [
        [
            WAYS[way],
            number(m.said["seconds"]),
            number(scripts / m.said["seconds"] / 1000, 0),
            number(m.together_mb, 0),
        ]
        for way, m in found.items()
    ]
    return (
        f"{said_when()} Одна работа, {number(scripts / 1e6)} млн строк по 14 заданий, школы по 50 человек. Время — "
        f"запись, сортировка, слияние и хэш; память — всего процесса вместе с самими данными. Все три дали одну и ту "
        f"же версию.\n\n" + table(["", "секунд", "тысяч строк в секунду", "МБ"], rows)
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scripts", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    options = parser.parse_args()
    found = {way: run_module("_storing_one", way, str(options.scripts)) for way in WAYS}
    if len({measured.said["version"] for measured in found.values()}) != 1:
        raise AssertionError(f"versions differ: {found}")
    text = page(options.scripts, found)
    print(text)
    if options.write:
        write_section("storing", "Запись хранилища", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
