"""Section ``[input]``: a published model's spec by name, or a section that is left as it is."""

from __future__ import annotations

import dataclasses

import pytest

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.models.public.catalogue import public_model, public_model_names
from einthoven.study.input_settings import input_of_study


@pytest.mark.parametrize("name", public_model_names())
def test_each_preset_of_each_published_model_is_an_input(name):
    model = public_model(name)
    assert input_of_study({"public": name}) == _for_other_labels(model.spec)
    for preset, spec in model.presets.items():
        assert input_of_study({"public": name, "preset": preset}) == _for_other_labels(spec)


def _for_other_labels(spec: InputSpec) -> InputSpec:
    long = dataclasses.replace(spec.view.long, max_labels=())
    return InputSpec(spec.ingest, dataclasses.replace(spec.view, long=long))


def test_labels_of_the_published_head_are_not_asked_of_a_study():
    assert public_model("ecg_fm_finetuned").spec.view.long.max_labels
    assert not input_of_study({"public": "ecg_fm_finetuned"}).view.long.max_labels


@pytest.mark.parametrize("section", [{}, {"view": {"window_s": 5}}, {"ingest": {}, "view": {}}])
def test_an_input_of_one_s_own_stays_as_it_is(section):
    assert input_of_study(section) is section


def test_a_published_input_is_all_of_the_input():
    with pytest.raises(SpecificationError, match=r"so input\.ingest has no place beside it"):
        input_of_study({"public": "ecg_cpc", "ingest": {"rate_hz": 500}})


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="input: public_models has no 'ecgfounder'; did you mean 'ecgfounder_1"):
        input_of_study({"public": "ecgfounder"})
    with pytest.raises(SpecificationError, match="input has no key 'vew'; did you mean 'view'"):
        input_of_study({"vew": {}})
