"""From a cohort to what a pretraining learns from: records, patients, targets, vectors; refuses what can't be."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.errors import CohortError, SpecificationError, SplitError
from einthoven.registry import nearest
from einthoven.store.pretraining_batches import Pairing
from einthoven.store.pretraining_data import PretrainingData
from einthoven.store.store import Store
from einthoven.training.paired_vectors import paired_vectors
from einthoven.training.pretrain_settings import PretrainSettings

__all__ = ["PretrainingData", "pretraining_data"]

_MOST_NAMED = 20  # labels in a sentence


def pretraining_data(
    settings: PretrainSettings, store: Store, cohort: pa.Table, *, needs_labels: bool, pairing: Pairing
) -> PretrainingData:
    """Return each record of the splits once, with its patient, targets and vector.

    Where there is one objective, records without what it learns from (a known label, a vector) are left out.

    Parameters
    ----------
    settings : PretrainSettings
        Its splits, labels, vectors, objectives and batch size.
    store : Store
    cohort : Table
        Columns ``record_id``, ``patient_id`` (a record without one is a patient of its own), ``split``, ``y.<task>`` in
        [0, 1] with null for unknown and, when there, ``u.<task>`` (true makes a target unknown) and ``source``. Of
        several rows of a record, the first that knows a target gives it.
    needs_labels : bool
        Whether an objective learns labels.
    pairing : ``none``, ``segment`` or ``patient``
        With ``patient``, patients with one ECG are left out.

    Raises
    ------
    SplitError
        No record is left, or no label has enough positives and negatives.
    CohortError
        A split or task is not in the cohort, a target is no share between 0 and 1, there are fewer ECGs than a batch
        or, where pairs are contrasted, fewer patients than a batch (with ``patient``: than those with two ECGs).
    StoreError
        A record isn't in the store.
    """
    part = _part(cohort, settings.splits, store)
    rows, first, own = np.unique(store.rows(part["record_id"]), return_index=True, return_inverse=True)
    tasks = _tasks(cohort, settings.labels) if needs_labels else ()
    target = _targets(part, own, tasks=tasks)
    enough = np.minimum((target > 0.5).sum(axis=0), (target <= 0.5).sum(axis=0)) >= settings.minimum_positives
    labels = tuple(task for task, kept in zip(tasks, enough, strict=True) if kept)
    notes = _labels_note(tasks, enough, minimum=settings.minimum_positives)
    target, records = target[:, enough], part.take(first)
    vector = _vectors(settings, records)
    patient_ids = _patient_ids(records)

    kept, alone = np.ones(len(rows), dtype=bool), len(settings.objectives) == 1
    if labels and alone:
        kept &= _kept(_is_known(target), "without a known label", notes)
    if vector is not None and alone:
        kept &= _kept(_is_known(vector), "without a vector", notes)
    if pairing == "patient":
        kept &= _kept(kept & _has_another(patient_ids, kept), "of patients with one ECG", notes, among=kept)
    names, patients = _numbered(patient_ids.filter(pa.array(kept)))
    learnt = records.filter(pa.array(kept))
    data = PretrainingData(
        rows=rows[kept],
        patients=patients,
        patient_ids=names,
        target=target[kept],
        labels=labels,
        vector=None if vector is None else vector[kept],
        records_hash=hashlib.sha256("\n".join(learnt["record_id"].to_pylist()).encode()).hexdigest(),
        sources=_sources(learnt),
        notes=tuple(notes),
    )
    _check_batch(data, settings.batch_size, pairing=pairing)
    return data


def _part(cohort: pa.Table, splits: Sequence[str], store: Store) -> pa.Table:
    """Return the rows of the splits."""
    known = cohort["split"].unique().drop_null().to_pylist()
    for split in splits:
        if split in ("test", "external"):
            raise SplitError(f"a pretraining can't see the split {split!r}: what is tested there would be known to it")
        if split not in known:
            raise SplitError(f"the cohort has no split {split!r} (it has {', '.join(sorted(known))})")
    part = cohort.filter(pc.is_in(cohort["split"], value_set=pa.array(list(splits))))
    if not part.num_rows or not len(store):
        where = f"the store {store.folder}" if not len(store) else f"the splits {', '.join(splits)}"
        raise SplitError(f"there is nothing to pretrain on: {where} holds 0 ECGs")
    return part


def _tasks(cohort: pa.Table, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the tasks that match a pattern, in the order of the patterns and of the cohort."""
    if not patterns:
        raise SpecificationError("an objective learns labels, but none is named: set labels of the pretraining")
    tasks = [name.removeprefix("y.") for name in cohort.column_names if name.startswith("y.")]
    matched: dict[str, None] = {}
    for pattern in patterns:
        found = [pattern] if pattern in tasks else fnmatch.filter(tasks, pattern)
        if not found:
            raise CohortError(f"no task of the cohort matches the label {pattern!r}{nearest(pattern, tasks)}")
        matched |= dict.fromkeys(found)
    return tuple(matched)


