"""After the split: nothing that is learnt from tells of somebody in a split that is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from einthoven.cohort.audit_near_duplicates import Recordings, SignalAccess, find_recordings
from einthoven.cohort.flow import FlowStep
from einthoven.cohort.settings import Role
from einthoven.cohort.shared_recordings import without_shared_recordings
from einthoven.cohort.source_rows import without_split_patients
from einthoven.cohort.sources.source import SourceData

__all__ = ["Apart", "kept_apart"]


class Apart(NamedTuple):
    """Rows of which none tells of somebody in a split that is judged, and which were found to hold one recording."""

    rows: pl.DataFrame
    recordings: Recordings | None


def kept_apart(
    rows: pl.DataFrame,
    sources: Mapping[str, tuple[Role, SourceData]],
    flow: list[FlowStep],
    *,
    signals: SignalAccess | None,
) -> Apart:
    """Leave out what tells of somebody in another split; persons under two ids are looked for where signals are."""
    serving = [name for name, (role, _) in sources.items() if role == "pretrain"]
    kept = without_split_patients(rows, serving, flow)
    if signals is None:
        return Apart(kept, None)
    simulated = [name for name, (_, data) in sources.items() if data.simulated]  # nobody's, and all alike
    found = find_recordings(rows.filter(~pl.col("source").is_in(simulated)), signals)
    pairs, silent = found.found if found else (), _silent(rows, signals)
    return Apart(without_shared_recordings(kept, pairs, flow, known=rows, silent=silent), found)


def _silent(rows: pl.DataFrame, signals: SignalAccess) -> frozenset[str]:
    """Return the hashes, among those that several patients have, of signals whose leads are all constant."""
    of_hash = rows.group_by("signal_hash").agg(pl.col("record_id").min(), pl.col("patient_id").n_unique())
    shared = of_hash.filter(pl.col("patient_id") > 1).select("signal_hash", "record_id")
    return frozenset(known for known, record in shared.iter_rows() if not np.ptp(signals.read(record), axis=1).any())
