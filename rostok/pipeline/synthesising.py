"""A synthetic region or country on disk, for trying out, teaching and measuring."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from rostok.pipeline.reading import scale_book
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.schema.synthetic import TRUTH_FILE
from rostok.synth import generate, write_national, write_region

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

    An earlier synthetic region in ``out`` is replaced. Raises InputRefused: output-not-ours when anything else
    lies there, nothing-to-synthesise for what cannot be made.
    """
    _clear(out)
    try:
        if kind == "parquet" and (scripts is not None or schools > LARGEST_REGION):
            write_national(out, schools=schools, years=years, seed=seed, scales=scale_book(), scripts=scripts,
                           progress=progress)  # fmt: skip
            return
        region = generate(schools=schools, years=years, seed=seed, scales=scale_book())
        write_region(region, out, format=kind, dirt=dirt, progress=progress)
    except ValueError as error:
        raise InputRefused((Problem("nothing-to-synthesise", values={"detail": str(error)}),)) from error
    except FileExistsError as error:
        raise InputRefused((Problem("output-not-ours", file=str(out)),)) from error


def _clear(out: Path) -> None:
    if (out / TRUTH_FILE).is_file():
        shutil.rmtree(out)
