"""Child, the peer: the same files by pandas with openpyxl in two processes, to one Parquet file each.

It does less than ours: digits of the login, numbers out of cells, who took part. No marks, no problems, no
checks. Prints rows by file as JSON.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

_SCHOOL = ("логин школы", "user")
_TOTAL = ("всего баллов", "sum")
_ITEMS = ("балл за", "a-")


def read(task: tuple[str, str]) -> int:
    file, target = task
    sheet = pd.read_excel(file, engine="openpyxl")
    sheet = sheet[[column for column in sheet.columns if not str(column).startswith("Unnamed")]]
    names = {str(column).strip().lower(): column for column in sheet.columns}
    school = sheet[next(names[name] for name in names if name.startswith(_SCHOOL))]
    total = sheet[next(names[name] for name in names if name.startswith(_TOTAL))]
    papers = pd.DataFrame({"school_id": school.astype(str).str.extract(r"(\d{6})")[0],
                           "raw_score": pd.to_numeric(total, errors="coerce")})  # fmt: skip
    items = [column for name, column in names.items() if name.startswith(_ITEMS)]
    for position, column in enumerate(items, start=1):
        papers[f"item_{position:02d}"] = pd.to_numeric(sheet[column], errors="coerce").astype("float32")
    papers["participant"] = papers.drop(columns="school_id").notna().any(axis=1)
    papers.sort_values("school_id", kind="stable").to_parquet(target, compression="zstd")
    return len(papers)


def main(folder: str, *files: str) -> None:
    tasks = [(file, str(Path(folder) / f"{place}.parquet")) for place, file in enumerate(files)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        rows = dict(zip(files, pool.map(read, tasks), strict=True))
    print(json.dumps(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
