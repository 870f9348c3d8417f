"""Scores on data that public weights have seen are marked, and no others."""

from __future__ import annotations

import pytest

from einthoven.models.contamination import CONTAMINATED, POSSIBLY_CONTAMINATED, contamination_notes
from einthoven.models.public.public_model import Seen

SEEN = (Seen("mimic_iv_ecg", "1.0", "training"), Seen("cinc2021", "1.0.3"), Seen("Harvard-Emory ECG Database"))


@pytest.mark.parametrize(("name", "source"), [("mimic_iv_ecg", ""), ("B", "mimic_iv_ecg"), ("mimic_iv_ecg", "arrays")])
def test_the_same_data_set_is_known_by_its_name_or_its_source(name, source):
    (note,) = contamination_notes("a_model", SEEN, name=name, source=source)
    assert note.startswith(CONTAMINATED)
    assert "the weights of a_model have seen mimic_iv_ecg 1.0 (training): scores on" in note


@pytest.mark.parametrize("name", ["ptb_xl", "georgia", "cinc2020"])
def test_a_data_set_that_shares_ecgs_with_a_seen_one_is_possibly_contaminated(name):
    (note,) = contamination_notes("a_model", SEEN, name=name)
    assert note.startswith(POSSIBLY_CONTAMINATED)
    assert f"cinc2021 1.0.3 (all), which shares ECGs with {name}" in note


def test_a_collection_that_holds_a_seen_data_set_is_possibly_contaminated():
    (note,) = contamination_notes("a_model", [Seen("ptb_xl"), Seen("georgia")], name="cinc2021")
    assert note.startswith(POSSIBLY_CONTAMINATED)
    assert "ptb_xl (all) and georgia (all), which share ECGs with cinc2021" in note


@pytest.mark.parametrize("name", ["code15", "sph", "hospital", "Harvard"])
def test_other_data_are_not_marked(name):
    assert contamination_notes("a_model", SEEN, name=name, source="hospital") == ()


def test_our_own_weights_have_seen_nothing_before():
    assert contamination_notes("", (), name="ptb_xl") == ()
