from __future__ import annotations

import pytest

from einthoven.cohort.reports.wording import expand, grow, longest


def test_choices_nest_and_optional_separators_double():
    assert expand("(a|b(c|))_d") == {"ad", "a d", "bcd", "bc d", "bd", "b d"}


def test_a_parenthesis_without_a_choice_is_one():
    assert expand("lvid (d)") == {"lvid (d)"}


def test_a_parenthesis_that_is_not_closed_is_refused():
    with pytest.raises(ValueError, match="doesn't close"):
        expand("lv (ef|e.f.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lv ejection fraction", "lv ejection fraction"),
        ("lv-ejection  fraction", "lv ejection fraction"),
        ("lv ejections", "lv"),
        ("lvx", ""),
        ("lv\nejection\nfraction 5", "lv ejection fraction"),
        ("lv    ejection fraction", "lv"),
    ],
)
def test_the_longest_wording_is_found_with_any_separators_and_no_letter_behind(text, found):
    assert longest(grow(["lv", "lv ejection fraction"]), text, 0)[0] == found
