"""A pre-norm transformer block written out in NumPy, float64, head by head and token by token."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import erf

__all__ = ["OURS", "block", "layer_norm", "linear", "weights"]

# what the parts of block number {} are called
OURS = {
    "attention_norm": "blocks.{}.attention_norm",
    "qkv": "blocks.{}.attention.qkv",
    "out": "blocks.{}.attention.out",
    "mlp_norm": "blocks.{}.mlp_norm",
    "up": "blocks.{}.mlp.0",
    "down": "blocks.{}.mlp.2",
}


def weights(module) -> dict[str, np.ndarray]:
    """Return a module's weights and buffers in float64."""
    return {key: value.detach().double().numpy() for key, value in module.state_dict().items()}


def layer_norm(tokens, w, name):
    centred = tokens - tokens.mean(-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return centred / deviation * w[f"{name}.weight"] + w[f"{name}.bias"]


def linear(tokens, w, name):
    return tokens @ w[f"{name}.weight"].T + w.get(f"{name}.bias", 0)


def block(tokens, w, index, *, heads, mask=None, names: Mapping[str, str] = OURS):
    """Return what block number ``index`` makes of one window's tokens (P, D)."""
    part = {role: name.format(index) for role, name in names.items()}
    projected = linear(layer_norm(tokens, w, part["attention_norm"]), w, part["qkv"])
    tokens = tokens + linear(_attention(projected, heads=heads, mask=mask), w, part["out"])
    hidden = linear(layer_norm(tokens, w, part["mlp_norm"]), w, part["up"])
    return tokens + linear(hidden * (1 + erf(hidden / np.sqrt(2))) / 2, w, part["down"])


def _attention(projected, *, heads, mask):
    query, key, value = np.split(projected, 3, axis=1)
    head_width = query.shape[1] // heads
    result = np.zeros_like(query)
    for head in range(heads):
        here = slice(head * head_width, (head + 1) * head_width)
        for p in range(len(query)):
            seen = np.arange(len(query)) if mask is None else np.flatnonzero(mask[p])
            logits = key[seen, here] @ query[p, here] / np.sqrt(head_width)
            share = np.exp(logits - logits.max())
            result[p, here] = share / share.sum() @ value[seen, here]
    return result
