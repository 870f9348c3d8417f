"""Signals for the network that learns from simulated ECGs: simulated ones, and the real ones it is tested on.

All pass the same door: 100 Hz, 0.5 to 40 Hz, each lead z-scored over the record. What z-scores lose, the scale of each
lead, is kept beside them as a logarithm, and as NaN where the source has no millivolts.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from broad_states import LABELS, broad_state, labels_of
from numpy.typing import NDArray
from twins import body

import einthoven.simulation
from einthoven.ecg.input_spec import FilterSpec, IngestSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.prepare import prepare
from einthoven.ecg.record import Record
from einthoven.simulation.devices import DEVICES
from einthoven.simulation.ecg import Identity, simulate_ecg
from einthoven.simulation.heart.traits import draw_traits

__all__ = ["RATE_HZ", "Ecgs", "ecgs_of", "simulated_ecgs"]

RATE_HZ = 100
SAMPLES = 1000
FILTER = FilterSpec(low_hz=0.5, high_hz=40.0)
INGEST = {unit: IngestSpec(rate_hz=RATE_HZ, filter=FILTER, unit=unit) for unit in ("mV", "arbitrary")}
USUAL_LOG_MV = -1.8
"""About the mean logarithm of a lead's SD in mV, so that the network sees numbers around zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Ecgs:
    """Signals, scales and truth of many ECGs.

    Attributes
    ----------
    signal : float16 (ecg, 12, 1000), z-scores
        Shorter records are filled up with zeros.
    log_scale : float32 (ecg, 12)
        Logarithm of each lead's SD in mV, less ``USUAL_LOG_MV``; NaN without millivolts.
    truth : float32 (ecg, label)
        In the order of ``LABELS``; NaN where unknown.
    patient : str (ecg,)
    """

    signal: NDArray[np.float16]
    log_scale: NDArray[np.float32]
    truth: NDArray[np.float32]
    patient: NDArray[np.str_]


def simulated_ecgs(count: int, *, seed: int, folder: Path, processes: int = 1) -> Ecgs:
    """Return ``count`` simulated ECGs of broad states; kept in ``folder`` until the simulator changes."""
    path = folder / f"simulated_{count}_{seed}_{_code_hash()}.npz"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        jobs = [(seed, number) for number in range(count)]
        if processes == 1:
            rows = [_simulated(*job) for job in jobs]
        else:
            with multiprocessing.get_context("spawn").Pool(processes) as pool:
                rows = pool.starmap(_simulated, jobs, chunksize=50)
        signal, scale, truth = (np.stack([row[place] for row in rows]) for place in range(3))
        np.savez(path, signal=signal, log_scale=scale, truth=truth)
    stored = np.load(path)
    patient = np.arange(len(stored["truth"])).astype(str)
    return Ecgs(stored["signal"], stored["log_scale"], stored["truth"], patient)


def _code_hash() -> str:
    digest = hashlib.sha256()
    root = Path(next(iter(einthoven.simulation.__path__)))
    files = [path for ending in ("py", "toml", "json", "npz") for path in root.rglob(f"*.{ending}")]
    for path in sorted([*files, Path(__file__), Path(__file__).with_name("broad_states.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _simulated(seed: int, number: int) -> tuple[NDArray[np.float16], NDArray[np.float32], NDArray[np.float32]]:
    random = np.random.default_rng(np.random.SeedSequence([seed, number]))
    state = broad_state(random)
    height_cm, weight_kg = body(state.sex, random=random)
    traits = draw_traits(random, sex=state.sex, age_years=state.age_years, height_cm=height_cm, weight_kg=weight_kg)
    device = list(DEVICES.values())[int(random.integers(len(DEVICES)))]
    simulated = simulate_ecg(state, traits, device, random=random, identity=Identity(str(number)))
    signal, scale = _z_scores(simulated.record)
    return signal, scale, np.array(labels_of(state), dtype=np.float32)


def ecgs_of(records: Sequence[Record], truth: NDArray[np.float32], patients: Sequence[str]) -> Ecgs:
    """Return real ECGs as the network takes them."""
    assert truth.shape == (len(records), len(LABELS))
    rows = [_z_scores(record) for record in records]
    return Ecgs(np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows]), truth, np.array(patients))


def _z_scores(record: Record) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    """Return a record's first ten seconds, each lead with mean 0 and SD 1, and its scale."""
    prepared = prepare(record, INGEST[record.unit]).signal()[:, :SAMPLES].astype(np.float64)
    assert prepared.shape[0] == len(STANDARD_LEADS)
    deviation = prepared.std(axis=1)
    scores = (prepared - prepared.mean(axis=1, keepdims=True)) / np.maximum(deviation, 1e-6)[:, None]
    signal = np.zeros((len(STANDARD_LEADS), SAMPLES), dtype=np.float16)
    signal[:, : scores.shape[1]] = np.clip(scores, -20.0, 20.0)
    in_mv = np.log(np.maximum(deviation, 1e-3)) - USUAL_LOG_MV
    scale = in_mv if record.unit == "mV" else np.full(len(STANDARD_LEADS), np.nan)
    return signal, scale.astype(np.float32)
