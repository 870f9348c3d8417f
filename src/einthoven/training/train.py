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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import lightning.pytorch as lightning
import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.models.architectures import build, resolved_settings
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.network import Network
from einthoven.models.predict import predict_network
from einthoven.progress import ProgressCallback, no_progress
from einthoven.store.durable import durable_file
from einthoven.store.store import Store
from einthoven.store.torch_dataset import RecordBatches
from einthoven.training.arm import ArmSettings
from einthoven.training.engine import Processes, processes, quiet, trainer
from einthoven.training.lightning_module import SupervisedModule
from einthoven.training.objectives.supervised import SupervisedObjective
from einthoven.training.reproducible import reproducible, reseed
from einthoven.training.resumption import LAST_STATE, Resumption, saved_state
from einthoven.training.selection import BEST_WEIGHTS, Selection
from einthoven.training.targets import SplitTargets, auxiliary_tasks, check_classes, split_targets
from einthoven.training.training_progress import StatusCallback, TrainingProgress

__all__ = ["train"]

RUN = "run.json"
CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """What the arm is trained and measured on."""

    labels: tuple[str, ...]
    auxiliary: tuple[str, ...]
    training: SplitTargets
    validation: SplitTargets
    pretrained_on: tuple[str, ...]


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

    Raises
    ------
    SplitError
        A split is empty, or a label has no positive or no negative in it.
    CohortError, StoreError
        A label isn't in the cohort, a record isn't in the store.
    TrainingError
        The loss isn't finite, or the saved state is damaged.
    CancelledError
        SIGINT or SIGTERM came; all is saved.
    """
    spec = InputSpec(store.spec, dataclasses.replace(view, leads=tuple(arm.leads) or view.leads))
    data = _data(arm, cohort, labels)
    fingerprint = _fingerprint(arm, spec, data, seed)
    run_dir.mkdir(parents=True, exist_ok=True)
    workers = processes(device)
    finished = _prepare_folder(run_dir, fingerprint, workers)
    if finished:
        return Checkpoint.load(run_dir / CHECKPOINT, labels=labels)
    with reproducible():
        selection = _selection(arm, store, spec, data, run_dir)
        _fit(
            arm,
            store,
            spec,
            data,
            run_dir=run_dir,
            seed=seed,
            workers=workers,
            selection=selection,
            report=_Report(progress or no_progress, status, save_every_steps, tensorboard=tensorboard),
        )
    if workers.is_first:
        _finish(arm, spec, data, selection, run_dir=run_dir, seed=seed)
    workers.wait()
    return Checkpoint.load(run_dir / CHECKPOINT, labels=labels)


@dataclass(frozen=True, slots=True)
class _Report:
    """What leaves the training loop while it runs."""

    progress: ProgressCallback
    status: StatusCallback | None
    save_every_steps: int
    tensorboard: bool


def _data(arm: ArmSettings, cohort: pa.Table, labels: Sequence[str]) -> _Data:
    training = split_targets(cohort, "train", tasks=labels)
    check_classes(training, "train", labels=labels)
    validation = split_targets(cohort, "validation", tasks=labels)
    if arm.early_stopping != "none":
        check_classes(validation, "validation", labels=labels)
    auxiliary = auxiliary_tasks(cohort, arm.auxiliary_labels, labels=labels, minimum=arm.auxiliary_minimum_positives)
    known = "source" in cohort.column_names
    sources = sorted({name for name in cohort["source"].to_pylist() if name}) if known else []
    return _Data(
        tuple(labels),
        auxiliary,
        split_targets(cohort, "train", tasks=[*labels, *auxiliary]),
        validation,
        tuple(sources),
    )


def _fingerprint(arm: ArmSettings, spec: InputSpec, data: _Data, seed: int) -> str:
    """Return the hash of all that decides the weights, but for the signals, which the ingest hash stands for."""
    digest = hashlib.sha256()
    settings = {**dataclasses.asdict(arm), "settings": resolved_settings(arm.architecture, arm.settings)}
    del settings["seeds"]  # another run's seed does not change this one
    digest.update(json.dumps([settings, spec.to_json(), seed, data.labels, data.auxiliary], sort_keys=True).encode())
    for part in (data.training, data.validation):
        digest.update("\n".join(part.record_ids).encode())
        digest.update(np.ascontiguousarray(part.target).tobytes())
    return digest.hexdigest()


def _prepare_folder(run_dir: Path, fingerprint: str, workers: Processes) -> bool:
    """Return whether this very run is finished; clear away what another one left."""
    path = run_dir / RUN
    same = path.exists() and json.loads(path.read_text()).get("fingerprint") == fingerprint
    finished = same and (run_dir / CHECKPOINT / "checkpoint.json").exists()
    if not same and workers.is_first:
        for name in (LAST_STATE, BEST_WEIGHTS, f"{CHECKPOINT}/checkpoint.json"):
            (run_dir / name).unlink(missing_ok=True)
        with durable_file(path) as file:
            file.write((json.dumps({"version": 1, "fingerprint": fingerprint}) + "\n").encode())
    return finished


def _selection(arm: ArmSettings, store: Store, spec: InputSpec, data: _Data, run_dir: Path) -> Selection:
    counts = np.minimum(data.validation.positives, data.validation.negatives)
    measurable = bool(data.validation.record_ids) and bool((counts > 0).all())
    rows = store.rows(data.validation.record_ids)

    def score(network: Network) -> NDArray[np.float64]:
        return predict_network(network, spec, store, rows)

    return Selection(
        run_dir,
        metric=arm.early_stopping,
        patience=arm.patience,
        scorer=score if measurable else None,
        truth=data.validation.target,
    )


def _fit(
    arm: ArmSettings,
    store: Store,
    spec: InputSpec,
    data: _Data,
    *,
    run_dir: Path,
    seed: int,
    workers: Processes,
    selection: Selection,
    report: _Report,
) -> None:
    state = saved_state(run_dir)
    if state is not None and state["callbacks"][Selection.state_key]["finished"]:
        selection.load_state_dict(state["callbacks"][Selection.state_key])
        return
    rows = store.rows(data.training.record_ids)
    batches = RecordBatches(
        store,
        rows,
        data.training.target,
        batch_size=arm.batch_size,
        seed=seed,
        view=spec.view,
        time_scale=arm.augmentation.time_scale,
        rank=workers.rank,
        world_size=workers.count,
    )
    if state is not None:
        batches.load_state_dict(state["callbacks"][Resumption.state_key]["batches"])
    total_steps = arm.epochs * len(batches)
    reseed(seed)
    n_labels = len(data.labels) + len(data.auxiliary)
    network = build(arm.architecture, n_leads=len(spec.leads), n_labels=n_labels, **arm.settings)
    module = SupervisedModule(
        network,
        arm,
        spec=spec,
        objective=_objective(arm, data),
        total_steps=total_steps,
        seed=seed,
        record_ids=dict(zip(rows.tolist(), data.training.record_ids, strict=True)),
    )
    callbacks: list[lightning.Callback] = [
        selection,
        TrainingProgress(selection, total_steps=total_steps, progress=report.progress, status=report.status),
        Resumption(run_dir, batches, every_steps=report.save_every_steps),
    ]
    with quiet():
        engine = trainer(arm, workers, callbacks=callbacks, folder=run_dir, tensorboard=report.tensorboard)
        path = run_dir / LAST_STATE if state is not None else None
        engine.fit(module, train_dataloaders=batches, ckpt_path=path, weights_only=True)


def _objective(arm: ArmSettings, data: _Data) -> SupervisedObjective:
    weight = None
    if arm.positive_weights == "balanced":
        ratio = data.training.negatives / np.maximum(data.training.positives, 1)
        weight = torch.from_numpy(ratio.astype(np.float32))
    return SupervisedObjective(
        n_labels=len(data.labels),
        auxiliary_weight=arm.auxiliary_weight,
        label_smoothing=arm.label_smoothing,
        positive_weight=weight,
    )


def _finish(arm: ArmSettings, spec: InputSpec, data: _Data, selection: Selection, *, run_dir: Path, seed: int) -> None:
    """Write the checkpoint of the best epoch without its auxiliary outputs; drop what only going on needs."""
    state: dict[str, Any] = load_file(run_dir / BEST_WEIGHTS)
    for name in ("head.linear.weight", "head.linear.bias"):
        state[name] = state[name][: len(data.labels)].contiguous()
    best = selection.best
    Checkpoint(
        architecture=arm.architecture,
        settings=arm.settings,
        spec=spec,
        labels=data.labels,
        task="binary",
        state=state,
        pretrained_on=data.pretrained_on,
        seed=seed,
        epoch=int(best["epoch"]),
        metric={name: value for name, value in best.items() if name != "epoch"},
    ).save(run_dir / CHECKPOINT)
    for name in (LAST_STATE, BEST_WEIGHTS):
        (run_dir / name).unlink(missing_ok=True)
