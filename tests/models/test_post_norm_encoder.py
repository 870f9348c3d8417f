"""Settings that wav2vec 2.0 and HuBERT share."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.hubert_ecg import HubertEcgSettings
from einthoven.models.post_norm_encoder import PostNormSettings
from einthoven.models.wav2vec2_ecg import Wav2Vec2Ecg, Wav2Vec2EcgSettings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"convolution_widths": (8, 8)}, "as many positive convolution_widths"),
        ({"convolution_strides": (2, 2, 2, 0)}, "as many positive convolution_widths"),
        ({"depth": 0}, "depth of Wav2Vec2EcgSettings must be at least 1, got 0"),
        ({"width": 100, "n_heads": 3}, "multiple of n_heads"),
        ({"width": 36, "n_heads": 3, "position_groups": 5}, "multiple of n_heads and of position_groups"),
        ({"attention_dropout": 1.0}, r"attention_dropout of Wav2Vec2EcgSettings must lie in \[0, 1\)"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(settings, message):
    with pytest.raises(SpecificationError, match=message):
        Wav2Vec2EcgSettings(**settings)


def test_settings_of_both_networks_are_the_same_kind():
    assert issubclass(HubertEcgSettings, PostNormSettings)
    assert issubclass(Wav2Vec2EcgSettings, PostNormSettings)


def test_dropouts_are_off_unless_asked_for():
    shape = {"convolution_widths": (4,) * 4, "width": 8, "depth": 2, "n_heads": 2, "hidden_width": 8}
    shape |= {"position_kernel": 4, "position_groups": 2}
    signal = torch.randn(2, 3, 320, generator=torch.Generator().manual_seed(0))
    silent = Wav2Vec2Ecg(Wav2Vec2EcgSettings(**shape), n_leads=3).train()
    assert torch.equal(silent(signal), silent(signal))
    for kind in ("dropout", "attention_dropout", "block_dropout"):
        network = Wav2Vec2Ecg(Wav2Vec2EcgSettings(**shape, **{kind: 0.5}), n_leads=3).train()
        assert len({float(network(signal).abs().sum().detach()) for _ in range(8)}) > 1, kind
        network.eval()
        assert torch.equal(network(signal), network(signal))
