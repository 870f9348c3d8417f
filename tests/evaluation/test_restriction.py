"""A restriction keeps what it says and nothing that isn't known; what can't be read is refused with the forms."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.evaluation.restriction import parse_restriction

GAPS = np.array([-10.0, -7.0, 0.0, 7.0, 7.5, np.nan])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("covariate.gap <= 7", [1, 1, 1, 1, 0, 0]),
        ("covariate.gap < 7", [1, 1, 1, 0, 0, 0]),
        ("covariate.gap >= 7", [0, 0, 0, 1, 1, 0]),
        ("covariate.gap > 7", [0, 0, 0, 0, 1, 0]),
        ("covariate.gap = 7", [0, 0, 0, 1, 0, 0]),
        ("covariate.gap != 7", [1, 1, 1, 0, 1, 0]),
        ("covariate.gap<=7", None),
        ("|covariate.gap| <= 7", [0, 1, 1, 1, 0, 0]),
        ("covariate.gap inside -7 7", [0, 1, 1, 1, 0, 0]),
        ("covariate.gap outside -7 7", [1, 0, 0, 0, 1, 0]),
        ("  covariate.gap   <=   7  ", [1, 1, 1, 1, 0, 0]),
    ],
)
def test_numbers_are_kept_by_comparison_and_range_and_never_where_empty(text, kept):
    """Borders belong to ``inside``; a missing gap is neither small nor large."""
    if kept is None:
        with pytest.raises(SpecificationError, match="isn't understood"):
            parse_restriction(text)
        return
    assert parse_restriction(text).keeps(GAPS).tolist() == [bool(one) for one in kept]


def test_inside_and_outside_share_all_known_values_between_them():
    """Nothing is in both and nothing known in neither."""
    inside, outside = (parse_restriction(f"covariate.gap {word} 0 7").keeps(GAPS) for word in ("inside", "outside"))
    assert (inside ^ outside).tolist() == (~np.isnan(GAPS)).tolist()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("group.method = simpson", [1, 0, 0]),
        ("group.method != simpson", [0, 1, 0]),
        ("group.method = unknown", [0, 0, 1]),
        ("group.method != unknown", [1, 1, 0]),
        ("site = left ward <2", [0, 0, 0]),
    ],
)
def test_texts_are_kept_by_equality_and_unknown_ones_only_by_name(text, kept):
    """That a method isn't known doesn't make it another one."""
    values = np.array(["simpson", "visual", "unknown"], dtype=object)
    assert parse_restriction(text).keeps(values).tolist() == [bool(one) for one in kept]


def test_text_may_hold_blanks_and_signs():
    """The value is the rest of the line."""
    assert parse_restriction("group.age = <= 65 years").value == "<= 65 years"


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("lvef", SpecificationError, r"isn't understood; write 'covariate.NAME <= 7'"),
        ("covariate.lvef about 40", SpecificationError, "isn't understood"),
        ("covariate.lvef <= forty", SpecificationError, "after '<=' comes one number, got 'forty'"),
        ("covariate.lvef <= 3 4", SpecificationError, "one number"),
        ("covariate.lvef <= nan", SpecificationError, "one number"),
        ("covariate.lvef inside 40", SpecificationError, "two numbers"),
        ("covariate.lvef inside 50 30", SpecificationError, "lower border comes first"),
        ("|covariate.lvef <= 40", SpecificationError, "one bar"),
        ("group.sex <= 4", SpecificationError, "holds text"),
        ("|site| = A", SpecificationError, "holds text"),
        ("covariat.lvef <= 40", UnknownNameError, r"no column 'covariat.lvef'.*covariate.NAME"),
        ("lvef <= 40", UnknownNameError, "no column 'lvef'"),
        ("covariate. <= 40", UnknownNameError, "no column"),
        ("patient_id = 4", UnknownNameError, "no column 'patient_id'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_can(text, error, said):
    """The message quotes the restriction and says how one is written."""
    with pytest.raises(error, match=said) as caught:
        parse_restriction(text)
    assert repr(text) in str(caught.value)
