"""One pretraining with one seed: what decides its weights, and what leaves it while it runs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from einthoven.ecg.input_spec import InputSpec
from einthoven.models.architectures import resolved_settings
from einthoven.models.checkpoint import Checkpoint
from einthoven.progress import ProgressCallback
from einthoven.store.pretraining_data import PretrainingData
from einthoven.store.store import Store
from einthoven.training.engine import Processes
from einthoven.training.pretrain_settings import PretrainSettings
from einthoven.training.pretrained_checkpoint import weights_hash
from einthoven.training.training_progress import StatusCallback

__all__ = ["PretrainJob", "PretrainReport"]


@dataclass(frozen=True, slots=True, eq=False)
class PretrainJob:
    """One pretraining with one seed, and what decides its weights."""

    settings: PretrainSettings
    store: Store
    cohort: pa.Table
    spec: InputSpec
    run_dir: Path
    seed: int
    workers: Processes
    simulated: Collection[str]
    start: Checkpoint | None

    def fingerprint(self, data: PretrainingData) -> str:
        """Hash of all that decides the weights; the ingest hash in the spec stands for the signals."""
        settings = dataclasses.asdict(self.settings)
        settings["settings"] = resolved_settings(self.settings.architecture, self.settings.settings)
        for name in ("seeds", "watch", "save_every_minutes"):  # these leave this run's weights as they are
            del settings[name]
        beginning = "" if self.start is None else weights_hash(self.start)
        facts = [settings, self.spec.to_json(), self.seed, data.hash, beginning]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PretrainReport:
    """What leaves the training loop while it runs."""

    progress: ProgressCallback
    status: StatusCallback | None
    watch_tasks: Sequence[str]
    watched: pa.Table
    environment: Mapping[str, Any] | None
    sources: Mapping[str, str] | None
