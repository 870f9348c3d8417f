"""The vision transformers in NumPy on some patches of one window, one patch and one head at a time, float64."""

from __future__ import annotations

import numpy as np

from models.pre_norm_in_numpy import block, layer_norm

__all__ = ["PATCH", "encoded", "rows_of"]

PATCH = 10  # samples


def rows_of(window: np.ndarray, kind: str) -> np.ndarray:
    """Return the patches (G, P, samples): of all leads in one row, lead after lead in a patch, or a row per lead."""
    starts = range(0, window.shape[1], PATCH)
    if kind == "time":
        return np.stack([window[:, start : start + PATCH].ravel() for start in starts])[None]
    return np.stack([[lead[start : start + PATCH] for start in starts] for lead in window])


def encoded(w, window, kept, *, kind: str, depth: int, heads: int):
    """Return normalised tokens of the kept patches (G, K, D), and of the separators (G, 0 or 2, D).

    ``kind`` is ``time``, ``lead_time`` or ``jepa_vit``; ``kept`` has a list of patches per row of the grid.
    """
    return {"time": _time, "lead_time": _lead_time, "jepa_vit": _jepa}[kind](w, window, kept, depth, heads)


def _time(w, window, kept, depth, heads):
    patches = rows_of(window, "time")[0]
    kernel = w["patches.patch.weight"].reshape(len(w["patches.patch.weight"]), -1)
    bias = w.get("patches.patch.bias", 0)
    tokens = np.stack([kernel @ patches[p] + bias + w["patches.positions"][0, p] for p in kept[0]])
    for index in range(depth):
        tokens = block(tokens, w, index, heads=heads)
    tokens = layer_norm(tokens, w, "norm")
    return tokens[None], tokens[None, :0]


def _lead_time(w, window, kept, depth, heads):
    positions, tokens = w["patches.positions"][0], []
    for lead, (row, chosen) in enumerate(zip(rows_of(window, "lead_time"), kept, strict=True)):
        embedding = w[f"patches.leads.{lead}"]
        tokens.append(w["patches.separator"] + positions[0] + embedding)
        for p in chosen:
            patch = layer_norm(row[p], w, "patches.patch.0")
            patch = layer_norm(w["patches.patch.1.weight"] @ patch + w["patches.patch.1.bias"], w, "patches.patch.2")
            tokens.append(patch + positions[1 + p] + embedding)
        tokens.append(w["patches.separator"] + positions[-1] + embedding)
    tokens = np.stack(tokens)
    for index in range(depth):
        tokens = block(tokens, w, index, heads=heads)
    tokens = layer_norm(tokens, w, "norm").reshape(len(window), -1, tokens.shape[1])
    return tokens[:, 1:-1], tokens[:, [0, -1]]


def _jepa(w, window, kept, depth, heads):
    cells = [(lead, p) for lead, chosen in enumerate(kept) for p in chosen]
    rows = rows_of(window, "jepa_vit")
    table = w["positions"].reshape(len(window), -1, w["positions"].shape[1])
    tokens = np.stack([w["patch.weight"] @ rows[lead, p] + w["patch.bias"] for lead, p in cells])
    added = np.stack([table[lead, p] for lead, p in cells])
    mask = np.array([[lead == other or p == q for other, q in cells] for lead, p in cells])
    for index in range(depth):
        tokens = block(tokens + added, w, index, heads=heads, mask=mask)
    tokens = layer_norm(tokens, w, "norm").reshape(len(window), -1, tokens.shape[1])
    return tokens, tokens[:, :0]
