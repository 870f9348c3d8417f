"""Who shares a recording is one person: of somebody who is tested, nothing is learnt, whatever the ids say.

Public collections hold the same ECGs under other ids (``HR00001`` of the challenge of 2021 is ``1`` of PTB-XL), other
gains, rates and filters, and other numbers of patients. Two patients with a recording in common are taken for one, and
so are all who are linked by others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.near_duplicates import NearDuplicate

__all__ = ["without_shared_recordings"]

# whose ECGs are kept when a person is in two splits: never those that a tested person would be learnt from
RANK = {"train": 0, "validation": 1, "test": 2, "external": 2}
SHARED = "of a person who is in another split under another id (one recording in both)"
COPIES = "same samples as another ECG of the split"


def without_shared_recordings(
    rows: pl.DataFrame,
    found: Sequence[NearDuplicate],
    flow: list[FlowStep],
    *,
    known: pl.DataFrame | None = None,
    silent: Collection[str] = (),
) -> pl.DataFrame:
    """Return the rows without those that tell of somebody in a split that is judged, and without copies; both counted.

    A person in ``test`` or ``external`` leaves ``train`` and ``validation`` with all ECGs, one in ``validation`` leaves
    ``train``. Of ECGs with the same samples in one split, or in two that are judged, the first is kept.

    Parameters
    ----------
    rows : DataFrame
        ``record_id, patient_id, split, signal_hash``, a patient in one split.
    found : sequence of NearDuplicate
        Pairs of records that hold one recording, besides those with the same samples.
    flow : list of FlowStep
    known : DataFrame, optional
        These rows and those that left before, which still tell who is whom: an ECG of a tested patient that isn't
        learnt from may be what links another id to that patient.
    silent : collection of str
        Signal hashes of what holds no heart beat, such as zeros alone: those of strangers are the same.
    """
    columns = ("record_id", "patient_id", "split", "signal_hash")
    records = rows.select(columns).unique("record_id", maintain_order=True)
    person = _persons(_links(rows if known is None else known, found, silent=silent))
    ranked = records.with_columns(
        person=pl.col("patient_id").replace(person), rank=pl.col("split").replace_strict(RANK, return_dtype=pl.Int64)
    ).with_columns(highest=pl.col("rank").max().over("person"))
    gone = ranked.filter((pl.col("rank") < pl.col("highest")) & (pl.col("rank") < RANK["test"]))
    rows = _without(rows, gone, flow, SHARED)
    left = ranked.join(gone, on="record_id", how="anti", maintain_order="left")
    return _without(rows, left.filter(~pl.col("signal_hash").is_first_distinct()), flow, COPIES)


def _links(rows: pl.DataFrame, found: Sequence[NearDuplicate], *, silent: Collection[str]) -> list[tuple[str, str]]:
    """Return pairs of patients who have a recording in common."""
    records = rows.select("record_id", "patient_id", "signal_hash").unique("record_id", maintain_order=True)
    patient_of = dict(zip(records["record_id"], records["patient_id"], strict=True))
    links = [(patient_of[pair.first], patient_of[pair.second]) for pair in found]
    heard = records.filter(~pl.col("signal_hash").is_in(list(silent)))
    copies = heard.group_by("signal_hash").agg("patient_id").filter(pl.col("patient_id").list.len() > 1)
    return links + [(patients[0], other) for patients in copies["patient_id"].to_list() for other in patients[1:]]


def _persons(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return one id for all patients who are linked, by way of others too."""
    parent: dict[str, str] = {}

    def root(patient: str) -> str:
        while parent.setdefault(patient, patient) != patient:
            patient = parent[patient]
        return patient

    for first, second in links:
        parent[root(first)] = root(second)
    return {patient: root(patient) for patient in list(parent)}


def _without(rows: pl.DataFrame, gone: pl.DataFrame, flow: list[FlowStep], label: str) -> pl.DataFrame:
    if not gone.height:
        return rows
    flow.append(FlowStep(label, gone.height, gone["patient_id"].n_unique(), excluded=True))
    return rows.filter(~pl.col("record_id").is_in(gone["record_id"].implode()))
