"""Centre and spread of a full record out of what is stored of it, for models that normalise by the whole record.

Windows are cut from the stored integers, so this is worked out before, from all of them; the training loader and
prediction share it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.input_spec import ViewSpec
from einthoven.ecg.view import record_level

__all__ = ["level_of_record"]


def level_of_record(quantised: NDArray[np.int16], scale: NDArray[np.float32], view: ViewSpec) -> NDArray[np.float32]:
    """Return float32 (2, L): centre and spread of the full record; zeros where the view has no use for them.

    Parameters
    ----------
    quantised : int16 (L, T), steps
        All samples of the leads that the model sees.
    scale : float32 (L,), mV (or 1) per step
    view : ViewSpec

    Examples
    --------
    >>> from einthoven.ecg.input_spec import NormaliseSpec
    >>> steps, scale = np.array([[0, 0, 8], [-6, 0, 2]], dtype=np.int16), np.array([0.5, 0.5], dtype=np.float32)
    >>> level_of_record(steps, scale, ViewSpec(normalise=NormaliseSpec("minmax", extent="record"))).tolist()
    [[0.0, -3.0], [4.0, 4.0]]
    """
    facts = np.zeros((2, len(quantised)), dtype=np.float32)
    if view.normalise.extent == "window":
        return facts
    in_order = np.ascontiguousarray(quantised)  # sums depend on the order in memory by a rounding
    level = record_level(in_order * scale[:, np.newaxis], view)
    if level is not None:
        facts[:] = np.stack(level)[..., 0]  # of all leads together: the same for each
    return facts
