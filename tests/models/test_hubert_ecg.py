"""HuBERT on a stream of leads against the network of the library transformers and SciPy's decimation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import decimate

from einthoven.errors import SignalError, SpecificationError
from einthoven.models.hubert_ecg import HubertEcg, HubertEcgSettings
from einthoven.models.public.hubert_ecg import HUBERT_ECG_BASE
from models.published_names import renamed

SETTINGS = HubertEcgSettings(
    convolution_widths=(12,) * 5,
    width=24,
    depth=3,
    n_heads=3,
    hidden_width=40,
    position_kernel=16,
    position_groups=4,
)


@pytest.fixture(scope="module")
def reference():
    """Return transformers' network with random weights, in double precision."""
    from transformers import HubertConfig, HubertModel  # takes seconds

    config = HubertConfig(
        hidden_size=24,
        num_hidden_layers=3,
        num_attention_heads=3,
        intermediate_size=40,
        conv_dim=(12,) * 5,
        conv_kernel=(10, 3, 3, 2, 2),
        conv_stride=(4, 2, 2, 2, 2),
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = HubertModel(config)
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return network.double().eval()


def test_tokens_and_features_are_those_of_transformers_on_the_decimated_stream(reference):
    encoder = HubertEcg(SETTINGS, n_leads=12).double()
    encoder.load_state_dict(renamed(HUBERT_ECG_BASE, reference.state_dict()), strict=True)
    encoder.eval()
    leads = np.random.default_rng(1).uniform(-1, 1, (2, 12, 500)).cumsum(axis=2)
    stream = decimate(leads.reshape(2, -1), 5, axis=1)  # the first lead's samples, then the second's
    with torch.inference_mode():
        expected = reference(torch.from_numpy(stream.copy())).last_hidden_state
        tokens = encoder.tokens(torch.from_numpy(leads))
        features = encoder(torch.from_numpy(leads))
    assert _relative_error(tokens, expected) < 1e-5
    assert _relative_error(features, expected.mean(dim=1)) < 1e-5


def test_five_seconds_at_500_hz_make_93_tokens_of_all_leads():
    assert HubertEcg(SETTINGS, n_leads=12).tokens(torch.ones(1, 12, 2500)).shape == (1, 93, 24)


def test_a_stream_that_is_left_as_it_is_makes_as_many_at_100_hz():
    settings = HubertEcgSettings(
        convolution_widths=(4,) * 5, width=8, depth=1, n_heads=2, hidden_width=8, position_groups=2, decimation=1
    )
    encoder = HubertEcg(settings, n_leads=12)
    assert encoder.tokens(torch.ones(1, 12, 500)).shape == (1, 93, 8)
    assert encoder.lengths.minimum == 7  # 82 samples make a token, 12 leads of 7 are 84


def test_windows_that_do_not_decimate_evenly_are_refused():
    with pytest.raises(SignalError, match="multiples of 5"):
        HubertEcg(SETTINGS, n_leads=12)(torch.ones(1, 12, 501))


def test_a_decimation_of_none_is_refused():
    with pytest.raises(SpecificationError, match="decimation"):
        HubertEcgSettings(decimation=0)


def _relative_error(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).abs().max() / expected.abs().max())
