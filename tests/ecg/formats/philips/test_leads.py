from __future__ import annotations

import pytest

from einthoven.ecg.formats.philips.leads import sierra_lead


@pytest.mark.parametrize(
    ("name", "lead"),
    [
        ("I", "I"),
        ("AVL", "aVL"),
        ("C1", "V1"),
        ("c6", "V6"),
        ("C7", "C7"),
        ("-aVR", "-aVR"),
        ("V3R", "V3R"),
        ("Id", "Id"),
    ],
)
def test_only_names_of_the_twelve_are_translated(name, lead):
    assert sierra_lead(name) == lead
