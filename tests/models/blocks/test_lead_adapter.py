"""Leads are rearranged bit for bit, or projected by a matrix that learns."""

from __future__ import annotations

import pytest
import torch

from einthoven.ecg.leads import LEAD_SETS, STANDARD_LEADS
from einthoven.errors import LeadError
from einthoven.models.architectures import build
from einthoven.models.blocks.lead_adapter import lead_adapter
from einthoven.models.lead_adaptation import LeadAdaptation

SETTINGS = {"widths": [4, 4, 4, 4], "stem_widths": [4]}


def test_no_adaptation_is_no_module():
    assert lead_adapter(LeadAdaptation()) is None


def test_leads_are_selected_in_the_networks_order():
    adapter = lead_adapter(LeadAdaptation("select", STANDARD_LEADS, ("V1", "I")))
    signal = torch.randn(2, 12, 5)
    assert torch.equal(adapter(signal), signal[:, [6, 0]])


def test_missing_leads_are_zero_and_the_others_stand_in_their_places():
    adapter = lead_adapter(LeadAdaptation("zero_fill", ("V1", "I"), STANDARD_LEADS))
    signal = torch.randn(2, 2, 5)
    filled = adapter(signal)
    assert torch.equal(filled[:, [6, 0]], signal)
    assert not filled[:, [1, 2, 3, 4, 5, 7, 8, 9, 10, 11]].any()


def test_a_projection_starts_as_the_matrix_and_learns():
    adaptation = LeadAdaptation("project", ("I", "II"), ("II", "III"))
    adapter, signal = lead_adapter(adaptation), torch.randn(3, 2, 5)
    expected = torch.stack([signal[:, 1], signal[:, 1] - signal[:, 0]], dim=1)
    assert torch.allclose(adapter(signal), expected, atol=1e-6)
    adapter(signal).square().sum().backward()
    assert (adapter.projection.weight.grad.abs() > 0).all()


def test_a_signal_of_other_leads_is_refused_by_name():
    for kind, leads in (("zero_fill", STANDARD_LEADS), ("project", STANDARD_LEADS)):
        adapter = lead_adapter(LeadAdaptation(kind, ("I", "V1"), leads))
        with pytest.raises(LeadError, match=r"takes the 2 leads I, V1, got a signal \(2, 12, 5\)"):
            adapter(torch.randn(2, 12, 5))


@pytest.mark.parametrize("leads", LEAD_SETS.values(), ids=list(LEAD_SETS))
@pytest.mark.parametrize("kind", ["zero_fill", "project"])
def test_a_network_of_twelve_leads_takes_fewer_and_the_gradient_reaches_all(kind, leads):
    adaptation = LeadAdaptation(kind, leads, STANDARD_LEADS)
    network = build("xresnet1d", n_leads=len(leads), n_labels=2, adaptation=adaptation, **SETTINGS)
    assert network.encoder.n_leads == 12
    for parameter in network.encoder.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    network(torch.randn(4, len(leads), 100)).square().sum().backward()
    for parameter in network.adapter.parameters():
        assert parameter.grad.abs().sum() > 0


def test_networks_of_fewer_leads_take_twelve():
    for leads in LEAD_SETS.values():
        adaptation = LeadAdaptation("select", STANDARD_LEADS, leads)
        network = build("xresnet1d", n_leads=12, n_labels=2, adaptation=adaptation, **SETTINGS).eval()
        bare = build("xresnet1d", n_leads=len(leads), n_labels=2, **SETTINGS).eval()
        bare.load_state_dict(network.state_dict())
        signal = torch.randn(2, 12, 100)
        chosen = signal[:, [STANDARD_LEADS.index(lead) for lead in leads]]
        assert torch.equal(network(signal), bare(chosen))


def test_an_adaptation_of_another_number_of_leads_is_refused():
    with pytest.raises(LeadError, match=r"signals of \['I'\], got 2 leads"):
        build(
            "xresnet1d", n_leads=2, n_labels=2, adaptation=LeadAdaptation("zero_fill", ("I",), ("I", "II")), **SETTINGS
        )
