"""The grammar of rules: what stands for what, and refusals that show the place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.cohort.rule_grammar import (
    Column,
    Comparison,
    Connective,
    Fixed,
    Flag,
    Membership,
    Missing,
    Negation,
    parse,
)
from einthoven.errors import SpecificationError


def test_not_binds_before_and_and_before_or():
    """Words in any case; parentheses change it."""
    a, b, c = (Flag(Column(name)) for name in "abc")
    assert parse("a OR b And c") == Connective("any", (a, Connective("all", (b, c))))
    assert parse("(a or b) and c") == Connective("all", (Connective("any", (a, b)), c))
    assert parse("NOT a or b") == Connective("any", (Negation(a), b))
    assert parse("not (a or b)") == Negation(Connective("any", (a, b)))
    assert parse("any(a, b and c, c)") == Connective("any", (a, Connective("all", (b, c)), c))


def test_a_chain_compares_neighbours():
    """All in one direction."""
    x = Column("x")
    assert parse("40 < x <= 49") == Connective(
        "all", (Comparison("<", Fixed(40.0), x), Comparison("<=", x, Fixed(49.0)))
    )
    assert parse("x>=-1.5e1") == Comparison(">=", x, Fixed(-15.0))


def test_words_are_columns_to_the_left_and_texts_to_the_right():
    """Quotation marks and backticks say it outright."""
    assert parse("sex == F") == Comparison("==", Column("sex"), Fixed("F", is_word=True))
    assert parse('"F" == sex') == Comparison("==", Fixed("F"), Column("sex"))
    assert parse("site != `left side`") == Comparison("!=", Column("site"), Column("left side"))
    assert parse("a not in [1, 'x y']") == Negation(Membership(Column("a"), (Fixed(1.0), Fixed("x y"))))
    assert parse("a is not known") == Missing(Column("a"))
    assert parse("y.1AVB ≥ 1") == Comparison(">=", Column("y.1AVB"), Fixed(1.0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a rule is a text such as 'lvef <= 40'"),
        ("lvef <= 40 %", r"write the number alone\n    lvef <= 40 %\n               \^"),
        ("lvef = 40", "write == for"),
        ("lvef <> 40", "write != for"),
        ("a < 3 & b < 4", "write and"),
        ("lvef <= 40mg", "a number has no unit"),
        ("group.NT-proBNP > 3", "stands between backticks"),
        ("site == 'Basel", "the closing quotation mark is missing"),
        ("lvef < 40 > 30", "point in one direction"),
        ("lvef < 2,5", "the decimal sign is a point"),
        ("all < 3", r"expected '\('"),
        ("known < 3", "a column of that name stands between backticks"),
        ("(lvef < 3", r"expected '\)', found the end"),
        ("lvef is", "expected 'missing' or 'known', found the end"),
        ("lvef in []", "expected a column, a number, a text or a date, found ']'"),
        ("lvef in [`a`]", "no columns"),
        ("lvef < 3 and", "found the end"),
        ("3 < 4", "one has to be a column"),
        ("40", "begins with the name of a column"),
        ("t < 2015-02-30", "'2015-02-30' is no date"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_its_place(text, message):
    """The message shows what stands there and what could."""
    with pytest.raises(SpecificationError, match=message):
        parse(text)


@given(st.text(alphabet="ab<>=!()[], 1.'\"`notandisr%-", max_size=25))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_rule_or_refused(text):
    """No other error leaves the reader, and the mark stands inside the text."""
    try:
        parse(text)
    except SpecificationError as error:
        mark = str(error).splitlines()[-1]
        assert "^" not in mark or mark.index("^") <= len(text) + 4
