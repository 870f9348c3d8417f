from __future__ import annotations

import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.sample_size.auroc_comparison import paired_power, size_for_power
from einthoven.evaluation.sample_size.design_effect import design_effect
from einthoven.evaluation.sample_size.expectation import Expectation
from einthoven.evaluation.sample_size.mcnemar_power import mcnemar_power, size_for_mcnemar
from einthoven.evaluation.sample_size.plan import answers
from einthoven.evaluation.sample_size.sizes import smallest_size


def numbers(**settings):
    found = answers(Expectation(**{"auroc": 0.85, "prevalence": 0.1} | settings))
    return {(answer.group, answer.quantity, answer.unit): answer for answer in found}


def test_what_was_not_asked_is_not_answered():
    """Three criteria without threshold, comparison, or number of records."""
    assert [place[1] for place in numbers()] == ["O/E", "calibration slope", "AUROC"]
    everything = numbers(
        records=1000, threshold=0.1, against=0.8, discordant=(0.12, 0.05), parameters=10, margin=0.0
    )  # fmt: skip
    assert len(everything) == 7 + 9 + 3 + 3
    assert all(answer.sentence.endswith(".") and "doi:" in answer.reference for answer in everything.values())


def test_the_size_that_is_needed_reaches_the_target_and_one_less_does_not():
    """By the functions of widths and power themselves."""
    size = size_for_power(0.85, 0.8, 0.1, correlation=0.6)
    assert (
        paired_power(0.85, 0.8, size, 0.1, correlation=0.6)
        >= 0.8
        > paired_power(0.85, 0.8, size - 1, 0.1, correlation=0.6)
    )
    size = size_for_mcnemar(0.12, 0.05, power=0.9)
    assert mcnemar_power(size, 0.12, 0.05) >= 0.9 > mcnemar_power(size - 1, 0.12, 0.05)


def test_repeated_records_need_more_records_and_fewer_patients():
    """By the design effect; at a correlation of 1 a second record tells nothing."""
    once, often = numbers(), numbers(records_per_patient=3, correlation_within_patient=0.4)
    for place, answer in once.items():
        assert often[place].records == pytest.approx(answer.records * 1.8, abs=1)
        assert often[place].patients < answer.patients
    same = numbers(records_per_patient=3, correlation_within_patient=1.0)
    assert {place: answer.patients for place, answer in same.items()} == {p: a.records for p, a in once.items()}
    place = ("precision", "AUROC", "width")
    assert numbers(records=900, records_per_patient=3, correlation_within_patient=1.0)[place].value == pytest.approx(
        numbers(records=300)[place].value
    )


def test_non_inferiority_of_equal_models_can_be_planned():
    """A difference can't."""
    assert numbers(against=0.85, margin=0.03)["comparison", "non-inferior AUROC", "records"].records > 100
    with pytest.raises(SpecificationError, match="no difference to find; give a margin"):
        numbers(against=0.85)
    with pytest.raises(SpecificationError, match=r"can't be shown to be within 0\.02"):
        numbers(against=0.88, margin=0.02)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"auroc": 0.5}, r"the expected AUROC must lie between 0.5 and 1, got 0\.5"),
        ({"prevalence": 8}, "the prevalence must lie between 0 and 1, got 8"),
        ({"records": 10}, "10 records hold fewer than 2 expected cases"),
        ({"sensitivity": 0.9}, "both a sensitivity and a specificity"),
        ({"against": 0.8, "correlation": 1.0}, r"must lie in \[0, 1\), got 1"),
        ({"slope_width": 0}, "width of an interval must be positive, got 0"),
        ({"records_per_patient": 0.5}, "at least one record, got 0.5"),
        ({"records_per_patient": 2, "correlation_within_patient": 2}, r"must lie in \[0, 1\], got 2"),
        ({"discordant": (0.7, 0.6)}, "add up to less than 1, got 0.7 and 0.6"),
        ({"parameters": 0}, "at least 1 parameter, got 0"),
        ({"auroc_width": 1e-9}, "can't be reached with 1,000,000,000 records"),
    ],
)
def test_what_cannot_be_expected_is_refused(settings, words):
    """By name."""
    with pytest.raises(SpecificationError, match=words):
        numbers(**settings)


def test_search_finds_the_smallest():
    """Also the least that is allowed."""
    assert [smallest_size(lambda n, k=k: n >= k, what="it", least=3) for k in (1, 3, 4, 1000, 1025)] == [
        3,
        3,
        4,
        1000,
        1025,
    ]
    assert design_effect(1, 0.9) == 1
