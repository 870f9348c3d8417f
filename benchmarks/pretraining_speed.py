"""Windows per second of ``pretrain()`` with its loader and watching, beside a bare loop over one batch in memory.

Both take turns within one run, some steps each: same network, objective, batch size and optimiser. The bare loop has a
batch of views in memory and does nothing but loss, gradient, clipping and AdamW, without deterministic algorithms.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from einthoven.ecg.formats import locate
from einthoven.ecg.input_spec import IngestSpec, InputSpec, ViewSpec
from einthoven.store.ingest import ingest
from einthoven.store.pretraining_batches import PretrainingBatches
from einthoven.store.store import Store
from einthoven.training.objectives.objective import Views
from einthoven.training.parameter_groups import parameter_groups
from einthoven.training.pretrain import pretrain
from einthoven.training.pretrain_parts import PretrainParts, pretrain_parts
from einthoven.training.pretrain_settings import PretrainSettings, VectorSettings, WatchSettings
from einthoven.training.training_signal import training_signal
from loading import repeated
from measuring import machine, real_data, table

BATCH = 64
VIEW = ViewSpec(window_s=5.0, test_crops_s=(0.0, 5.0))
VECTOR_WIDTH = 64
VIT = {
    "patch_samples": 25, "max_samples": 1000, "width": 128, "depth": 6, "heads": 4, "head_width": 32, "mlp_width": 512,
}  # fmt: skip
JEPA = {"patch_samples": 25, "max_samples": 1000, "width": 128, "depth": 6, "heads": 4}
CPC = {"widths": [64, 128, 128], "kernel_sizes": [7, 5, 3], "strides": [2, 2, 2], "n_layers": 2, "dropout": 0.0}
WAV2VEC = {
    "convolution_widths": [64] * 4, "width": 128, "depth": 4, "n_heads": 4, "hidden_width": 512, "position_kernel": 32,
}  # fmt: skip
DECODER = {"decoder_width": 64, "decoder_depth": 2, "decoder_heads": 4}


@dataclass(frozen=True, slots=True)
class Contestant:
    """An objective, with an encoder that two cores can train."""

    architecture: str = "vit1d"
    encoder: Mapping[str, Any] = field(default_factory=lambda: VIT)
    objective: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


CONTESTANTS = {
    "masked_patches": Contestant(objective=DECODER),
    "jepa": Contestant("jepa_vit", JEPA),
    "cpc": Contestant("conv_cpc", CPC),
    "wav2vec2_cmsc": Contestant("wav2vec2_ecg", WAV2VEC),
    "patient_contrast": Contestant(),
    "periods": Contestant(),
    "cross_modal": Contestant(),
    "supervised": Contestant(changes={"labels": ("fast", "loud")}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=8, help="of each kind per round")
    parser.add_argument("--copies", type=int, default=8, help="of each real record, under new names")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--objectives", nargs="*", default=list(CONTESTANTS))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder), copies=arguments.copies) as store:
        cohort = make_cohort(store, Path(folder))
        print(machine(), f"torch {torch.__version__}, {arguments.threads} thread(s)", sep="\n", flush=True)
        print(f"\n{len(store):,} records of {len(store.leads)} leads, windows of 5 s at 100 Hz, batches of {BATCH}.\n")
        header = (
            "objective", "encoder", "pretrain(), windows per s", "bare loop, windows per s", "share",
            "share by processor time",
        )  # fmt: skip
        rows = []
        for name in arguments.objectives:
            real, bare = measure(name, store, cohort, Path(folder), rounds=arguments.rounds, steps=arguments.steps)
            speeds = (f"{BATCH / real.wall_s:,.0f}", f"{BATCH / bare.wall_s:,.0f}")
            shares = (f"{100 * bare.wall_s / real.wall_s:.0f} %", f"{100 * bare.processor_s / real.processor_s:.0f} %")
            rows.append((name, CONTESTANTS[name].architecture, *speeds, *shares))
            print(rows[-1], flush=True)
        print("\n" + table(header, rows))


class Seconds(NamedTuple):
    """Of a step: by the clock, and of all threads of the process, which a busy machine doesn't change much."""

    wall_s: float
    processor_s: float


