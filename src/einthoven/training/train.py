"""Train one arm of a study with one seed: from a store and a cohort to a checkpoint.

::

    run_dir/
        run.json             what the run was started with; another start with other settings begins anew
        history.csv          epoch, train_loss, validation_loss, validation_auroc
        tensorboard/         the same, for TensorBoard
        last.ckpt            whole training state, while the run isn't finished
        best.safetensors     weights of the best epoch, while the run isn't finished
        checkpoint/          the result
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import lightning.pytorch as lightning
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from safetensors.torch import load_file

from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.models.architectures import build, resolved_settings
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.lead_adaptation import LeadAdaptation
from einthoven.models.network import Network
from einthoven.models.predict import predict_network
from einthoven.progress import ProgressCallback, no_progress
from einthoven.store.store import Store
from einthoven.store.torch_dataset import RecordBatches
from einthoven.training.arm import ArmSettings
from einthoven.training.disk_space import explained_when_full
from einthoven.training.engine import EngineSettings, Processes, processes, quiet, trainer
from einthoven.training.lightning_module import SupervisedModule
from einthoven.training.objectives.label_loss import LabelLoss, balancing_weights
from einthoven.training.reproducible import reproducible, reseed
from einthoven.training.resumption import LAST_STATE, Resumption, saved_state
from einthoven.training.run_folder import CHECKPOINT, begin_run
from einthoven.training.selection import BEST_WEIGHTS, Selection
from einthoven.training.start import check_architecture, load_start, weights_hash
from einthoven.training.training_data import TrainingData, training_data
from einthoven.training.training_progress import StatusCallback, TrainingProgress

__all__ = ["CHECKPOINT", "train"]


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One arm with one seed, and what decides its weights."""

    arm: ArmSettings
    store: Store
    spec: InputSpec
    data: TrainingData
    run_dir: Path
    seed: int
    workers: Processes
    simulated: Collection[str]
    start: Checkpoint | None

    @property
    def fingerprint(self) -> str:
        """Hash of all that decides the weights; the ingest hash in the spec stands for the signals."""
        settings = dataclasses.asdict(self.arm)
        settings["settings"] = resolved_settings(self.arm.architecture, self.arm.settings)
        for name in ("seeds", "start", "weights"):  # another run's seed does not change this one; weights are hashed
            del settings[name]
        facts = [settings, self.spec.to_json(), self.seed, self.data.hash]
        if self.start is not None:
            facts.append(weights_hash(self.start.state))
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Report:
    """What leaves the training loop while it runs."""

    progress: ProgressCallback
    status: StatusCallback | None
    save_every_steps: int
    tensorboard: bool


def train(
    arm: ArmSettings,
    store: Store,
    cohort: pa.Table,
    *,
    labels: Sequence[str],
    view: ViewSpec,
    run_dir: Path,
    seed: int,
    progress: ProgressCallback | None = None,
    status: StatusCallback | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    save_every_steps: int = 200,
    tensorboard: bool = True,
    simulated: Collection[str] = (),
    start: Checkpoint | None = None,
) -> Checkpoint:
    """Return the trained checkpoint, which is also in ``run_dir/checkpoint``.

    A run that was killed goes on where it was last saved, with the weights of an unbroken one bit for bit (same machine
    type, same versions, CPU); a finished one is not run again.

    Parameters
    ----------
    arm : ArmSettings
    store : Store
    cohort : Table
        Columns ``record_id``, ``split`` (``train`` and ``validation`` are used), ``y.<label>`` in [0, 1] with null for
        unknown, and, when there, ``source``.
    labels : sequence of str
        Tasks of the cohort, which the checkpoint will score, in this order.
    view : ViewSpec
        Its leads are replaced by ``arm.leads``, where given.
    run_dir : Path
    seed : int
        From 0; of weights, order, crops, augmentation and dropout.
    progress : ProgressCallback, optional
        Steps done and to do.
    status : StatusCallback, optional
        A sentence per epoch: losses, time left.
    device : ``auto``, ``cpu`` or ``cuda``
    save_every_steps : int
        How much work a killed process may lose; each epoch is saved, too.
    tensorboard : bool
    simulated : collection of str
        Sources of the cohort whose patients are simulated; the checkpoint keeps those that it learnt from.
    start : Checkpoint, optional
        Of the same architecture and leads, whose encoder training starts from; its head, too, where labels and head are
        the same. What it has seen, and its licence, are carried on.

    Raises
    ------
    SplitError
        A split is empty, or a label has no positive or no negative in it.
    CohortError, StoreError
        A label isn't in the cohort, a record isn't in the store.
    CheckpointError
        ``start`` has another architecture, other settings or other leads.
    TrainingError
        The loss isn't finite, the saved state is damaged, or the disk is full.
    CancelledError
        SIGINT or SIGTERM came; all is saved.
    """
    spec = InputSpec(store.spec, dataclasses.replace(view, leads=tuple(arm.leads) or view.leads))
    if start is not None:
        check_architecture(start, arm, leads=spec.leads)
    data = training_data(arm, cohort, labels=labels)
    workers = processes(device)
    job = _Job(arm, store, spec, data, run_dir=run_dir, seed=seed, workers=workers, simulated=simulated, start=start)
    if begin_run(run_dir, fingerprint=job.fingerprint, workers=job.workers, leftovers=(BEST_WEIGHTS,)):
        report = _Report(progress or no_progress, status, save_every_steps, tensorboard=tensorboard)
        selection = _selection(job)
        with reproducible(), explained_when_full(run_dir):
            _fit(job, selection, report)
        if job.workers.is_first:
            with explained_when_full(run_dir / CHECKPOINT):
                _finish(job, selection)
        job.workers.wait()
    return Checkpoint.load(run_dir / CHECKPOINT, labels=labels)


