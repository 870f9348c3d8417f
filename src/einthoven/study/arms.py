"""The arms of a study: each is trained once per seed, scores every split, and is averaged over its seeds."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.cohort.cohort import Cohort
from einthoven.errors import SplitError
from einthoven.evaluation.predictions import Predictions
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.contamination import CONTAMINATED, POSSIBLY_CONTAMINATED, contamination_notes
from einthoven.models.predict import predict
from einthoven.study.cohort import outcome_rows
from einthoven.study.stage import hash_of
from einthoven.study.starting import Before, seen_elsewhere, starting
from einthoven.training.arm import ArmSettings
from einthoven.training.label_draw import draw_records
from einthoven.training.train import CHECKPOINT, train

if TYPE_CHECKING:
    from einthoven.study.run import Run

__all__ = ["predictions_of_arms", "rows_to_learn"]

logger = logging.getLogger(__name__)
PREDICTIONS = "predictions.parquet"
ENSEMBLE = -1
# of an arm's settings: other seeds, and where the weights lie whose hash is an input of its own
NOT_OF_A_SEED = ("seeds", "start", "weights")


def predictions_of_arms(run: Run) -> list[Path]:
    """Train and predict what isn't done yet; return the files of predictions, ensembles included."""
    for name, arm in run.settings.arm.items():
        if arm.n_labels or arm.n_validation_labels:
            rows_to_learn(run, name, arm, arm.seeds[0])  # refuses more than there are before a pretraining of days
    files: list[Path] = []
    for name, arm in run.settings.arm.items():
        own = [_predict(run, name, seed, _train(run, name, arm, seed)) for seed in arm.seeds]
        files += own
        if len(own) > 1 and not arm.n_labels:  # seeds that drew different labels together know more than n_labels
            files.append(_average(run, name, own))
    return files


def _train(run: Run, name: str, arm: ArmSettings, seed: int) -> Path:
    """Return the folder of the trained checkpoint."""
    store, cohort, view = run.store, _judged(run), run.settings.input.view
    start, rows = starting(run, name, arm, seed), rows_to_learn(run, name, arm, seed)

    def work(folder: Path) -> None:
        progress = run.announce(f"Training {name}, seed {seed}")
        train(
            arm,
            store,
            rows,
            labels=run.labels,
            view=view,
            run_dir=folder,
            seed=seed,
            progress=progress,
            status=logger.info,
            simulated=tuple(cohort.simulated),
            start=None if start is None else start.load(),
        )

    inputs = {
        "cohort": cohort.hash,
        "signals": run.signals_hash,
        "ingest": store.ingest_hash,
        "view": dataclasses.asdict(view),
        "arm": {
            key: value for key, value in dataclasses.asdict(arm).items() if key not in ("seeds", "start", "weights")
        },
        "labels": list(run.labels),
    }
    if start is not None:
        inputs["start"] = start.hash
    if arm.n_labels or arm.n_validation_labels:
        inputs["drawn"] = rows["record_id"].to_pylist()
    return run.stage("train", inputs, arm=name, seed=seed).run_once(work, together=True) / CHECKPOINT


def rows_to_learn(run: Run, name: str, arm: ArmSettings, seed: int) -> pa.Table:
    """Return the pairs that the arm asks for, without outcomes that aren't yes or no; few, where it learns from few."""
    table = _judged(run).table
    other = [f"y.{name}" for name, task in run.settings.cohort.tasks.items() if task.kind != "binary"]
    table = table.drop_columns(other)
    if arm.pairs != "all":
        table = table.filter(pc.equal(table["pair"], arm.pairs))
    for split, n in (("train", arm.n_labels), ("validation", arm.n_validation_labels)):
        if n:
            table = _drawn(table, split, n, labels=run.labels, place=f"arm.{name}", seed=f"{run.settings.seed}:{seed}")
    return table


def _drawn(table: pa.Table, split: str, n: int, *, labels: tuple[str, ...], place: str, seed: str) -> pa.Table:
    """Return the table with ``n`` labelled ECGs of a split; the other splits stay."""
    is_part = pc.equal(table["split"], split)
    part = table.filter(is_part)
    target = np.stack([_as_float(part[f"y.{label}"]) for label in labels], axis=1).astype(np.float32)
    ids, patients = part["record_id"].to_pylist(), part["patient_id"].to_pylist()
    try:
        drawn = draw_records(ids, patients, target, n=n, seed=f"{seed}:{split}")
    except SplitError as error:
        raise SplitError(f"{place}, split {split!r}: {error}") from error
    return table.filter(pc.or_(pc.invert(is_part), pc.is_in(table["record_id"], pa.array(drawn, pa.string()))))


def _predict(run: Run, name: str, seed: int, checkpoint_folder: Path) -> Path:
    store, cohort, arm = run.store, _judged(run), run.settings.arm[name]

    def work(folder: Path) -> None:
        progress = run.announce(f"Scoring with {name}, seed {seed}")
        checkpoint = Checkpoint.load(checkpoint_folder)
        scores = predict(checkpoint, store, store.rows(cohort.table["record_id"]), progress=progress)
        told = (Before(checkpoint.public, checkpoint.seen_in_pretraining), seen_elsewhere(arm))
        notes = tuple(note for one in told for note in _contamination(run, one))
        seen = tuple(dict.fromkeys(name for one in told for name in _seen_before(run, one)))
        notes = (*filter(None, [run.cohort.notice]), *notes)
        predictions = _tabulate(cohort, scores, labels=checkpoint.labels, model=name, seed=seed, notes=notes, seen=seen)
        predictions.to_parquet(folder / PREDICTIONS)

    inputs = {
        "checkpoint": hash_of(checkpoint_folder / "checkpoint.json"),
        "cohort": cohort.hash,
        "signals": run.signals_hash,
    }
    return run.stage("predict", inputs, arm=name, seed=seed).run_once(work) / PREDICTIONS


