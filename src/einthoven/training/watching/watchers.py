"""All that watches a pretraining, made from its settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import pyarrow as pa
import torch

from einthoven.ecg.input_spec import InputSpec
from einthoven.progress import ProgressCallback, no_progress
from einthoven.store.store import Store
from einthoven.training.energy import EnergyMeter
from einthoven.training.pretrain_settings import WatchSettings
from einthoven.training.training_progress import StatusCallback
from einthoven.training.watching.mlflow_tracker import MlflowTracker
from einthoven.training.watching.probe import Probe
from einthoven.training.watching.spoken import Spoken
from einthoven.training.watching.tensorboard_tracker import TensorBoardTracker
from einthoven.training.watching.tracker import Tracker
from einthoven.training.watching.watch_files import WatchFiles
from einthoven.training.watching.watch_plan import WatchPlan
from einthoven.training.watching.watched_records import watched_records
from einthoven.training.watching.watcher import Watcher

__all__ = ["watchers"]

_FEWEST = 2  # embeddings that can differ


def watchers(
    settings: WatchSettings,
    *,
    store: Store,
    cohort: pa.Table,
    spec: InputSpec,
    run_dir: Path,
    total_steps: int,
    tasks: Sequence[str] = (),
    simulated: Collection[str] = (),
    progress: ProgressCallback | None = None,
    status: StatusCallback | None = None,
    on_every_process: bool = False,
    name: str = "pretrain",
    parameters: Mapping[str, Any] | None = None,
) -> list[lightning.Callback]:
    """Return callbacks for a trainer whose module has ``report``, ``encoder`` and ``kept_encoder``.

    They belong before the callback that saves the training state.

    Parameters
    ----------
    settings : WatchSettings
    store : Store
    cohort : Table
        Of which the splits ``train`` and ``validation`` are looked at, no other.
    spec : InputSpec
    run_dir : Path
    total_steps : int
    tasks : sequence of str
        Labels that are probed where the settings name none.
    simulated : collection of str
        Sources whose patients are simulated.
    progress : ProgressCallback, optional
    status : StatusCallback, optional
    on_every_process : bool
        Whether an encoder's forward pass needs all processes, as with sharded weights.
    name : str
        Of the run, for picture and trackers.
    parameters : mapping, optional
        Settings of the run, for trackers.

    Raises
    ------
    CohortError
        A task isn't in the cohort, or its targets aren't shares between 0 and 1.
    TrainingError
        MLflow is asked for and isn't installed.
    """
    spoken = Spoken(status)
    records = watched_records(
        cohort,
        store,
        tasks=settings.tasks or tasks,
        most_records=settings.most_records,
        spec=spec,
        simulated=simulated,
    )
    trackers: list[Tracker] = [TensorBoardTracker(run_dir / "tensorboard")]
    if settings.mlflow:
        trackers.append(MlflowTracker(settings.mlflow, name=name, parameters=parameters or {}))
    watcher = Watcher(
        WatchPlan(total_steps, settings.log_every_steps, settings.every_steps, on_every_process=on_every_process),
        WatchFiles(run_dir, trackers=trackers, title=_title(name, parameters or {}), spoken=spoken),
        probe=Probe(records, store, spec) if len(records.rows) >= _FEWEST else None,
        progress=progress or no_progress,
        spoken=spoken,
        energy=EnergyMeter(stated_watt=settings.machine_watt, accelerators=_accelerators()),
        note=records.note,
    )
    return [watcher]


def _title(name: str, parameters: Mapping[str, Any]) -> str:
    """Return architecture and objectives where they are known, or the name."""
    objectives = " and ".join(parameters.get("objectives", ()))
    return f"{parameters['architecture']}, {objectives}" if objectives and "architecture" in parameters else name


def _accelerators() -> list[str]:
    """Return the UUIDs of the accelerators that this process sees."""
    if not torch.cuda.is_available():
        return []
    names = [str(torch.cuda.get_device_properties(i).uuid) for i in range(torch.cuda.device_count())]
    return [name if name.startswith("GPU-") else f"GPU-{name}" for name in names]
