"""Weights under the published names of a transformer, with small sizes and two blocks, and the network they fill."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import torch

from einthoven.models.architectures import build
from einthoven.models.network import Network
from einthoven.models.public.loading import expected_weights, match
from einthoven.models.public.public_model import PublicModel
from fakes.public_weights import published_shapes

__all__ = ["VIT_NAMES", "filled", "shrunk", "shrunk_weights"]

# what ST-MEM and MERL call the parts of block number {}
VIT_NAMES = {
    "attention_norm": "block{}.attn.norm",
    "qkv": "block{}.attn.fn.to_qkv",
    "out": "block{}.attn.fn.to_out.0",
    "mlp_norm": "block{}.ff.norm",
    "up": "block{}.ff.fn.net.0",
    "down": "block{}.ff.fn.net.3",
}


def shrunk_weights(name: str, sizes: Mapping[int, int]) -> dict[str, torch.Tensor]:
    """Return random weights by published name, of two blocks; ``sizes`` says what becomes of each size."""
    generator = torch.Generator().manual_seed(4)
    return {
        key: 0.5 * torch.randn([sizes.get(size, size) for size in shape], generator=generator)
        for key, shape in published_shapes(name).items()
        if not re.search(r"(block|blocks\.)([2-9]|1\d)\.", key)
    }


def shrunk(model: PublicModel, **settings: Any) -> PublicModel:
    """Return the model with other settings and two blocks."""
    return dataclasses.replace(model, settings={**model.settings, "depth": 2, **settings})


def filled(model: PublicModel, tensors: Mapping[str, torch.Tensor]) -> Network:
    """Return the network with a file's tensors, every one of which has its place."""
    state, report = match(model, tensors, expected_weights(model))
    assert report.complete, report.complaints
    network = build(model.architecture, n_leads=len(model.spec.leads), n_labels=0, head=model.head, **model.settings)
    network.load_state_dict(state, strict=True)
    return network.eval()
