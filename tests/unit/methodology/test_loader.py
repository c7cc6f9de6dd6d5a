"""Wrong definitions are refused with the line, a sentence and a remedy."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from rostok.methodology import Methodology, MethodologyError, load

GOOD = """\
id: sample
version: "1"
title: Проба
source: {document: приказ, confirmed: true}
author: команда
checked_by: не проверено
valid_from: 2021-01-01
review_on: 2027-09-01
parameters:
  threshold: {value: 0.3, unit: share, source: приказ, confirmed: true}
  by: {value: cohort, unit: choice, choices: {cohort: когорта, procedure: {ru: предмет и класс, en: subject and grade}}, source: приказ, confirmed: true}
assessments:
  - {kind: vpr, subjects: [math], grades: [5]}
  - {kind: oge, subjects: [math], grades: [9]}
taught: {НОШ: 4}
window: {latest: 2, of: calendar_years}
indicators:
  share: {value: below / participants, unit: share}
  mean_share: {mean: share, weight: participants}
rules:
  low: {when: share >= threshold}
  listed: {at_least: 2, of: low, count_by: by}
category: {список: listed}
low_results: listed
reason: "{what} {by_subject}: {share}"
examples:
  - name: пример
    given: |
      school | kind | subject | grade | year | participants | below
      A | vpr | math | 5 | 2021 | 20 | 8
    expect: {A: {listed: unknown}}
