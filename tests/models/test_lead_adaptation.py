"""Leads of a signal become leads of a network: exact on small cases."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from einthoven.ecg.leads import LEAD_SETS, STANDARD_LEADS
from einthoven.errors import CheckpointError, LeadError, UnknownNameError
from einthoven.models.architectures import build
from einthoven.models.lead_adaptation import LeadAdaptation, first_layer_from_mean


def test_what_a_projection_starts_with_is_what_is_known_of_the_leads():
    """From leads II, III, V2 and V5: the frontal plane by Einthoven and Goldberger, chest leads by their mean."""
    matrix = LeadAdaptation("project", ("II", "III", "V2", "V5"), STANDARD_LEADS).first_matrix()
    expected = {
        "I": [1, -1, 0, 0],
        "II": [1, 0, 0, 0],
        "III": [0, 1, 0, 0],
        "aVR": [-1, 0.5, 0, 0],
        "aVL": [0.5, -1, 0, 0],
        "aVF": [0.5, 0.5, 0, 0],
        "V2": [0, 0, 1, 0],
        "V5": [0, 0, 0, 1],
    } | {lead: [0, 0, 0.5, 0.5] for lead in ("V1", "V3", "V4", "V6")}
    assert matrix == pytest.approx(np.array([expected[lead] for lead in STANDARD_LEADS]))


def test_what_nothing_is_known_of_starts_at_zero():
    matrix = LeadAdaptation("project", ("I",), STANDARD_LEADS).first_matrix()
    assert matrix[0] == [1.0]
    assert not matrix[1:].any()


def test_eight_leads_hold_all_twelve():
    """The projection of the eight independent leads of an ECG gives the twelve."""
    generator = np.random.default_rng(0)
    eight = generator.normal(size=(8, 20))
    first, second = eight[:2]
    limb = [first, second, second - first, -(first + second) / 2, first - second / 2, second - first / 2]
    matrix = LeadAdaptation("project", LEAD_SETS["8"], STANDARD_LEADS).first_matrix()
    assert matrix @ eight == pytest.approx(np.array([*limb, *eight[2:]]), abs=1e-6)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (("selct",), UnknownNameError, "did you mean 'select'"),
        (("select",), LeadError, "from_leads must be empty for kind 'none' alone"),
        (("none", ("I",), ("I",)), LeadError, "from_leads must be empty"),
        (("select", ("I", "II"), ("I", "V1")), LeadError, "the signal lacks V1: use 'zero_fill'"),
        (("zero_fill", ("I", "V1"), ("I", "II")), LeadError, "no place for V1"),
        (("project", ("I", "X"), ("I",)), LeadError, r"got \['X'\] in adaptation.from_leads"),
        (("project", ("I", "I"), ("I",)), LeadError, "each lead may stand once"),
    ],
)
def test_what_cannot_be_adapted_is_refused_by_name(values, error, message):
    with pytest.raises(error, match=message):
        LeadAdaptation(*values)


def test_an_adaptation_comes_back_from_json():
    adaptation = LeadAdaptation("select", STANDARD_LEADS, ("II", "V5"))
    assert LeadAdaptation.from_dict(json.loads(json.dumps(adaptation.to_dict()))) == adaptation
    with pytest.raises(UnknownNameError, match="did you mean 'kind'"):
        LeadAdaptation.from_dict({"kin": "select"})


@pytest.mark.parametrize("n_leads", [12, 8, 6, 1])
def test_a_first_layer_gives_of_equal_leads_what_it_gave(n_leads):
    state = {"stem": torch.randn(5, 12, 7), "other": torch.randn(3)}
    adapted = first_layer_from_mean(state, "stem", n_leads)
    lead = torch.randn(2, 1, 30)
    expected = F.conv1d(lead.expand(-1, 12, -1), state["stem"])
    assert torch.allclose(F.conv1d(lead.expand(-1, n_leads, -1), adapted["stem"]), expected, atol=1e-5)
    assert adapted["other"] is state["other"]
    assert state["stem"].shape == (5, 12, 7)


def test_a_network_of_twelve_leads_becomes_one_of_one():
    settings = {"widths": [4, 4, 4, 4], "stem_widths": [4]}
    twelve = build("xresnet1d", n_leads=12, n_labels=2, **settings)
    one = build("xresnet1d", n_leads=1, n_labels=2, **settings)
    one.load_state_dict(first_layer_from_mean(twelve.state_dict(), "encoder.blocks.stem.0.0.weight", 1))
    lead = torch.randn(2, 1, 100)
    assert torch.allclose(one.eval()(lead), twelve.eval()(lead.expand(-1, 12, -1)), atol=1e-5)


@pytest.mark.parametrize(
    ("key", "n_leads", "error", "message"),
    [
        ("stm", 1, CheckpointError, "did you mean 'stem'"),
        ("linear", 1, CheckpointError, "must be a convolution's weight"),
        ("stem", 0, LeadError, "at least one lead"),
    ],
)
def test_what_is_no_first_layer_is_refused(key, n_leads, error, message):
    with pytest.raises(error, match=message):
        first_layer_from_mean({"stem": torch.zeros(5, 12, 7), "linear": torch.zeros(3, 4)}, key, n_leads)
