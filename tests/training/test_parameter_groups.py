"""Which weights decay."""

from __future__ import annotations

from einthoven.models.architectures import build_encoder
from einthoven.training.parameter_groups import parameter_groups


def test_matrices_decay_and_vectors_and_positions_do_not():
    """In a transformer, by the names of its weights."""
    encoder = build_encoder(
        "vit1d", n_leads=3, patch_samples=10, max_samples=100, width=8, depth=1, heads=2, mlp_width=8
    )
    decayed, free = parameter_groups(encoder, weight_decay=0.3)
    names = {id(parameter): name for name, parameter in encoder.named_parameters()}
    kept = {names[id(parameter)] for parameter in free["params"]}
    assert decayed["weight_decay"] == 0.3
    assert free["weight_decay"] == 0
    assert {name for name in names.values() if "position" in name or name.endswith("bias")} <= kept
    assert all(parameter.ndim > 1 for parameter in decayed["params"])
    assert len(decayed["params"]) + len(free["params"]) == len(names)


def test_frozen_weights_are_left_to_themselves():
    """They are in no group."""
    encoder = build_encoder("xresnet1d", n_leads=2, widths=[4, 4, 4, 4], stem_widths=[4]).requires_grad_(False)
    assert [group["params"] for group in parameter_groups(encoder, weight_decay=0.1)] == [[], []]
