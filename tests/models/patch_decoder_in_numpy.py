"""What tells hidden patches, in NumPy, for one row of the grid: all tokens in order of time, as the papers have it."""

from __future__ import annotations

import numpy as np

from models.pre_norm_in_numpy import block, layer_norm, linear

__all__ = ["decoded"]


def decoded(w, patches, ends, kept, masked, *, heads: int, in_each_block: bool):
    """Return predictions of the hidden patches (M, out), from tokens of kept ones (K, D) and separators (0 or 2, D)."""
    width, n_patches = len(w["mask_token"]), len(kept) + len(masked)
    tokens, positions = np.empty((n_patches, width)), np.stack([_sines(p, width) for p in range(n_patches)])
    tokens[kept] = linear(patches, w, "narrow")
    tokens[masked] = w["mask_token"]
    if len(ends):
        first, last = linear(ends, w, "narrow")
        tokens = np.concatenate([[first], tokens, [last]])
        positions = np.pad(positions, ((1, 1), (0, 0)))
    depth = len({name.split(".")[1] for name in w if name.startswith("blocks.")})
    for index in range(depth):
        tokens = block(tokens + positions if in_each_block or index == 0 else tokens, w, index, heads=heads)
    told = linear(layer_norm(tokens, w, "norm"), w, "out")
    return (told[1:-1] if len(ends) else told)[masked]


def _sines(position: int, width: int) -> np.ndarray:
    angle = position / 10_000 ** (np.arange(width // 2) / (width // 2))
    return np.concatenate([np.sin(angle), np.cos(angle)])
