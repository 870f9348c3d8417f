"""What happened after each ECG of a published data set, as columns of the cohort."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from einthoven.cohort.sources.requested_labels import Columns
from einthoven.cohort.tables.follow_up import follow_up_columns
from einthoven.cohort.tables.typed_table import dropped_cells

__all__ = ["FollowedEcgs", "followed_ecgs"]


class FollowedEcgs(NamedTuple):
    """Columns ``event.<e>`` and ``event_days.<e>``, one entry per ECG, and notes as rows of ``SourceData.dropped``."""

    columns: Columns
    notes: list[pl.DataFrame]


def followed_ecgs(ecgs: pl.DataFrame, events: pl.DataFrame | None, *, by_date: bool) -> FollowedEcgs:
    """Return the follow-up of each ECG; nothing where there are no events.

    Parameters
    ----------
    ecgs : DataFrame
        ``patient_id, ecg_time``, in the order of the cohort.
    events : DataFrame, optional
        ``patient_id, last_contact`` and ``<event>_time``, one row per patient.
    by_date : bool
        Whether only days are known.
    """
    if events is None:
        return FollowedEcgs({}, [])
    followed = follow_up_columns(ecgs, events, by_date=by_date)
    notes = [
        dropped_cells("events", [None], column="", values=None, reasons=f"note: {note}") for note in followed.notes
    ]
    return FollowedEcgs(followed.table.to_dict(as_series=False), notes)
