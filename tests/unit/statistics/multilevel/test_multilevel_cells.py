"""Terms named and coded as R does; sums by cell give the same cross products as rows."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.multilevel import fit, sums_of_rows
from rostok.statistics.multilevel.cells import OUTCOME, Cells, Recipe, basis_of_shifts, sums_of_cells
from rostok.statistics.multilevel.formula import Variable, columns_of, numbers_to_centre, parse_terms

SEX, KIND = Variable("sex", ("F", "M")), Variable("kind", ("a", "b", "c"))
VARIABLES = {"sex": SEX, "kind": KIND, "ses": Variable("ses"), "age": Variable("age")}


def named(*texts: str) -> list[str]:
    return [column.name for column in columns_of(parse_terms(texts), VARIABLES)]


# colnames(model.matrix(~ …))[-1] of R 4.2.2, factors with these levels.
@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("ses,sex", ["ses", "sexM"]),
        ("sex,kind,sex:kind", ["sexM", "kindb", "kindc", "sexM:kindb", "sexM:kindc"]),
        ("ses,sex:ses,sex", ["ses", "sexM", "ses:sexM"]),
        ("ses,ses:sex", ["ses", "ses:sexM"]),
        ("sex,sex:ses", ["sexM", "sexF:ses", "sexM:ses"]),
        ("sex:ses", ["sexF:ses", "sexM:ses"]),
        ("sex,sex:kind", ["sexM", "sexF:kindb", "sexM:kindb", "sexF:kindc", "sexM:kindc"]),
        ("sex:kind", ["sexF:kinda", "sexM:kinda", "sexF:kindb", "sexM:kindb", "sexF:kindc", "sexM:kindc"]),
        ("kind:ses,ses,ses:ses", ["ses", "kindb:ses", "kindc:ses"]),
        ("ses,age,sex,age:ses,ses:age:sex", ["ses", "age", "sexM", "ses:age", "ses:age:sexM"]),
    ],
)
def test_columns_are_named_and_coded_as_r_does(terms: str, expected: list[str]) -> None:
    assert named(terms) == expected


def test_only_numbers_whose_products_are_whole_are_centred() -> None:
    def centred(text: str) -> set[str]:
        return numbers_to_centre(columns_of(parse_terms([text]), VARIABLES))

    assert centred("ses,age,ses:age") == {"ses", "age"}
    assert centred("ses,ses:age") == {"age"}  # (ses − s)(age − a) would need age alone
    assert centred("ses:age") == set()
    assert centred("sex:ses") == set()
    assert centred("sex,ses,sex:ses") == {"ses"}


def test_terms_that_are_none_are_named() -> None:
    with pytest.raises(ValueError, match="ses:"):
        parse_terms(["ses:"])


def test_a_product_of_centred_numbers_is_written_out() -> None:
    """(a − 2)(b − 3) = ab − 3a − 2b + 6."""
    columns = columns_of(parse_terms(["a,b,a:b"]), {name: Variable(name) for name in "ab"})
    basis = basis_of_shifts(Recipe(tuple(columns), frozenset("ab"), {"a": 2.0, "b": 3.0}))
    assert basis.T.tolist() == [[1, 0, 0, 0], [-2, 1, 0, 0], [-3, 0, 1, 0], [6, -3, -2, 1]]


@pytest.mark.parametrize("weighted", [False, True])
def test_cells_give_the_fit_of_rows(weighted: bool) -> None:
    """Categories and the school's size are constants of cells, two numbers are summed; one lies far from 0."""
    rng = np.random.default_rng(3)
    n = 400
    school, sex = rng.integers(0, 20, n), rng.choice(["F", "M"], n)
    size, near, far = (rng.normal(size=20) * 5)[school], rng.normal(size=n), rng.normal(3000, 1, n)
    weights = rng.choice([1.0, 2.5], n) if weighted else np.ones(n)
    y = size + near * (sex == "M") + far - 3000 + rng.normal(size=20)[school] + rng.normal(size=n)
    terms = parse_terms(["sex,size,near,far,near:far,sex:near,size:near"])
    columns = columns_of(terms, {"sex": SEX, **{name: Variable(name) for name in ("size", "near", "far")}})
    shifts = {"far": 2999.5, "near": 0.25, "size": 1.0, OUTCOME: 0.7}
    recipe = Recipe(tuple(columns), frozenset({"near", "far"}), shifts)
    shifted = {"near": near - 0.25, "far": far - 2999.5, OUTCOME: y - 0.7}
    keys = np.unique(np.array([f"{k:02d}{s}" for k, s in zip(school, sex, strict=True)]), return_inverse=True)
    place = keys[1]
    sums = {product: np.bincount(place, weights * np.prod([shifted[name] for name in product] or [np.ones(n)], axis=0))
            for product in recipe.products}  # fmt: skip
    first = np.unique(place, return_index=True)[1]
    cells = Cells({"school": [f"{k:02d}" for k in school[first]]}, {"sex": sex[first].tolist()},
                  {"size": size[first] - 1.0}, sums, np.bincount(place), float(np.log(weights).sum()))  # fmt: skip
    male = (sex == "M").astype(float)
    plain = {"sexM": male, "size": size, "near": near, "far": far, "near:far": near * far, "sexM:near": male * near,
             "size:near": size * near}  # fmt: skip
    by_rows = fit(
        sums_of_rows(y, plain, {"school": [f"{k:02d}" for k in school]}, weights), slopes={"school": ["near"]}
    )
    by_cells = fit(sums_of_cells(recipe, cells), slopes={"school": ["near"]})
    assert by_cells.terms == by_rows.terms
    assert by_cells.criterion == pytest.approx(by_rows.criterion, abs=1e-6)
    np.testing.assert_allclose(by_cells.estimates, by_rows.estimates, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(by_cells.levels[0].effects, by_rows.levels[0].effects, atol=1e-6)
