"""Tables of scores as files, ``rostok items`` of them, and what it wrote."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.integration.command import Outcome, contents, rostok
from tests.integration.pipeline.item_cases import answers

SCORES = answers(pupils=400).T.tolist()  # rows of pupils
NAMES = [str(number) for number in range(1, 7)]


def table(rows: list[list[object]], header: list[str], delimiter: str = ",") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue().encode()


def plain(folder: Path, delimiter: str = ",") -> Path:
    path = folder / "баллы.csv"
    path.write_bytes(table(SCORES, NAMES, delimiter))
    return path


def analysed(path: Path, out: Path, *options: object) -> Outcome:
    done = rostok("items", path, *options, "--out", out)
    assert (done.code, done.out) == (0, f"{out}\n"), done.err
    return done


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def figures(out: Path) -> dict[str, bytes]:
    return {
        name: content
        for name, content in contents(out).items()
        if name not in {"run.json", "problems.csv", "items.html"}
    }
