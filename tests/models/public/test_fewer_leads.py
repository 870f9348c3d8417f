"""A published model for some of its leads."""

from __future__ import annotations

import pytest

from einthoven.errors import LeadError
from einthoven.models.public.ecg_jepa import ECG_JEPA_RANDOM
from einthoven.models.public.fewer_leads import with_leads
from einthoven.models.public.merl_vit import MERL_VIT_TINY
from einthoven.models.public.st_mem import ST_MEM


def test_every_preset_is_fed_these_leads_in_this_order():
    few = with_leads(ECG_JEPA_RANDOM, ["V2", "I"])
    assert few.settings["lead_rows"] == (3, 0)
    assert {name: spec.leads for name, spec in few.presets.items()} == dict.fromkeys(few.presets, ("V2", "I"))
    for name, spec in few.presets.items():
        assert spec.view == ECG_JEPA_RANDOM.presets[name].view
        assert spec.ingest.filter == ECG_JEPA_RANDOM.presets[name].ingest.filter


def test_tensors_of_other_leads_are_left_out_for_a_reason():
    few = with_leads(ST_MEM, ["V6"])
    added = few.ignored[len(ST_MEM.ignored) :]
    assert [one.pattern for one in added] == [rf"(encoder\.)?lead_embeddings\.{row}" for row in range(11)]
    assert {one.reason for one in added} == {"belongs to a lead that the ECGs haven't got"}


def test_all_leads_make_the_same_model():
    assert with_leads(ST_MEM, ST_MEM.spec.leads) == ST_MEM


@pytest.mark.parametrize("leads", [[], ["I", "I"], ["III"]])
def test_leads_that_it_has_not_got_are_refused(leads):
    with pytest.raises(LeadError, match="must be some of I, II, V1, V2, V3, V4, V5, V6, each once, got"):
        with_leads(ECG_JEPA_RANDOM, leads)


def test_a_model_that_mixes_leads_is_refused():
    with pytest.raises(LeadError, match="merl_vit_tiny takes all of I, II, III, aVR, aVF"):
        with_leads(MERL_VIT_TINY, ["I"])
