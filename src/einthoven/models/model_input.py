"""From stored integers to what a network sees; training, prediction and the service share these functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from einthoven.ecg.input_spec import InputSpec
from einthoven.ecg.view import crop_starts, select_leads, view, window

__all__ = ["TestWindows", "amplitudes", "seen", "test_windows"]


@dataclass(frozen=True, slots=True, eq=False)
class TestWindows:
    """The windows of one record on which a model is asked.

    Attributes
    ----------
    quantised : int16 (window, L, T), steps
        Zeros follow a record that is shorter than the window.
    valid : int
        Samples of each window that the record fills.
    """

    __test__ = False  # not a pytest class

    quantised: NDArray[np.int16]
    valid: int


def test_windows(quantised: NDArray[np.int16], spec: InputSpec) -> TestWindows:
    """Return the windows at ``view.test_crops_s`` (or those of a long record) of the leads that the model sees.

    Parameters
    ----------
    quantised : int16 (stored lead, T), steps
    spec : InputSpec
    """
    length = spec.window_samples
    chosen = select_leads(quantised, spec.ingest.leads, spec.leads)
    starts = crop_starts(spec.view, spec.ingest.rate_hz, quantised.shape[1])
    windows = [window(chosen, start, length, short=spec.view.short) for start in starts]
    return TestWindows(np.stack(windows), valid=min(length, quantised.shape[1]))


test_windows.__test__ = False  # type: ignore[attr-defined] # not a pytest function


def amplitudes(quantised: Tensor, scale: Tensor) -> Tensor:
    """Return float32 (B, L, T) in mV (or without unit); absent leads, of scale 0, come out as zero.

    Parameters
    ----------
    quantised : int16 (B, L, T), steps
    scale : float32 (B, L), mV (or 1) per step
    """
    return quantised.to(torch.float32) * scale.unsqueeze(-1)


def seen(signal: Tensor, valid: Tensor, spec: InputSpec) -> Tensor:
    """Return float32 (B, L, T): clipped and normalised over what each record fills of its window, the rest zero.

    Parameters
    ----------
    signal : float32 (B, L, T)
        Windows of the leads ``spec.leads``.
    valid : int64 (B,)
        Samples that the record fills.
    spec : InputSpec
    """
    length = signal.shape[-1]
    if bool((valid >= length).all()):
        return view(signal, spec.view, stored_leads=spec.leads, start=0, length=length)
    records = [
        view(one[:, :filled], spec.view, stored_leads=spec.leads, start=0, length=length)
        for one, filled in zip(signal, valid.tolist(), strict=True)
    ]
    return torch.stack(records)
