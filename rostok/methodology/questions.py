"""What a methodology asks of one assessment and of a school, read off its rules, for the words of a report."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rostok.methodology.dependencies import constant, figure_and_threshold
from rostok.methodology.expressions import Arithmetic, Comparison, Expression, Logic, Name, names
from rostok.methodology.nodes import COUNTING_UNITS, AtLeast, Formula, When
from rostok.methodology.parameters import Value
from rostok.methodology.reference_expressions import number_of
from rostok.methodology.whole import Methodology

_SHARE = Arithmetic("/", Name("below"), Name("participants"))


def least_participants(rule: When | None, values: Mapping[str, Value]) -> int | None:
    """The number of participants that ``needs`` of a cell rule asks for; None where it asks for none."""
    if rule is None or rule.needs is None:
        return None
    needs = rule.needs
    parts = needs.operands if isinstance(needs, Logic) and needs.operator == "and" else (needs,)
    asked = [least for part in parts if (least := _least_of(part, values)) is not None]
    return max(asked, default=None)


_MIRRORED = {"<=": ">=", "<": ">"}


def _least_of(condition: Expression, values: Mapping[str, Value]) -> int | None:
    """5 for «participants >= 5», «5 <= participants» and «participants > 4»."""
    if not isinstance(condition, Comparison):
        return None
    left, operator, right = condition.left, condition.operator, condition.right
    if right == Name("participants"):
        left, operator, right = right, _MIRRORED.get(operator, ""), left
    if left != Name("participants") or operator not in {">=", ">"} or not names(right) <= set(values):
        return None
    least = number_of(right, values)
    if least is None:
        return None
    return math.floor(least) + 1 if operator == ">" else math.ceil(least)


def compares_share(methodology: Methodology, values: Mapping[str, Value]) -> bool:
    """Is the cell rule «the share below has reached a threshold»? Else its threshold is not one of shares."""
    rule = methodology.cell_rule
    compared = figure_and_threshold(rule.when, values) if rule else None
    if rule is None or compared is None or not isinstance(rule.when, Comparison):
        return False
    figure = compared[0]
    item = methodology.by_name.get(figure.name) if isinstance(figure, Name) else None
    figure = item.value if isinstance(item, Formula) else figure
    rising = {">=", ">"} if rule.when.left == compared[0] else {"<=", "<"}
    return figure == _SHARE and rule.when.operator in rising


def is_counted(methodology: Methodology) -> bool:
    """Does the question about low results come down to counting assessments under the cell rule?"""
    name = methodology.verdict
    while name is not None and isinstance(rule := methodology.by_name[name], AtLeast):
        if rule == methodology.counting_rule:
            return methodology.low_results
        name = rule.of
    return False


def decides(methodology: Methodology) -> bool:
    """Is it the cell rule that the verdict is counted from? Else it only stands beside the verdict."""
    name = methodology.verdict
    while name is not None and isinstance(rule := methodology.by_name[name], AtLeast):
        name = rule.of
    return name is not None and methodology.by_name[name] is methodology.cell_rule


def needed_assessments(methodology: Methodology, values: Mapping[str, Value]) -> int | None:
    """How many assessments below the threshold are low results; None where the answer is not such a number."""
    rule = methodology.counting_rule
    if rule is None or not methodology.low_results or methodology.verdict != rule.name or rule.each_year:
        return None
    if rule.count_by is not None and constant(rule.count_by, values) == COUNTING_UNITS[-1]:
        return None  # cohorts are counted, not papers
    return int(float(constant(rule.least, values)))
