"""Vision transformers on a choice of patches: against NumPy, and that hidden patches are never read."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.architectures import ARCHITECTURES, build_encoder
from einthoven.models.patch_encoder import Grid, PatchEncoder, patch_encoder
from einthoven.registry import resolve
from models.patch_encoders_in_numpy import PATCH, encoded, rows_of
from models.pre_norm_in_numpy import weights
from models.small_architectures import SMALL

SHAPE = {"patch_samples": PATCH, "max_samples": 60, "width": 12, "depth": 2, "heads": 3, "mlp_width": 20}
KINDS = {
    "time": ("vit1d", SHAPE | {"head_width": 5}),
    "lead_time": (
        "vit1d",
        SHAPE | {"head_width": 5, "tokens": "lead_time", "positions": "sine", "patch_norm": True},
    ),
    "jepa_vit": ("jepa_vit", SHAPE),
}
PER_LEAD = {
    "time": [[[1, 4, 5]], [[0, 2, 3]]],
    "lead_time": [[[1, 4, 5], [0, 1, 2], [0, 3, 5]], [[0, 2, 3], [0, 2, 4], [1, 4, 5]]],
    "jepa_vit": [[[1, 4, 5], [0, 1, 2], [0, 3, 5]], [[0, 2, 3], [0, 2, 4], [1, 4, 5]]],
}


def _encoder(kind: str) -> PatchEncoder:
    name, settings = KINDS[kind]
    encoder = build_encoder(name, n_leads=3, **settings)
    generator = torch.Generator().manual_seed(5)
    for tensor in encoder.state_dict().values():
        nn.init.normal_(tensor, std=0.5, generator=generator)
    return encoder.eval()


def _signal() -> torch.Tensor:
    return torch.randn(2, 3, 60, generator=torch.Generator().manual_seed(6))


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_of_some_patches_are_what_numpy_computes_from_those_patches(kind):
    encoder, signal, kept = _encoder(kind), _signal(), PER_LEAD[kind]
    tokens = encoder.encode_patches(signal, torch.tensor(kept))
    for sample in range(2):
        window = signal[sample].double().numpy()
        patches, ends = encoded(weights(encoder), window, kept[sample], kind=kind, depth=2, heads=3)
        np.testing.assert_allclose(tokens.patches[sample].detach().numpy(), patches, atol=2e-5)
        np.testing.assert_allclose(tokens.ends[sample].detach().numpy(), ends, atol=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hidden_patch_changes_no_bit_and_a_kept_one_does(kind):
    encoder, signal, kept = _encoder(kind), _signal(), torch.tensor(PER_LEAD[kind])
    before = encoder.encode_patches(signal, kept)
    rows = encoder.cut(signal)
    shown = torch.zeros(rows.shape[:3], dtype=torch.bool).scatter(2, kept, value=True)
    spoilt = torch.where(shown.unsqueeze(-1), rows, float("nan"))
    if kind == "time":
        changed = spoilt.reshape(2, 6, 3, PATCH).transpose(1, 2).reshape(2, 3, 60)
    else:
        changed = spoilt.reshape(2, 3, 60)
    after = encoder.encode_patches(changed, kept)
    assert torch.equal(before.patches, after.patches)
    assert torch.equal(before.ends, after.ends)
    moved = signal.clone()
    moved[0, 0, 42:48] += 1  # patch 4 of the first lead is kept in the first window
    assert not torch.equal(before.patches[0], encoder.encode_patches(moved, kept).patches[0])


@pytest.mark.parametrize("kind", KINDS)
def test_all_patches_by_number_are_the_whole_window(kind):
    encoder, signal = _encoder(kind), _signal()
    rows = encoder.grid(60).leads
    every = torch.arange(6).expand(2, rows, 6)
    whole = encoder.encode_patches(signal)
    assert whole.patches.shape == (2, rows, 6, 12)
    assert whole.ends.shape == (2, rows, encoder.n_separators, 12)
    for kept in (every, every[:, :1]):
        numbered = encoder.encode_patches(signal, kept)
        assert torch.allclose(numbered.patches, whole.patches, atol=1e-5)
        assert torch.allclose(numbered.ends, whole.ends, atol=1e-5)
    tokens = encoder.tokens(signal)
    normalised = tokens if kind == "jepa_vit" else encoder.norm(tokens)
    assert torch.allclose(whole.patches.flatten(1, 2), normalised, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_patches_of_each_lead_can_be_named_once_and_in_any_order(kind):
    encoder, signal = _encoder(kind), _signal()
    once = torch.tensor([[[1, 4, 5]], [[0, 2, 3]]])
    found = encoder.encode_patches(signal, once).patches
    each = encoder.encode_patches(signal, once.expand(2, encoder.token_leads, 3)).patches
    backwards = encoder.encode_patches(signal, once.flip(2)).patches
    assert torch.allclose(found, each, atol=1e-5)
    assert torch.allclose(found, backwards.flip(2), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_patches_are_cut_in_rows(kind):
    encoder, signal = _encoder(kind), _signal()
    assert encoder.grid(40) == Grid(1 if kind == "time" else 3, 4)
    assert np.array_equal(encoder.cut(signal)[1].numpy(), rows_of(signal[1].numpy(), kind))


def test_every_weight_is_trained_by_some_patches():
    for kind in KINDS:
        encoder = _encoder(kind).train()
        encoder.encode_patches(_signal(), torch.tensor(PER_LEAD[kind])).patches.square().sum().backward()
        for name, parameter in encoder.named_parameters():
            assert parameter.grad.abs().sum() > 0, (kind, name)


def test_an_encoder_without_patches_is_refused_with_those_that_have_them():
    small = SMALL["xresnet1d"]
    encoder = build_encoder("xresnet1d", n_leads=12, **small.settings)
    with pytest.raises(SpecificationError, match=r"masked_patches.* one of jepa_vit, vit1d, got XResNet1d"):
        patch_encoder(encoder, 1000, wanted_by="masked_patches")
    named = {name for name, path in ARCHITECTURES.items() if issubclass(resolve("", name, {name: path}), PatchEncoder)}
    assert named == {"jepa_vit", "vit1d"}


@pytest.mark.parametrize(("samples", "said"), [(55, r"55 samples .* patch_samples \(10\)"), (70, "at most 60.*got 70")])
def test_a_window_that_is_not_whole_patches_is_refused_with_both_numbers(samples, said):
    with pytest.raises(SpecificationError, match=said):
        patch_encoder(_encoder("time"), samples, wanted_by="jepa")
