"""Few labels out of many: nested draws by patient, the same for everybody who draws with the same seed.

Each patient draws a number from seed and id alone, as in the split, and the lowest come first; so a draw of 64 ECGs is
part of that of 128, and a cohort that changes a little keeps nearly all of it. Patients who give each label its first
positive and its first negative are put before the others, rarest label first: without them small draws of rare labels
could not be learnt from. That makes rare labels a little commoner in small draws than they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SplitError

__all__ = ["draw_records"]


def draw_records(
    record_ids: Sequence[str], patient_ids: Sequence[str], target: NDArray[np.float32], *, n: int, seed: str
) -> tuple[str, ...]:
    """Return ``n`` records, whole patients one after the other; of the last one perhaps some records only.

    Parameters
    ----------
    record_ids, patient_ids : sequence of str (record,)
        Each record once, or with the same target several times.
    target : float32 (record, C)
        0 to 1, NaN for unknown; records of which nothing is known aren't drawn.
    n : int
    seed : str

    Raises
    ------
    SplitError
        There are fewer labelled records.

    Examples
    --------
    >>> target = np.array([[1.0], [0.0], [0.0], [1.0]], dtype=np.float32)
    >>> small = draw_records("abcd", "1123", target, n=2, seed="7")
    >>> set(small) < set(draw_records("abcd", "1123", target, n=3, seed="7"))
    True
    """
    labelled = ~np.isnan(target).all(axis=1)
    rows_of: dict[str, list[int]] = {}
    taken: set[str] = set()
    for row in np.flatnonzero(labelled).tolist():
        if record_ids[row] not in taken:
            taken.add(record_ids[row])
            rows_of.setdefault(patient_ids[row], []).append(row)
    if n > len(taken):
        raise SplitError(f"{n:,} labelled ECGs are asked for, and there are {len(taken):,}")
    patients = sorted(rows_of, key=lambda patient: (_drawn(patient, seed), patient))
    first = _covering(patients, rows_of, target)
    in_order = dict.fromkeys([*first, *patients])
    return tuple(record_ids[row] for row in [row for patient in in_order for row in rows_of[patient]][:n])


def _drawn(patient: str, seed: str) -> bytes:
    """Return the number that a patient draws."""
    return hashlib.blake2b(f"{seed}:{patient}".encode(), digest_size=8).digest()


def _covering(patients: Sequence[str], rows_of: dict[str, list[int]], target: NDArray[np.float32]) -> tuple[str, ...]:
    """Return the first patients, in their order, who give each label a positive and a negative where there are any."""
    chosen: dict[str, None] = {}
    classes = [target > 0.5, target <= 0.5]
    rarest_first = sorted(range(target.shape[1]), key=lambda label: (int(classes[0][:, label].sum()), label))
    for label in rarest_first:
        for is_class in classes:
            having = (patient for patient in patients if is_class[rows_of[patient], label].any())
            if not any(is_class[rows_of[patient], label].any() for patient in chosen):
                found = next(having, None)
                if found is not None:
                    chosen[found] = None
    return tuple(chosen)
