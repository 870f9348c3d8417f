"""Pretrain an encoder with one seed: from a store, a cohort and objectives to a checkpoint.

::

    run_dir/
        run.json             what the run was started with; another start with other settings begins anew
        history.csv, ...     what was watched (``einthoven.training.watching``)
        last.ckpt            whole training state, while the run isn't finished
        checkpoint/          the result
        model_card.md        what the checkpoint was made from
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import lightning.pytorch as lightning
import pyarrow as pa

from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.models.checkpoint import Checkpoint
from einthoven.progress import ProgressCallback, no_progress
from einthoven.store.pretraining_batches import PretrainingBatches
from einthoven.store.store import Store
from einthoven.training.compiled import compile_blocks
from einthoven.training.disk_space import explained_when_full
from einthoven.training.engine import EngineSettings, processes, quiet, trainer
from einthoven.training.impossible_step import ImpossibleStepError
from einthoven.training.pretrain_job import PretrainJob, PretrainReport
from einthoven.training.pretrain_module import PretrainModule
from einthoven.training.pretrain_parts import PretrainParts, pretrain_parts
from einthoven.training.pretrain_settings import PretrainSettings
from einthoven.training.pretrained_checkpoint import pretrained_checkpoint
from einthoven.training.rehearsal import NOTED_SIZE
from einthoven.training.reproducible import reproducible
from einthoven.training.resumption import LAST_STATE, Resumption, saved_state
from einthoven.training.run_folder import CHECKPOINT, begin_run
from einthoven.training.training_progress import StatusCallback

__all__ = ["pretrain"]


def pretrain(
    settings: PretrainSettings,
    store: Store,
    cohort: pa.Table,
    *,
    view: ViewSpec,
    run_dir: Path,
    seed: int,
    progress: ProgressCallback | None = None,
    status: StatusCallback | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    simulated: Collection[str] = (),
    start: Checkpoint | None = None,
    watch_tasks: Sequence[str] = (),
    watched: pa.Table | None = None,
    environment: Mapping[str, Any] | None = None,
    sources: Mapping[str, str] | None = None,
) -> Checkpoint:
    """Return the pretrained checkpoint, which is also in ``run_dir/checkpoint``.

    It holds the encoder alone or, where an objective learns labels, encoder and head. A run that was killed goes on
    where it was last saved, with the weights of an unbroken one bit for bit (same machine type, same versions, CPU); a
    finished one is not run again.

    Parameters
    ----------
    settings : PretrainSettings
    store : Store
    cohort : Table
        Columns ``record_id``, ``patient_id``, ``split`` and, where they are asked for, ``source`` and ``y.<label>`` in
        [0, 1] with null for unknown.
    view : ViewSpec
        Its leads are replaced by ``settings.leads``, where given.
    run_dir : Path
    seed : int
        From 0; of weights, order, crops, augmentation, masks and dropout.
    progress : ProgressCallback, optional
        Steps done and to do.
    status : StatusCallback, optional
        Sentences on losses, time left and what was changed on the way.
    device : ``auto``, ``cpu`` or ``cuda``
    simulated : collection of str
        Sources of the cohort whose patients are simulated.
    start : Checkpoint, optional
        Of the same architecture and leads, whose encoder is trained on. What it has seen is carried on.
    watch_tasks : sequence of str
        Labels of the cohort that embeddings are probed for, after those of ``settings.watch``.
    watched : Table, optional
        The cohort of these probes, where it isn't ``cohort``.
    environment : mapping, optional
        Code and package versions for the model card.
    sources : mapping of str to str, optional
        Data set of the cohort to its name in the catalogue, for the licences in the model card.

    Raises
    ------
    SpecificationError, UnknownNameError
        An objective doesn't exist or can't train this architecture; objectives that pair differently.
    CohortError, StoreError
        Too few ECGs or patients for a batch; a record isn't in the store.
    CheckpointError
        ``start`` has another architecture or other leads.
    TrainingError
        Loss or gradient aren't finite, memory or disk are full, or the saved state is damaged.
    CancelledError
        SIGINT or SIGTERM came; all is saved.
    """
    spec = InputSpec(store.spec, dataclasses.replace(view, leads=tuple(settings.leads) or view.leads))
    workers = processes(device)
    job = PretrainJob(settings, store, cohort, spec, run_dir, seed, workers=workers, simulated=simulated, start=start)
    report = PretrainReport(
        progress or no_progress,
        status,
        watch_tasks,
        watched=cohort if watched is None else watched,
        environment=environment,
        sources=sources,
    )
    with reproducible():
        parts = pretrain_parts(settings, store, cohort, spec=spec, seed=seed, start=start)
        fingerprint = job.fingerprint(parts.data)
        if begin_run(run_dir, fingerprint=fingerprint, workers=workers, leftovers=(NOTED_SIZE,)):
            with explained_when_full(run_dir):
                _fit(job, parts, report, fingerprint=fingerprint)
            workers.wait()
    return Checkpoint.load(run_dir / CHECKPOINT)


def _fit(job: PretrainJob, parts: PretrainParts, report: PretrainReport, *, fingerprint: str) -> None:
    """Run the steps that are left, from the saved state where there is one, and write the checkpoint."""
    settings = job.settings
    batches = _batches(job, parts)
    state = saved_state(job.run_dir, fingerprint=fingerprint)
    if state is not None:
        batches.load_state_dict(state["callbacks"][Resumption.state_key]["batches"])
    total_steps = settings.steps or settings.epochs * len(batches)
    module = _module(job, parts, batches, total_steps=total_steps, status=report.status)
    if job.workers.is_first:
        for note in parts.data.notes:
            module.tell(note)
    with quiet():
        engine = trainer(
            EngineSettings(
                epochs=-(-total_steps // len(batches)),
                precision=settings.precision,
                parallel=settings.parallel,
            ),
            job.workers,
            callbacks=[
                *_watchers(job, report, total_steps=total_steps),
                Resumption(
                    job.run_dir,
                    batches,
                    fingerprint=fingerprint,
                    every_minutes=settings.save_every_minutes,
                    saved_errors=(ImpossibleStepError,),
                ),
            ],
            folder=job.run_dir,
            tensorboard=False,
        )
        path = job.run_dir / LAST_STATE if state is not None else None
        engine.fit(module, train_dataloaders=batches, ckpt_path=path, weights_only=True)
    if job.workers.is_first:
        with explained_when_full(job.run_dir / CHECKPOINT):
            _finish(job, parts, module, report, total_steps=total_steps)


def _batches(job: PretrainJob, parts: PretrainParts) -> PretrainingBatches:
    return PretrainingBatches(
        job.store,
        parts.data,
        batch_size=job.settings.batch_size,
        seed=job.seed,
        view=job.spec.view,
        pairing=parts.objectives.pairing,
        time_scale=job.settings.augmentation.time_scale,
        rank=job.workers.rank,
        world_size=job.workers.count,
        order=job.settings.order,
        pin_memory=job.workers.accelerator == "cuda",
    )


def _module(
    job: PretrainJob,
    parts: PretrainParts,
    batches: PretrainingBatches,
    *,
    total_steps: int,
    status: StatusCallback | None,
) -> PretrainModule:
    module = PretrainModule(
        parts.encoder,
        parts.objectives,
        job.settings,
        spec=job.spec,
        total_steps=total_steps,
        batches=batches,
        seed=job.seed,
        status=status,
    )
    if job.settings.compile:
        compile_blocks(module)
    return module


def _watchers(job: PretrainJob, report: PretrainReport, *, total_steps: int) -> list[lightning.Callback]:
    from einthoven.training.watching.watchers import watchers

    return watchers(
        job.settings.watch,
        store=job.store,
        cohort=report.watched,
        spec=job.spec,
        run_dir=job.run_dir,
        total_steps=total_steps,
        tasks=report.watch_tasks,
        simulated=job.simulated,
        progress=report.progress,
        status=report.status,
        on_every_process=job.settings.parallel == "fsdp",
        name="pretrain",
        parameters=dataclasses.asdict(job.settings),
    )


def _finish(
    job: PretrainJob, parts: PretrainParts, module: PretrainModule, report: PretrainReport, *, total_steps: int
) -> None:
    """Write the model card and then the checkpoint, which ends the run; drop what only going on needs."""
    checkpoint = pretrained_checkpoint(
        job.settings, parts, module, spec=job.spec, seed=job.seed, simulated=job.simulated, start=job.start
    )
    _write_card(job, parts, checkpoint, report, total_steps=total_steps)
    checkpoint.save(job.run_dir / CHECKPOINT)
    for name in (LAST_STATE, NOTED_SIZE):
        (job.run_dir / name).unlink(missing_ok=True)


def _write_card(
    job: PretrainJob, parts: PretrainParts, checkpoint: Checkpoint, report: PretrainReport, *, total_steps: int
) -> None:
    from einthoven.training.model_card import write_model_card

    write_model_card(
        job.run_dir,
        settings=job.settings,
        checkpoint=checkpoint,
        store=job.store,
        cohort=job.cohort,
        record_ids=job.store.manifest["record_id"].take(parts.data.rows).to_pylist(),
        seed=job.seed,
        total_steps=total_steps,
        labels=parts.data.labels,
        simulated=job.simulated,
        start=job.start,
        environment=report.environment,
        sources=report.sources,
    )