def _targets(part: pa.Table, own: NDArray[np.int64], *, tasks: Sequence[str]) -> NDArray[np.float32]:
    """Return float32 (record, C) out of rows of which ``own`` (row,) says the record."""
    target = np.full((int(own.max()) + 1, len(tasks)), np.nan, dtype=np.float32)
    for i, task in enumerate(tasks):
        values = part[f"y.{task}"].cast(pa.float32()).to_numpy(zero_copy_only=False).astype(np.float32)
        if f"u.{task}" in part.column_names:
            values[part[f"u.{task}"].fill_null(False).to_numpy(zero_copy_only=False)] = np.nan
        outside = np.flatnonzero((values < 0) | (values > 1))
        if outside.size:
            raise CohortError(
                f"targets of a yes/no task lie between 0 and 1, got {values[outside[0]]} for {task} in record "
                f"{part['record_id'][int(outside[0])]}"
            )
        known = np.flatnonzero(~np.isnan(values))
        records, first = np.unique(own[known], return_index=True)
        target[records, i] = values[known[first]]
    return target


def _labels_note(tasks: Sequence[str], enough: NDArray[np.bool_], *, minimum: int) -> list[str]:
    lacking = [task for task, kept in zip(tasks, enough, strict=True) if not kept]
    if tasks and len(lacking) == len(tasks):
        raise SplitError(
            f"none of the {len(tasks)} labels has {minimum} positives and {minimum} negatives among the ECGs to "
            "pretrain on: lower minimum_positives, or take more data"
        )
    if not lacking:
        return []
    more = f" and {len(lacking) - _MOST_NAMED} more" if len(lacking) > _MOST_NAMED else ""
    sentence = (
        f"{len(lacking)} of {len(tasks)} labels have fewer than {minimum} positives or negatives and are left out"
    )
    return [f"{sentence}: {', '.join(lacking[:_MOST_NAMED])}{more}"]


def _vectors(settings: PretrainSettings, records: pa.Table) -> NDArray[np.float32] | None:
    if not settings.vectors.path:
        return None
    return paired_vectors(settings.vectors, records[settings.vectors.key].to_pylist())


def _patient_ids(records: pa.Table) -> pa.Array:
    """Return each record's patient; a record of nobody known is a patient of its own."""
    patient, record = (records[name].cast(pa.string()) for name in ("patient_id", "record_id"))  # polars' are larger
    own = pc.binary_join_element_wise("(record ", record, ")", "")
    ids: pa.Array = pc.if_else(pc.not_equal(pc.fill_null(patient, ""), ""), patient, own).combine_chunks()
    return ids


def _numbered(patient_ids: pa.Array) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the patients in the order in which they first come, and each record's number among them."""
    encoded = patient_ids.dictionary_encode()
    return tuple(encoded.dictionary.to_pylist()), encoded.indices.to_numpy().astype(np.int64)


def _has_another(patient_ids: pa.Array, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which records belong to patients with two kept ones or more."""
    _, number = _numbered(patient_ids)
    return np.asarray(np.bincount(number, weights=kept)[number] > 1)


def _is_known(values: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(values).all(axis=1))


def _kept(
    kept: NDArray[np.bool_], what: str, notes: list[str], *, among: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Return ``kept``; a sentence about the others is added to the notes, and all lost are refused."""
    total = len(kept) if among is None else int(among.sum())
    lost = total - int(kept.sum())
    if lost == total:
        raise CohortError(f"all {total} ECGs to pretrain on are {what}: there is nothing to learn from")
    if lost:
        notes.append(f"{lost} of {total} ECGs are {what} and are left out")
    return kept


def _sources(records: pa.Table) -> tuple[str, ...]:
    if "source" not in records.column_names:
        return ()
    return tuple(sorted(records["source"].unique().drop_null().to_pylist()))


def _check_batch(data: PretrainingData, batch_size: int, *, pairing: Pairing) -> None:
    """Refuse a batch that the data can't fill."""
    sizes = {"ECGs": len(data)}
    if pairing != "none":
        sizes["patients"] = len(data.patient_ids)
    fewest = min(sizes, key=lambda name: sizes[name])
    if sizes[fewest] < 2 and pairing != "none":
        raise CohortError(f"a contrast needs two patients or more, got {len(data.patient_ids)}")
    if sizes[fewest] < batch_size:
        kind = " with two ECGs or more" if pairing == "patient" else ""
        raise CohortError(
            f"a batch of {batch_size} can't be filled by {sizes[fewest]} {fewest}{kind}: set batch_size to "
            f"{sizes[fewest]} or lower, or take more data"
        )
