"""Who the schools are: invented, of all kinds and sizes, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.formats import ScaleBook
from rostok.synth import Region, generate, places
from rostok.synth.region import held_in
from rostok.synth.schools import Block, make_municipalities, make_schools


def test_every_name_says_it_is_invented(region: Region) -> None:
    names = (*region.population.schools.names, *region.municipalities.names)
    assert all("вымышленн" in name.lower() for name in names)
    assert len(set(region.population.schools.names)) == 180


def test_settlements_do_not_repeat() -> None:
    assert len({places.settlement(number) for number in range(3_000)}) == 3_000


def test_keys_are_of_the_invented_region_and_differ(region: Region) -> None:
    keys = region.population.schools.keys
    assert len(set(keys)) == 180
    assert all(len(key) == 6 and key.startswith("99") for key in keys)


def test_kinds_places_and_sizes_are_mixed(region: Region) -> None:
    schools = region.population.schools
    assert set(schools.kinds) == {"НОШ", "ООШ", "СОШ", "гимназия", "лицей"}
    assert 0.2 < schools.urban.mean() < 0.7
    assert schools.size.min() >= 3 and schools.size.max() <= 200
    assert np.median(schools.size[schools.urban]) > 3 * np.median(schools.size[~schools.urban])
    assert (schools.highest[np.array(schools.kinds) == "ООШ"] == 9).all()


def test_schools_are_ordered_as_the_store_orders_them(region: Region) -> None:
    schools = region.population.schools
    pairs = list(zip(schools.municipality.tolist(), schools.keys, strict=True))
    assert pairs == sorted(pairs)


def test_blocks_of_a_region_share_no_key() -> None:
    keys: set[str] = set()
    for part in range(4):
        block = Block(98, part, 4)
        keys.update(make_schools(2_000, make_municipalities(222, block), seed=1, block=block).keys)
    assert len(keys) == 8_000


def test_seed_decides(scales: ScaleBook) -> None:
    first, again, other = (
        generate(schools=20, years=(2021,), seed=seed, scales=scales) for seed in (3, 3, 4)
    )
    assert first.population.schools.names == again.population.schools.names
    assert np.array_equal(first.population.schools.effect, again.population.schools.effect)
    assert not np.array_equal(first.population.schools.effect, other.population.schools.effect)


def test_one_school_is_a_region_too(scales: ScaleBook) -> None:
    region = generate(schools=1, years=(2021,), seed=1, scales=scales)
    assert len(region.scripts(region.assessments[0])) >= 3


@pytest.mark.parametrize(("schools", "years"), [(0, (2021,)), (8_001, (2021,)), (10, ())])
def test_impossible_regions_are_refused(scales: ScaleBook, schools: int, years: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        generate(schools=schools, years=years, seed=1, scales=scales)


def test_exams_that_were_not_held_are_not_there() -> None:
    assert not any(one.kind == "oge" for one in held_in(2020))
    assert not any(one.kind == "ege_base" for one in held_in(2021))
    assert any(one.kind == "ege_base" for one in held_in(2022))