"""


def refused(text: str) -> MethodologyError:
    with pytest.raises(MethodologyError) as caught:
        load(text, "sample.yaml")
    assert caught.value.file == "sample.yaml"
    assert caught.value.sentence.endswith(".") and caught.value.remedy.endswith((".", ")."))
    return caught.value


def test_good_one_loads() -> None:
    methodology = load(GOOD, "sample.yaml")
    assert methodology.low_results and methodology.verdict == "listed"
    assert methodology.label == "1"


@pytest.mark.parametrize(
    ("written", "instead", "line", "sentence", "remedy"),
    [
        ("assessments:", "assesments:", 12, "слово «assesments» здесь неизвестно", "«assessments»"),
        ("version: \"1\"", "version: 1", 2, "у слова «version» стоит «1»", "кавычки"),
        ("author: команда\n", "", 1, "нет слова «author»", "Добавьте «author:»"),
        ("valid_from: 2021-01-01", "valid_from: скоро", 7, "у слова «valid_from» стоит «скоро»", "дата вида"),
        ("source: приказ, confirmed: true}\n  by", "confirmed: true}\n  by", 10, "нет слова «source»", "Добавьте"),
        ("confirmed: true}\n  by", "}\n  by", 10, "нет слова «confirmed»", "true или false"),
        ("value: 0.3", "value: 30", 10, "доля «threshold» равна 30.0", "30 % — это 0.30"),
        ("unit: share, source", "unit: shares, source", 10, "единица «shares» неизвестна", "«share»"),
        ("value: cohort", "value: cohorts", 11, "нет варианта «cohorts»", "«cohort»"),
        ("kind: vpr", "kind: впр", 13, "«впр» у слова «kind» неизвестно", "vpr"),
        ("kind: oge, subjects: [math], grades: [9]", "kind: vpr, subjects: [math], grades: [5]", 14, "уже выбраны", "Разведите"),
        ("grades: [5]}", "grades: five}", 13, "у слова «grades» стоит «five»", "[5, 6]"),
        ("taught: {НОШ: 4}", "taught: {НОШ: четвёртый}", 15, "стоит «четвёртый»", "число"),
        ("of: calendar_years", "of: calendar_year", 16, "неизвестно", "«calendar_years»"),
        ("latest: 2", "latest: years", 16, "имя «years» неизвестно", "Можно: by, threshold"),
        ("below / participants", "belov / participants", 18, "имя «belov» неизвестно", "«below»"),
        ("below / participants", "below // participants", 18, "в этом языке нет", "Есть +"),
        ("below / participants", "below / (participants", 18, "не читается", "скобки"),
        ("below / participants", "print(below)", 18, "функции «print» нет", "Можно"),
        ("below / participants", "below >= 3", 18, "здесь нужно число", "Условие"),
        ("{mean: share, weight: participants}", "{weight: participants}", 19, "нет слова, которое говорит", "Можно"),
        ("{mean: share, weight: participants}", "{mean: share, sum: share}", 19, "несколько способов", ""),
        ("{mean: share, weight: participants}", "{value: mean_share + 1}", 19, "по кругу: mean_share → mean_share", "Уберите"),
        ("{mean: share, weight: participants}", "{region: listed}", 19, "здесь нужно число", ""),
        ("  mean_share:", "  threshold:", 19, "имя «threshold» уже занято", "возьмите другое"),
        ("  mean_share:", "  share:", 19, "это имя уже есть выше", "не повторяются"),
        ("  mean_share:", "  mean share:", 19, "не годится", "без пробелов"),
        ("share >= threshold", "share >= threshold and mean_share > 0", 21, "об одной работе", "соберите"),
        ("share >= threshold", "share >= 'много'", 21, "а нужно число", "кавычках"),
        ("share >= threshold", "kind == 'впр'", 21, "у «kind» нет значения «впр»", "Можно"),
        ("of: low,", "of: lov,", 22, "нельзя посчитать", "«low»"),
        ("at_least: 2", "at_least: mean_share", 22, "а здесь нужно постоянное", "параметр"),
        ("count_by: by", "count_by: \"'year'\"", 22, "считать по «year» нельзя", "Можно"),
        ("{список: listed}", "{список: low}", 23, "здесь говорят о школе", "собирают"),
        ("low_results: listed", "low_results: low", 24, "не правило о школе", "listed"),
        ("{by_subject}", "{by_subjekt}", 25, "места «by_subjekt» для текста нет", "«by_subject»"),
        ("{by_subject}", "{threshold:проценты}", 25, "вид «проценты» неизвестен", "percent"),
        ("reason: \"{what}", "reason: \"{what", 25, "скобки", "«{»"),
        ("{what} {by", "[{what} {by", 25, "квадратные скобки", "«[»"),
        ("{by_subject}", "{participants:n}", 25, "нет числа участников", "participants"),
        ("{when: share >= threshold}", "{when: share >= threshold, reason: \"{shara}\"}", 21, "места «shara» для текста нет", "«share»"),
        ("of: low, count_by: by}", "of: low, count_by: by, reason: \"{mean_share}\"}", 22, "места «mean_share» для текста нет", "«share»"),
        ("choices: {cohort: когорта, procedure:", "choices: {cohort: 1, procedure:", 11, "у слова «cohort»", "слов с двоеточиями"),
        ("expect: {A: {listed: unknown}}", "expected: {A: {listed: unknown}}", 31, "слово «expected»", "«expect»"),
    ],
)  # fmt: skip
def test_refused_with_line_and_remedy(
    written: str, instead: str, line: int, sentence: str, remedy: str
) -> None:
    assert GOOD.count(written) >= 1
    error = refused(GOOD.replace(written, instead, 1))
    assert sentence in error.sentence
    assert remedy in error.remedy
    assert error.line == line
    assert str(error).startswith(f"sample.yaml, строка {line}: ")


@pytest.mark.parametrize(
    "name", ["low", "threshold", "lower", "low_count", "assessment_count", "unknown_count", "cohorts"]
)
@pytest.mark.parametrize("of", ["share", "mean_share"])
def test_indicator_named_as_a_column_of_results_is_refused(name: str, of: str) -> None:
    """The table of results has these columns itself; a parameter or the cell rule may still be called so."""
    text = GOOD.replace("threshold", "bound").replace("low:", "weak:").replace("of: low,", "of: weak,")
    load(text, "sample.yaml")
    line = 18 if of == "share" else 19
    wrong = refused(re.sub(rf"\b{of}\b(?!, |}})", name, text))
    assert (wrong.line, wrong.sentence) == (line, f"имя «{name}» уже занято.")
    assert "возьмите другое" in wrong.remedy


@pytest.mark.parametrize("name", ["threshold", "cohorts"])
def test_rule_named_as_a_column_of_results_is_refused(name: str) -> None:
    text = GOOD.replace("threshold", "bound").replace("listed", name)
    assert refused(text).sentence == f"имя «{name}» уже занято."


def test_not_yaml_has_its_line() -> None:
    assert refused("id: a\ntitle: [1, 2\nversion: b\n").line in {2, 3}


def test_a_list_is_not_a_methodology() -> None:
    assert refused("- a\n- b\n").line == 1


def test_expectation_of_something_unknown() -> None:
    from rostok.methodology.examples import check_examples

    methodology = load(GOOD.replace("{listed: unknown}", "{lsted: unknown}"), "sample.yaml")
    with pytest.raises(MethodologyError, match="listed") as caught:
        check_examples(methodology)
    assert caught.value.line == 27


def test_expectation_that_does_not_come_true_is_told() -> None:
    from rostok.methodology.examples import check_examples

    methodology = load(GOOD.replace("{listed: unknown}", "{listed: true, low_count: 1}"), "sample.yaml")
    assert [mismatch.sentence for mismatch in check_examples(methodology)] == [
        "Пример «пример», школа A: listed — unknown, а ожидалось true."
    ]


def sample() -> Methodology:
    return load(GOOD, "sample.yaml")


def test_values_given_by_hand_enter_label_and_hash() -> None:
    changed = sample().with_parameters({"threshold": "0,25", "by": "procedure"})
    assert changed.label == "1+by=procedure+threshold=0.25"
    assert changed.hash != sample().hash
    assert changed.parameter_values(dt.date(2022, 1, 1)) == {"threshold": 0.25, "by": "procedure"}


def test_hash_depends_on_what_is_said_and_not_on_how_it_is_written() -> None:
    spaced = GOOD.replace("{value: 0.3, unit: share,", "{unit: share,   value: 0.30,") + "\n# a remark\n"
    assert load(spaced, "other.yaml").hash == sample().hash
    assert load(GOOD.replace("0.3,", "0.31,"), "sample.yaml").hash != sample().hash


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"treshold": "0.2"}, "параметра «treshold» в методике нет"),
        ({"threshold": "много"}, "нужно число"),
        ({"threshold": "25"}, "доля «threshold» равна 25.0"),
        ({"threshold": "nan"}, "нужно число"),
        ({"by": "year"}, "нет варианта «year»"),
    ],
)
def test_wrong_values_given_by_hand(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(MethodologyError) as caught:
        sample().with_parameters(given)
    assert sentence in caught.value.sentence and caught.value.line is None


def test_dated_values() -> None:
    text = GOOD.replace("value: 0.3,", "values: {2021-01-01: 0.3, 2023-01-01: 0.25},")
    methodology = load(text, "sample.yaml")
    assert methodology.parameter_values(dt.date(2022, 12, 31))["threshold"] == 0.3
    assert methodology.parameter_values(dt.date(2023, 1, 1))["threshold"] == 0.25
    with pytest.raises(ValueError, match="нет значения на 2020-12-31"):
        methodology.parameter_values(dt.date(2020, 12, 31))
