"""Ten real workbooks (256,000 papers) to stored Parquet, beside pandas with openpyxl on the same files.

    python -m benchmarks.reading [--files N] [--write]

Needs the shared data beside the checkout. Asked for: 25 seconds and 600 MB on two cores. ``--write`` puts the
figures into docs/performance.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks._harness import (
    SHARED,
    Goal,
    Measured,
    goals,
    number,
    run_module,
    said_when,
    skip,
    table,
    write_section,
)

MOST_SECONDS, MOST_MB = 25, 600


def workbooks() -> list[Path]:
    return sorted(path for year in ("2020", "2021") for path in (SHARED / "region" / year).rglob("*.xlsx"))


def measure(files: list[Path], module: str) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        return run_module(module, folder, *map(str, files))


def rows_by_name(measured: Measured, files: list[Path]) -> list[int]:
    """Rows of each file, whatever form of its path the program uses."""
    said = {Path(name).as_posix(): rows for name, rows in measured.said.items()}
    return [next(rows for name, rows in said.items() if file.as_posix().endswith(name)) for file in files]


def page(ours: Measured, peer: Measured, files: int, rows: int) -> str:
    header = ["", "секунд", "процессорных секунд", "МБ, один процесс", "МБ, все процессы"]
    lines = [
        [name, number(m.seconds), number(m.cpu_seconds), number(m.largest_mb, 0), number(m.together_mb, 0)]
        for name, m in (
            ("Росток: чтение, проверки, отметки, хранилище", ours),
            ("pandas и openpyxl, два процесса", peer),
        )
    ]
    return (
        f"{said_when()} Файлов {files}, строк {rows}: настоящие выгрузки одного региона. Чтение в два процесса. "
        f"Программа на pandas делает меньше: ни проверок, ни отметок. Число строк каждого файла совпало.\n\n"
        f"{table(header, lines)}\n\n"
        f"Разница во времени: в {number(peer.seconds / ours.seconds)} раза.\n\n"
        + goals(
            [
                Goal("время чтения", MOST_SECONDS, "с", ours.seconds),
                Goal("память, все процессы", MOST_MB, "МБ", ours.together_mb),
            ]
        )
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10, help="how many of the workbooks")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    options = parser.parse_args()
    files = workbooks()[: options.files]
    if not files:
        skip("рядом с рабочей копией нет общих данных (../shared/region)")
        return 0
    ours, peer = measure(files, "_read_ours"), measure(files, "_read_pandas")
    if rows_by_name(ours, files) != rows_by_name(peer, files):
        raise AssertionError(f"rows differ: {ours.said} and {peer.said}")
    text = page(ours, peer, len(files), sum(peer.said.values()))
    print(text)
    if options.write:
        write_section("reading", "Чтение выгрузок региона", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