def _judged(run: Run) -> Cohort:
    """Return the cohort without what serves pretraining alone, of which nothing but its notice is left."""
    cohort, rows = run.cohort, outcome_rows(run.settings, run.cohort.table)
    found = set(rows["source"].unique().to_pylist())
    return Cohort(rows, {name: told for name, told in cohort.simulated.items() if name in found})


def _contamination(run: Run, before: Before) -> tuple[str, ...]:
    """Return what must be said of data that weights had seen before this study trained them on."""
    notes: list[str] = []
    for name, section in run.settings.data.items():
        told = contamination_notes(before.public, before.seen_in_pretraining, name=name, source=section.source)
        notes += told or _unresolved_notes(before, name=name)
    return tuple(notes)


def _unresolved_notes(before: Before, *, name: str) -> tuple[str, ...]:
    """Return what must be said where another study's names don't tell which ECGs they stand for."""
    if not before.unresolved:
        return ()
    told = (
        f"{POSSIBLY_CONTAMINATED} the weights of {before.public} have seen what another study calls "
        f"{', '.join(before.unresolved)}: find out whether scores on {name} are of ECGs that they have seen."
    )
    return (told,)


def _seen_before(run: Run, before: Before) -> tuple[str, ...]:
    """Return what weights had seen before this study, by its own name and by that of this study.

    What this study trained on isn't among it: its split keeps those patients out of the test.
    """
    own = [
        name
        for name, section in run.settings.data.items()
        if any(
            note.startswith(CONTAMINATED)
            for note in contamination_notes(before.public, before.seen_in_pretraining, name=name, source=section.source)
        )
    ]
    return tuple(dict.fromkeys([*(one.data_set for one in before.seen_in_pretraining), *own]))


def _tabulate(
    cohort: Cohort,
    scores: NDArray[np.float64],
    *,
    labels: tuple[str, ...],
    model: str,
    seed: int,
    notes: tuple[str, ...] = (),
    seen: tuple[str, ...] = (),
) -> Predictions:
    """Put scores (record, label) beside what evaluation needs of each record."""
    table = cohort.table
    is_paired = set(table["pair"].unique().to_pylist()) != {"none"}
    truth = np.stack([_as_float(table[f"y.{label}"]) for label in labels], axis=1)
    predictions = Predictions.from_arrays(
        scores,
        truth,
        labels=labels,
        record_id=table["record_id"].to_pylist(),
        outcome_id=table["outcome_id"].to_pylist() if is_paired else None,
        patient_id=table["patient_id"].to_pylist(),
        split=table["split"].to_pylist(),
        model=model,
        seed=seed,
        score_kind="probability",
    )
    repeated = predictions.table
    for name, column in _beside(table, is_paired=is_paired).items():
        repeated = repeated.append_column(name, pa.chunked_array(column.chunks * len(labels), column.type))
    if is_paired:
        gaps = [_gaps(table, label) for label in labels]
        chunks = [chunk for gap in gaps for chunk in gap.chunks]
        repeated = repeated.append_column("covariate.outcome_gap_days", pa.chunked_array(chunks, pa.float64()))
    if seen:
        cells = pa.array([list(seen)] * repeated.num_rows, pa.list_(pa.string()))
        repeated = repeated.append_column("pretrained_on", cells)
    return Predictions(repeated, notes)


def _beside(table: pa.Table, *, is_paired: bool) -> dict[str, pa.ChunkedArray]:
    """Return what stands beside the scores of each record: who, where, what was measured, how far the outcome is."""
    found = {name: table[name] for name in table.column_names if name.startswith(("group.", "covariate."))}
    found |= {"group.sex": table["sex"], "site": table["site"], "time": table["ecg_time"]}
    found |= {"group.data_set": table["source"], "covariate.age_years": table["age_years"].cast(pa.float64())}
    if is_paired:
        found["group.pair"] = table["pair"]
    return found


def _gaps(table: pa.Table, label: str) -> pa.ChunkedArray:
    """Return days from ECG to outcome; none where the ECG itself tells the outcome, known without a report, too."""
    known_unpaired = pc.and_(pc.equal(table["pair"], "none"), pc.is_valid(table[f"y.{label}"]))
    if pc.any(known_unpaired).as_py():
        return pa.chunked_array([pa.nulls(table.num_rows, pa.float64())])
    return table["outcome_gap_days"].cast(pa.float64())


def _as_float(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in column.to_pylist()])


def _average(run: Run, name: str, files: list[Path]) -> Path:
    """Average the scores of an arm's seeds; record by record, they are in one order."""

    def work(folder: Path) -> None:
        members = [Predictions.from_file(file) for file in files]
        tables = [member.table for member in members]
        named = [name for name in ("record_id", "outcome_id", "label") if name in tables[0].column_names]
        keys = [table.select(named).combine_chunks() for table in tables]
        assert all(key.equals(keys[0]) for key in keys)
        score = np.mean([table["score"].to_numpy() for table in tables], axis=0)
        first = tables[0]
        first = first.set_column(first.column_names.index("score"), "score", pa.array(score))
        seeds = pa.array(np.full(first.num_rows, ENSEMBLE, dtype=np.int32))
        first = first.set_column(first.column_names.index("seed"), "seed", seeds)
        Predictions(first, members[0].notes).to_parquet(folder / PREDICTIONS)

    inputs = {f"member {index}": hash_of(file) for index, file in enumerate(files)}
    return run.stage("predict", inputs, arm=name, seed=ENSEMBLE).run_once(work) / PREDICTIONS
