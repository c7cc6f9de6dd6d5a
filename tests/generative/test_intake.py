"""Whatever the cells: counts stay possible, and what must not matter changes no bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rostok.statistics.cells import Cells
from rostok.statistics.intake import UNKNOWN, chance, fit, pooled, replicates
from rostok.statistics.intervals import wilson

NAMES = tuple(Cells.__dataclass_fields__)


@st.composite
def regions(draw: st.DrawFn) -> Cells:
    """Up to a dozen schools with some of seven papers, unknown counts and empty cells among them."""
    keys = draw(
        st.lists(st.tuples(st.integers(0, 11), st.integers(0, 6)), min_size=1, max_size=60, unique=True)
    )
    n = [draw(st.integers(0, 150)) for _ in keys]
    x = [draw(st.none() | st.integers(0, size)) for size in n]
    n[0], x[0] = max(n[0], 1), min(x[0] or 0, 1)  # at least one cell is evidence
    unit, paper = (np.array(column, dtype=np.int64) for column in zip(*keys, strict=True))
    concentration = [draw(st.none() | st.floats(0.05, 1.0)) for _ in keys]
    return Cells(
        unit=unit, assessment=paper, subject=paper % 2, generation=paper // 2, occasion=paper % 3,
        participants=np.array(n, dtype=float),
        under_minimum=np.array(x, dtype=float),
        class_concentration=np.array(concentration, dtype=float),
    )  # fmt: skip


def drawn(cells: Cells, **options: int) -> np.ndarray:
    parts = replicates(cells, fit(cells), draws=16, **options)
    return np.concatenate([part.under_minimum for part in parts])


@given(regions())
@settings(max_examples=60)
def test_counts_are_possible_and_unknown_stays_unknown(cells: Cells) -> None:
    ordered = cells.sorted()
    components = fit(cells)
    for parts in (replicates(cells, components, draws=16), chance(cells, components, draws=16)):
        counts = np.concatenate([part.under_minimum for part in parts])
        unknown = np.isnan(ordered.under_minimum)
        assert (counts[unknown] == UNKNOWN).all()
        assert (counts[~unknown] >= 0).all()
        assert (counts[~unknown] <= ordered.participants[~unknown, None]).all()


@given(regions())
@settings(max_examples=60)
def test_components_are_a_division_of_one_whole(cells: Cells) -> None:
    found = fit(cells)
    parts = (found.school, found.occasion, found.subject, found.generation, found.paper, found.cell)
    assert min(parts) >= 0
    assert abs(sum(parts) - 1) < 1e-9
    assert 0 <= found.class_share <= 1
    assert 0 <= found.pupil_correlation < 1


@given(regions(), st.randoms(use_true_random=False), st.integers(1, 5))
@settings(max_examples=60)
def test_row_order_and_chunks_change_no_bit(cells: Cells, random: object, chunk: int) -> None:
    order = list(range(len(cells)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = Cells(**{name: getattr(cells, name)[order] for name in NAMES})
    assert drawn(cells).tobytes() == drawn(shuffled, chunk=chunk).tobytes()


@given(regions())
@settings(max_examples=60)
def test_renumbering_schools_and_papers_in_order_changes_no_bit(cells: Cells) -> None:
    """The numbers are labels: only their order counts."""
    renumbered = Cells(
        **{name: getattr(cells, name) for name in NAMES}
        | {"unit": cells.unit * 10 + 3, "subject": 7 - cells.subject}
    )
    assert drawn(cells).tobytes() == drawn(renumbered).tobytes()


@given(regions(), st.integers(0, 11))
@settings(max_examples=60)
def test_other_schools_matter_only_through_the_components(cells: Cells, school: int) -> None:
    components = fit(cells)
    inside = cells.sorted().unit == school
    part = Cells(**{name: getattr(cells.sorted(), name)[inside] for name in NAMES})
    if not len(part):
        return
    alone = np.concatenate([p.under_minimum for p in replicates(part, components, draws=16)])
    among = np.concatenate([p.under_minimum for p in replicates(cells, components, draws=16)])
    assert alone.tobytes() == among[inside].tobytes()


@given(regions())
@settings(max_examples=60)
def test_pooled_share_lies_in_its_interval(cells: Cells) -> None:
    found = pooled(cells, fit(cells))
    known = found.participants > 0
    assert (found.lower[known] <= found.share[known]).all()
    assert (found.share[known] <= found.upper[known]).all()
    assert ((found.lower[known] >= 0) & (found.upper[known] <= 1)).all()
    assert np.isnan(found.share[~known]).all()


@given(st.integers(1, 5000), st.data())
def test_wilson_contains_the_share_and_mirrors(base: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, base))
    lower, upper = wilson(count, base)
    assert 0 <= lower <= count / base <= upper <= 1
    mirrored_lower, mirrored_upper = wilson(base - count, base)
    assert abs(lower - (1 - mirrored_upper)) < 1e-12
    assert abs(upper - (1 - mirrored_lower)) < 1e-12
