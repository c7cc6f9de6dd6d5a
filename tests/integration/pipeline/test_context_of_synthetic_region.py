"""A region whose schools were given a standing when it was made up: does the index find it, do neighbours share it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from rostok import pipeline
from rostok.pipeline.reading import scale_book
from rostok.statistics.context import Weighting
from rostok.synth import generate, write_region

SCHOOLS = 150


@dataclass(frozen=True)
class Made:
    """A folder with a stored version, and what each school was given, which is in no file of it."""

    version: Path
    standing: Mapping[str, float]
    effect: Mapping[str, float]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Made:
    made = generate(schools=SCHOOLS, years=[2021], seed=4, scales=scale_book())
    folder = tmp_path_factory.mktemp("region")
    write_region(made, folder, format="parquet", dirt=0.0)
    (manifest,) = folder.rglob("manifest.json")
    schools = made.population.schools
    keys = [str(key) for key in schools.keys]
    return Made(
        manifest.parent,
        dict(zip(keys, schools.context.tolist(), strict=True)),
        dict(zip(keys, schools.effect.tolist(), strict=True)),
    )


@pytest.mark.parametrize("weights", [Weighting.EQUAL, Weighting.PRINCIPAL])
def test_the_index_finds_the_standing(tmp_path: Path, region: Made, weights: Weighting) -> None:
    """Six shares of families, driven by the standing and noise of their own."""
    plan = pipeline.ContextPlan("social-passport", weights=weights)
    run = pipeline.context([region.version], plan=plan, out=tmp_path / "out")
    found = run.conditions.found
    truth = np.array([region.standing[school] for school in found.schools])
    assert len(truth) == SCHOOLS and np.corrcoef(found.index, truth)[0, 1] > 0.9
    # The error from leaving indicators out is of the size of what the index misses.
    slope, level = np.polyfit(found.index, truth, 1)
    missed = (truth - slope * found.index - level).std() / slope
    assert 0.5 < np.median(found.errors) / missed < 2
    # How the index goes with results is how the standing itself does, less what the index misses of it.
    assert run.conditions.results is not None
    result = run.conditions.results.standing.result
    (link,) = [row for row in run.tables["link"].to_pylist() if row["indicator"] == "index"]
    wrote = np.isfinite(result)
    assert link["correlation"] == pytest.approx(np.corrcoef(truth[wrote], result[wrote])[0, 1], abs=0.1)
    assert (found.highest >= found.decile).all() and (found.lowest <= found.decile).all()


def test_neighbours_share_the_standing_and_better_is_better(tmp_path: Path, region: Made) -> None:
    plan = pipeline.SimilarPlan(("all",), index="social-passport", caliper=1.0, neighbours=5)
    run = pipeline.similar([region.version], plan=plan, out=tmp_path / "out")
    pairs = [(row["school_id"], row["neighbour_id"]) for row in run.tables["similar"].to_pylist()]
    near = [abs(region.standing[one] - region.standing[other]) for one, other in pairs]
    values = np.array(list(region.standing.values()))
    assert len(pairs) > 2 * SCHOOLS and np.mean(near) < 0.5 * np.abs(values[:, None] - values).mean()
    # A neighbour called better was given the greater effect, and worse the smaller: wrong in one of twenty at most.
    said = run.tables["compared"]["verdict"].to_pylist()
    better = [region.effect[other] > region.effect[one] for one, other in pairs]
    named = [(verdict == "better") == truth
             for verdict, truth in zip(said, better, strict=True) if verdict != "cannot_tell"]  # fmt: skip
    assert len(named) > 50 and np.mean(named) > 0.95
