"""From stored integers to what a network sees; training, prediction and the service share these functions.

Integers and scales travel as they are stored, each record at the beginning of its window; amplitudes, normalisation and
the place of a short record in its window come at the end, in ``seen``. Where a spec normalises by the full record
(``normalise.extent``), its level is worked out from the stored integers, once per record, and travels with the windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from einthoven.ecg.input_spec import InputSpec
from einthoven.ecg.normalise import Level
from einthoven.ecg.record_level import level_of_record
from einthoven.ecg.view import crop_starts, select_leads, view, window
from einthoven.errors import SpecificationError

__all__ = ["TestWindows", "amplitudes", "seen", "test_windows"]


@dataclass(frozen=True, slots=True, eq=False)
class TestWindows:
    """The windows of one record on which a model is asked.

    Attributes
    ----------
    quantised : int16 (window, L, T), steps
        Zeros follow a record that is shorter than the window.
    scale : float32 (L,), mV (or 1) per step
    level : float32 (2, L)
        Of the full record, as ``level_of_record`` returns it.
    valid : int
        Samples of each window that the record fills.
    """

    __test__ = False  # not a pytest class

    quantised: NDArray[np.int16]
    scale: NDArray[np.float32]
    level: NDArray[np.float32]
    valid: int


def test_windows(quantised: NDArray[np.int16], scale: NDArray[np.float32], spec: InputSpec) -> TestWindows:
    """Return the windows at ``view.test_crops_s`` (or those of a long record) of the leads that the model sees.

    Parameters
    ----------
    quantised : int16 (stored lead, T), steps
    scale : float32 (stored lead,), mV (or 1) per step
    spec : InputSpec
    """
    length = spec.window_samples
    rows = [spec.ingest.leads.index(lead) for lead in spec.leads]
    chosen = select_leads(quantised, spec.ingest.leads, spec.leads)
    starts = crop_starts(spec.view, spec.ingest.rate_hz, quantised.shape[1])
    short = "refuse" if spec.view.short == "refuse" else "pad_zero"  # ``seen`` lays it where it belongs
    windows = [window(chosen, start, length, short=short) for start in starts]
    return TestWindows(
        np.ascontiguousarray(np.stack(windows)),  # sums depend on the order in memory by a rounding
        scale=scale[rows],
        level=level_of_record(chosen, scale[rows], spec.view),
        valid=min(length, quantised.shape[1]),
    )


test_windows.__test__ = False  # type: ignore[attr-defined] # not a pytest function


def amplitudes(quantised: Tensor, scale: Tensor) -> Tensor:
    """Return float32 (B, L, T) in mV (or without unit); absent leads, of scale 0, come out as zero.

    Parameters
    ----------
    quantised : int16 (B, L, T), steps
    scale : float32 (B, L), mV (or 1) per step
    """
    return quantised.to(torch.float32) * scale.unsqueeze(-1)


def seen(signal: Tensor, valid: Tensor, spec: InputSpec, level: Tensor | None = None) -> Tensor:
    """Return float32 (B, L, T): clipped and normalised over what each record fills of its window, the rest zero.

    Parameters
    ----------
    signal : float32 (B, L, T)
        Windows of the leads ``spec.leads``, each record's samples first.
    valid : int64 (B,)
        Samples that the record fills; what is returned has them first or, with ``pad_centre``, in the middle.
    spec : InputSpec
    level : float32 (B, 2, L), optional
        Centre and spread of each full record (``level_of_record``); needed where ``normalise.extent`` is ``record``.
    """
    by_record = spec.view.normalise.extent == "record"
    if by_record and level is None:
        raise SpecificationError("normalise.extent 'record' needs the level of each full record, got none")
    filled = [signal.shape[-1]] if bool((valid >= signal.shape[-1]).all()) else sorted(set(valid.tolist()))
    if len(filled) == 1:
        return _seen_alike(signal, filled[0], spec, level if by_record else None)
    out = torch.empty_like(signal)
    for length in filled:
        rows = valid == length
        part = level[rows] if by_record and level is not None else None
        out[rows] = _seen_alike(signal[rows], length, spec, part)
    return out


def _seen_alike(signal: Tensor, filled: int, spec: InputSpec, level: Tensor | None) -> Tensor:
    """Return what is seen of records that fill as many samples."""
    return view(
        signal[..., :filled],
        spec.view,
        stored_leads=spec.leads,
        start=0,
        length=signal.shape[-1],
        level=None if level is None else Level(level[:, 0].unsqueeze(-1), level[:, 1].unsqueeze(-1)),
    )
