"""Child: the result files of a region → a stored version. Prints rows by file as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks._as_installed import hide_pandas

hide_pandas()

from rostok import pipeline  # noqa: E402 - pandas must be hidden first


def main(store: str, *files: str) -> None:
    stored = pipeline.read_and_store([Path(file) for file in files], root=Path(store))
    rows = {source.file: source.rows for source in stored.version.manifest.sources}
    print(json.dumps({Path(file).as_posix(): count for file, count in rows.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
