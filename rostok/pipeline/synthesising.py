"""A synthetic region or country on disk, for trying out, teaching and measuring."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rostok.pipeline.reading import scale_book
from rostok.pipeline.swap import room_for
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.schema.synthetic import TRUTH_FILE
from rostok.synth import files_below, generate, write_national, write_region

# A region is held in memory whole; beyond this the country's writer works block by block.
LARGEST_REGION = 8000


def synthesise(
    out: Path,
    *,
    schools: int,
    years: Sequence[int],
    seed: int,
    kind: str = "xlsx",
    dirt: float = 0.01,
    scripts: int | None = None,
    progress: Progress = silent,
) -> None:
    """Write a synthetic region (``xlsx``: files as they are sent; ``parquet``: a stored version) into ``out``.

    An earlier synthetic region in ``out`` is replaced when the new one is whole. Raises InputRefused:
    output-not-ours when anything else lies there, nothing-to-synthesise for what cannot be made.
    """
    try:
        with room_for(out, is_synthetic):
            if kind == "parquet" and (scripts is not None or schools > LARGEST_REGION):
                write_national(out, schools=schools, years=years, seed=seed, scales=scale_book(), scripts=scripts,
                               progress=progress)  # fmt: skip
                return
            region = generate(schools=schools, years=years, seed=seed, scales=scale_book())
            write_region(region, out, format=kind, dirt=dirt, progress=progress)
    except ValueError as error:
        raise InputRefused((Problem("nothing-to-synthesise", values={"detail": str(error)}),)) from error


def is_synthetic(folder: Path) -> bool:
    """An earlier region and nothing beside it: every file is one its truth names; notes of people are not."""
    try:
        said = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
        return set(files_below(folder)) <= set(said["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
