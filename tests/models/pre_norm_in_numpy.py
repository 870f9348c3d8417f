"""A pre-norm transformer block written out in NumPy, float64, head by head and token by token."""

from __future__ import annotations

import numpy as np
from scipy.special import erf

__all__ = ["block", "layer_norm", "weights"]


def weights(module) -> dict[str, np.ndarray]:
    """Return a module's weights and buffers in float64."""
    return {key: value.detach().double().numpy() for key, value in module.state_dict().items()}


def layer_norm(tokens, w, name, eps=1e-5):
    centred = tokens - tokens.mean(-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + eps)
    return centred / deviation * w[f"{name}.weight"] + w[f"{name}.bias"]


def block(tokens, w, name, *, heads, mask=None):
    """Return (P, D) of one window's tokens (P, D)."""
    normed = layer_norm(tokens, w, f"{name}.attention_norm")
    tokens = tokens + _attention(normed, w, f"{name}.attention", heads=heads, mask=mask)
    hidden = layer_norm(tokens, w, f"{name}.mlp_norm") @ w[f"{name}.mlp.0.weight"].T + w[f"{name}.mlp.0.bias"]
    hidden = hidden * (1 + erf(hidden / np.sqrt(2))) / 2
    return tokens + hidden @ w[f"{name}.mlp.2.weight"].T + w[f"{name}.mlp.2.bias"]


def _attention(tokens, w, name, *, heads, mask):
    projected = tokens @ w[f"{name}.qkv.weight"].T + w.get(f"{name}.qkv.bias", 0)
    query, key, value = np.split(projected, 3, axis=1)
    head_width = query.shape[1] // heads
    result = np.zeros_like(query)
    for head in range(heads):
        here = slice(head * head_width, (head + 1) * head_width)
        for p in range(len(tokens)):
            seen = np.arange(len(tokens)) if mask is None else np.flatnonzero(mask[p])
            logits = key[seen, here] @ query[p, here] / np.sqrt(head_width)
            share = np.exp(logits - logits.max())
            result[p, here] = share / share.sum() @ value[seen, here]
    return result @ w[f"{name}.out.weight"].T + w[f"{name}.out.bias"]
