"""Each patient, purpose and index has random numbers of its own."""

from __future__ import annotations

import itertools

from einthoven.simulation.patient_random import PaperPurpose, patient_random
from einthoven.simulation.people.draws import Purpose


def test_the_same_arguments_give_the_same_numbers_and_any_other_gives_others() -> None:
    first = [
        patient_random(seed, site=site, number=number, purpose=purpose, index=index).random()
        for seed, site, number, purpose, index in itertools.product(
            (0, 1), ("A", "B"), (0, 1), (PaperPurpose.TRAITS, PaperPurpose.SIGNAL), (None, 0, 1)
        )
    ]
    again = patient_random(0, site="A", number=0, purpose=PaperPurpose.TRAITS).random()
    assert again == first[0]
    assert len(set(first)) == len(first)


def test_no_purpose_is_one_of_the_people() -> None:
    assert not {int(one) for one in PaperPurpose} & {int(one) for one in Purpose}