def _selection(job: _Job) -> Selection:
    rows = job.store.rows(job.data.validation.record_ids)

    def score(network: Network) -> NDArray[np.float64]:
        return predict_network(network, job.spec, job.store, rows, labels=(*job.data.labels, *job.data.auxiliary))

    return Selection(
        job.run_dir,
        metric=job.arm.early_stopping,
        patience=job.arm.patience,
        scorer=score if job.data.measurable else None,
        truth=job.data.validation.target,
    )


def _fit(job: _Job, selection: Selection, report: _Report) -> None:
    """Run the epochs that are left, from the saved state where there is one."""
    fingerprint = job.fingerprint
    state = saved_state(job.run_dir, fingerprint=fingerprint)
    callback_states = state["callbacks"] if state is not None else {}
    if callback_states and callback_states[Selection.state_key]["finished"]:
        selection.load_state_dict(callback_states[Selection.state_key])
        return
    batches = _batches(job)
    if callback_states:
        batches.load_state_dict(callback_states[Resumption.state_key]["batches"])
    total_steps = job.arm.epochs * len(batches)
    reseed(job.seed)
    module = _module(job, total_steps=total_steps)
    callbacks: list[lightning.Callback] = [
        selection,
        TrainingProgress(selection, total_steps=total_steps, progress=report.progress, status=report.status),
        Resumption(job.run_dir, batches, fingerprint=fingerprint, every_steps=report.save_every_steps),
    ]
    with quiet():
        settings = EngineSettings(job.arm.epochs, precision=job.arm.precision, gradient_clip=job.arm.gradient_clip)
        engine = trainer(settings, job.workers, callbacks=callbacks, folder=job.run_dir, tensorboard=report.tensorboard)
        path = job.run_dir / LAST_STATE if state is not None else None
        engine.fit(module, train_dataloaders=batches, ckpt_path=path, weights_only=True)


def _batches(job: _Job) -> RecordBatches:
    return RecordBatches(
        job.store,
        job.store.rows(job.data.training.record_ids),
        job.data.training.target,
        batch_size=job.arm.batch_size,
        seed=job.seed,
        view=job.spec.view,
        time_scale=job.arm.augmentation.time_scale,
        rank=job.workers.rank,
        world_size=job.workers.count,
    )


def _module(job: _Job, *, total_steps: int) -> SupervisedModule:
    """Return the network before training, with its objective; what nothing gives comes from torch's random state."""
    n_outputs = len(job.data.labels) + len(job.data.auxiliary)
    network = build(
        job.arm.architecture,
        n_leads=len(job.spec.leads),
        n_labels=n_outputs,
        head=job.arm.head,
        adaptation=None if job.start is None else job.start.adaptation,
        **job.arm.settings,
    )
    if job.start is not None:
        load_start(network, job.start, labels=job.data.labels, head=job.arm.head)
    rows = job.store.rows(job.data.training.record_ids).tolist()
    return SupervisedModule(
        network,
        job.arm,
        spec=job.spec,
        objective=_objective(job),
        total_steps=total_steps,
        seed=job.seed,
        record_ids=dict(zip(rows, job.data.training.record_ids, strict=True)),
    )


def _objective(job: _Job) -> LabelLoss:
    training, weight = job.data.training, None
    if job.arm.positive_weights == "balanced":
        weight = balancing_weights(training.positives, training.negatives)
    return LabelLoss(
        n_labels=len(job.data.labels),
        auxiliary_weight=job.arm.auxiliary_weight,
        label_smoothing=job.arm.label_smoothing,
        positive_weight=weight,
        loss=job.arm.loss,
    )


def _finish(job: _Job, selection: Selection) -> None:
    """Write the checkpoint of the best epoch without its auxiliary outputs; drop what only going on needs."""
    state: dict[str, Any] = load_file(job.run_dir / BEST_WEIGHTS)
    for name in ("head.linear.weight", "head.linear.bias"):
        state[name] = state[name][: len(job.data.labels)].contiguous()
    best, start = selection.best, job.start
    before = (start.pretrained_on, start.simulated) if start is not None else ((), ())
    own = tuple(name for name in job.data.pretrained_on if name in job.simulated)
    Checkpoint(
        architecture=job.arm.architecture,
        settings=job.arm.settings,
        spec=job.spec,
        labels=job.data.labels,
        state=state,
        head=job.arm.head,
        adaptation=LeadAdaptation() if start is None else start.adaptation,
        pretrained_on=tuple(dict.fromkeys([*before[0], *job.data.pretrained_on])),
        simulated=tuple(dict.fromkeys([*before[1], *own])),
        public="" if start is None else start.public,
        seen_in_pretraining=() if start is None else start.seen_in_pretraining,
        licence="" if start is None else start.licence,
        seed=job.seed,
        epoch=int(best["epoch"]),
        metric={name: value for name, value in best.items() if name != "epoch"},
    ).save(job.run_dir / CHECKPOINT)
    for name in (LAST_STATE, BEST_WEIGHTS):
        (job.run_dir / name).unlink(missing_ok=True)