def measure(
    name: str, store: Store, cohort: pa.Table, folder: Path, *, rounds: int, steps: int
) -> tuple[Seconds, Seconds]:
    """Return the median seconds of a step of ``pretrain()`` and of the bare loop, which take turns."""
    chosen = CONTESTANTS[name]
    settings = PretrainSettings(
        {name: chosen.objective},
        architecture=chosen.architecture,
        settings=chosen.encoder,
        batch_size=BATCH,
        vectors=VectorSettings(str(folder / "vectors.parquet")) if name == "cross_modal" else VectorSettings(),
        steps=(rounds + 1) * steps,
        watch=WatchSettings(every_steps=1_000_000),
        **chosen.changes,
    )
    bare = BareLoop(settings, store, cohort)
    bare.run(steps)
    taken: dict[str, list[Seconds]] = {"pretrain": [], "bare": []}
    started = [now()]

    def at_step(done: int, total: int) -> None:
        if done % steps:
            return
        taken["pretrain"].append(since(started[0], steps=steps))
        if done < total:
            started[0] = now()
            bare.run(steps)
            taken["bare"].append(since(started[0], steps=steps))
        started[0] = now()

    pretrain(settings, store, cohort, view=VIEW, run_dir=folder / name, seed=1, progress=at_step, device="cpu")
    return _median(taken["pretrain"][1:]), _median(taken["bare"])


def now() -> Seconds:
    """Return both clocks."""
    return Seconds(time.perf_counter(), time.process_time())


def since(started: Seconds, *, steps: int) -> Seconds:
    """Return what a step took since both clocks were read."""
    ended = now()
    return Seconds((ended.wall_s - started.wall_s) / steps, (ended.processor_s - started.processor_s) / steps)


def _median(taken: list[Seconds]) -> Seconds:
    return Seconds(*(statistics.median(values) for values in zip(*taken, strict=True)))


class BareLoop:
    """The least that learns the same."""

    def __init__(self, settings: PretrainSettings, store: Store, cohort: pa.Table) -> None:
        spec = InputSpec(store.spec, dataclasses.replace(VIEW, leads=()))
        parts = pretrain_parts(settings, store, cohort, spec=spec, seed=2)
        self.encoder, self.objective = parts.encoder, parts.objectives
        self.views = _views(parts, settings, store, spec)
        both = torch.nn.ModuleList([self.encoder, self.objective])
        self.parameters = list(both.parameters())
        groups = parameter_groups(both, weight_decay=settings.weight_decay)
        self.optimizer = torch.optim.AdamW(groups, lr=1e-4, betas=settings.betas, fused=True)

    def run(self, steps: int) -> None:
        """Do some steps."""
        deterministic = torch.are_deterministic_algorithms_enabled()
        torch.use_deterministic_algorithms(False)
        for _ in range(steps):
            self.optimizer.zero_grad()
            self.objective(self.encoder, self.views)["loss"].backward()
            torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
            self.optimizer.step()
            with torch.no_grad():
                self.objective.after_step(self.encoder, progress=0.5)
        torch.use_deterministic_algorithms(deterministic)


def _views(parts: PretrainParts, settings: PretrainSettings, store: Store, spec: InputSpec) -> Views:
    batches = PretrainingBatches(
        store, parts.data, batch_size=BATCH, seed=2, view=spec.view, pairing=parts.objectives.pairing, prefetch=0
    )
    batch = next(iter(batches))
    partner = batch["partner"]
    return Views(
        signal=training_signal(batch["window"], settings.augmentation, spec),
        partner=None if partner is None else training_signal(partner, settings.augmentation, spec),
        key=batch["window"]["key"],
        patient=batch["patient"],
        target=batch["window"]["target"],
        vector=batch["vector"],
        progress=0.5,
    )


def make_store(folder: Path, *, copies: int) -> Store:
    """Ingest each real record at 100 Hz several times under new names."""
    locations = repeated(locate(real_data() / "ptb_xl" / "records500"), copies=copies)
    ingest(locations, folder / "store", spec=IngestSpec(rate_hz=100.0), measure_quality=False)
    return Store.open(folder / "store")


def make_cohort(store: Store, folder: Path) -> pa.Table:
    """Return patients of two ECGs with labels, and write vectors beside them."""
    generator = np.random.default_rng(0)
    record_ids = store.manifest["record_id"].to_pylist()
    vectors = generator.standard_normal((len(record_ids), VECTOR_WIDTH)).astype(np.float32)
    pq.write_table(pa.table({"record_id": record_ids, "vector": list(vectors)}), folder / "vectors.parquet")
    columns = {
        "record_id": record_ids,
        "patient_id": [f"patient{i // 2}" for i in range(len(record_ids))],
        "split": ["train"] * len(record_ids),
    }
    labels = {
        f"y.{name}": pa.array(generator.integers(0, 2, len(record_ids)), pa.float32()) for name in ("fast", "loud")
    }
    return pa.table({**columns, **labels})


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    main()
