"""What the words of the language mean, on every evaluator."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.methodology.examples import Evaluator, check_examples
from tests.spec.engines import EVALUATORS
from tests.spec.specifications import FILES, load_specification


@pytest.mark.parametrize("evaluator", EVALUATORS.values(), ids=EVALUATORS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_specification_holds(path: Path, evaluator: Evaluator) -> None:
    specification = load_specification(path)
    assert specification.examples
    assert [mismatch.sentence for mismatch in check_examples(specification, evaluator)] == []
