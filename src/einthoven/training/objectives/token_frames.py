"""Tokens of an ECG laid on the frames of a film: by the phase between two beats, or evenly over the window."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from einthoven.models.encoder import Encoder
from einthoven.models.patch_encoder import PatchEncoder
from einthoven.training.objectives.beat_phase import beat_phase
from einthoven.training.objectives.r_peaks import r_peaks

__all__ = ["FramesOf", "frames_of_tokens"]

FramesOf = Literal["beat", "window"]


def frames_of_tokens(
    tokens: Tensor, encoder: Encoder, signal: Tensor, *, count: int, kind: FramesOf, rate_hz: float
) -> tuple[Tensor, Tensor]:
    """Return the mean of the tokens that fall in each frame, and whether any does.

    Parameters
    ----------
    tokens : Tensor (B, P, D)
        Evenly spaced over the window, lead after lead where the encoder keeps leads apart.
    encoder : Encoder
    signal : float32 (B, L, T)
        What they were made from.
    count : int
        Frames.
    kind : ``beat`` or ``window``
        A beat's frames divide the time from one R peak to the next, and hold tokens of all beats.
    rate_hz : float

    Returns
    -------
    frames : float32 (B, ``count``, D)
    there : bool (B, ``count``)
    """
    n_samples = signal.shape[2]
    leads = encoder.grid(n_samples).leads if isinstance(encoder, PatchEncoder) else 1
    tokens = tokens.float().reshape(len(tokens), leads, -1, tokens.shape[2]).mean(dim=1)
    share = (torch.arange(tokens.shape[1], device=tokens.device) + 0.5) / tokens.shape[1]
    phase = share.expand(len(tokens), -1)
    if kind == "beat":
        phase = beat_phase(r_peaks(signal, rate_hz), share * n_samples - 0.5)
    # NaN is in no frame: it is neither above nor below
    frame = torch.where(torch.isnan(phase), -1, torch.nan_to_num(phase) * count).floor()
    within = (frame.unsqueeze(1) == torch.arange(count, device=tokens.device).unsqueeze(1)).float()
    filled = within.sum(dim=2, keepdim=True)
    with torch.autocast(tokens.device.type, enabled=False):
        return within @ tokens / filled.clamp(min=1), filled.squeeze(2) > 0
