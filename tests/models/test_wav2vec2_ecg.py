"""wav2vec 2.0 on twelve leads against the network of the library transformers."""

from __future__ import annotations

import re

import pytest
import torch

from einthoven.models.public.ecg_fm import ECG_FM_PRETRAINED
from einthoven.models.wav2vec2_ecg import Wav2Vec2Ecg, Wav2Vec2EcgSettings
from models.published_names import renamed

# a kernel of 9 and strides of 1 and 3 beside the published ones: the shape is free
SHAPE = {"convolution_widths": (12, 10, 8), "convolution_kernels": (2, 9, 2), "convolution_strides": (2, 3, 1)}
SETTINGS = Wav2Vec2EcgSettings(
    **SHAPE, width=24, depth=3, n_heads=3, hidden_width=40, position_kernel=16, position_groups=4
)

# what ECG-FM's framework calls what transformers calls otherwise
FAIRSEQ_NAMES = (
    (r"masked_spec_embed", "mask_emb"),
    (r"feature_extractor\.conv_layers\.(\d+)\.conv\.", r"feature_extractor.conv_layers.\1.0."),
    (r"feature_extractor\.conv_layers\.0\.layer_norm\.", "feature_extractor.conv_layers.0.2."),
    (r"feature_projection\.layer_norm\.", "layer_norm."),
    (r"feature_projection\.projection\.", "post_extract_proj."),
    (r"encoder\.pos_conv_embed\.conv\.", "conv_pos.pos_conv.0."),
    (r"(encoder\.layers\.\d+)\.attention\.", r"\1.self_attn."),
    (r"(encoder\.layers\.\d+)\.layer_norm\.", r"\1.self_attn_layer_norm."),
    (r"(encoder\.layers\.\d+)\.feed_forward\.intermediate_dense\.", r"\1.fc1."),
    (r"(encoder\.layers\.\d+)\.feed_forward\.output_dense\.", r"\1.fc2."),
)


@pytest.fixture(scope="module")
def reference():
    """Return transformers' network with random weights and a first convolution of twelve leads, in double precision."""
    from transformers import Wav2Vec2Config, Wav2Vec2Model  # takes seconds

    config = Wav2Vec2Config(
        hidden_size=24,
        num_hidden_layers=3,
        num_attention_heads=3,
        intermediate_size=40,
        conv_dim=SHAPE["convolution_widths"],
        conv_kernel=SHAPE["convolution_kernels"],
        conv_stride=SHAPE["convolution_strides"],
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = Wav2Vec2Model(config)
        network.feature_extractor.conv_layers[0].conv = torch.nn.Conv1d(12, 12, 2, 2, bias=False)
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return network.double().eval()


def test_tokens_and_features_are_those_of_transformers(reference):
    encoder = Wav2Vec2Ecg(SETTINGS, n_leads=12).double()
    encoder.load_state_dict(renamed(ECG_FM_PRETRAINED, _as_in_fairseq(reference.state_dict())), strict=True)
    encoder.eval()
    signal = torch.randn(3, 12, 500, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        tokens = signal
        for layer in reference.feature_extractor.conv_layers:  # its own forward takes one lead alone
            tokens = layer(tokens)
        tokens, _ = reference.feature_projection(tokens.transpose(1, 2))
        tokens = reference.encoder(tokens).last_hidden_state
        torch.testing.assert_close(encoder.tokens(signal), tokens, rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(encoder(signal), tokens.mean(dim=1), rtol=1e-9, atol=1e-9)


def test_five_seconds_at_500_hz_make_156_tokens():
    small = Wav2Vec2EcgSettings(width=16, depth=1, n_heads=2, hidden_width=16, position_kernel=4, position_groups=2)
    assert Wav2Vec2Ecg(small, n_leads=12).tokens(torch.ones(1, 12, 2500)).shape == (1, 156, 16)


def _as_in_fairseq(state):
    names = {}
    for key, tensor in state.items():
        name = key
        for theirs, fairseq in FAIRSEQ_NAMES:
            name = re.sub("^" + theirs, fairseq, name)
        names[name] = tensor
    return names
