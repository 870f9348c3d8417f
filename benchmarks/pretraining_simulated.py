"""Simulated ECGs to pretrain with: hearts of all kinds on all devices, written as arrays, and what is true of each.

States are those of ``virtual_hospital/broad_states.py``: each disease drawn on its own, as often as learning needs. A
quarter of the hearts are made healthy, for a normal ECG is a finding too. Labels say what was simulated; what lies
between clearly absent and clearly there is unknown (NaN).
"""

from __future__ import annotations

import multiprocessing
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

sys.path.append(str(Path(__file__).resolve().parent / "virtual_hospital"))

from broad_states import broad_state
from twins import body

from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.input_spec import FilterSpec, IngestSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.prepare import prepare
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.devices import DEVICES
from einthoven.simulation.ecg import Identity, simulate_ecg
from einthoven.simulation.heart.traits import draw_traits
from einthoven.simulation.truth import EcgTruth

__all__ = ["LABELS", "labels_of", "simulated_locations", "simulated_truth", "write_simulated"]

BLOCK = 500
RATE_HZ = 200.0
HEALTHY = 0.25
STEP_MV = 0.001
_AS_WRITTEN = IngestSpec(rate_hz=RATE_HZ, filter=FilterSpec(kind="none"))
_TERRITORIES = ("anteroseptal", "anterior", "lateral", "inferior", "posterior")
_CONDUCTIONS = ("lbbb", "irbbb", "lafb", "lpfb", "ivcd", "wpw", "paced")


def labels_of(state: ClinicalState, truth: EcgTruth) -> dict[str, float]:
    """Return 0, 1 or NaN (borderline) for each label: five groups as in PTB-XL, then single findings."""
    mi = max((infarct.size for infarct in state.infarcts), default=0.0)
    infarction = _graded(mi, absent=0.0, present=0.25)
    of_territory = {
        f"mi_{name}": _graded(
            max((i.size for i in state.infarcts if i.territory == name), default=0.0), absent=0.0, present=0.25
        )
        for name in _TERRITORIES
    }
    ischaemia = _graded(state.ischaemia, absent=0.05, present=0.3)
    potassium = state.potassium_mmol_l
    repolarisation = {
        "ischaemia": ischaemia,
        "pericarditis": _graded(state.pericarditis, absent=0.05, present=0.3),
        "digoxin": float(state.digoxin),
        "hyperkalaemia": _graded(potassium, absent=5.2, present=5.8),
        "hypokalaemia": _graded(-potassium, absent=-3.6, present=-3.2),
        "long_qt": _graded(state.qt_shift_ms, absent=10.0, present=40.0),
    }
    hypertrophy = {
        "lvh": _graded(state.lvh, absent=0.1, present=0.2),
        "rvh": _graded(state.rvh, absent=0.1, present=0.2),
        "left_atrial_enlargement": _graded(state.left_atrial_enlargement, absent=0.1, present=0.3),
    }
    conduction = {name: float(state.conduction == name) for name in _CONDUCTIONS}
    conduction["lafb"] = float(state.conduction in {"lafb", "rbbb_lafb"})
    conduction |= {
        "rbbb": float(state.conduction in {"rbbb", "rbbb_lafb"}),
        "first_degree_av_block": float(state.av_block == "first"),
        "higher_av_block": float(state.av_block in {"wenckebach", "mobitz", "complete"}),
    }
    rhythm = {name: float(state.rhythm == name) for name in ("sinus", "fibrillation", "flutter")}
    rhythm |= {
        "premature_atrial": float("ectopic" in truth.p_kinds),
        "premature_ventricular": float("ectopic" in truth.qrs_kinds),
        "tachycardia": _graded(state.heart_rate_bpm, absent=95.0, present=105.0),
        "bradycardia": _graded(-state.heart_rate_bpm, absent=-55.0, present=-48.0),
    }
    groups = {
        "MI": infarction,
        "STTC": _any(repolarisation),
        "CD": _any(conduction),
        "HYP": _any({name: hypertrophy[name] for name in ("lvh", "rvh", "left_atrial_enlargement")}),
    }
    irregular = ("fibrillation", "flutter", "premature_atrial", "premature_ventricular")
    abnormal = _any({**groups, **{name: rhythm[name] for name in irregular}})
    person = {"female": float(state.sex == "F"), "older": _graded(state.age_years, absent=60.0, present=70.0)}
    person["low_lvef"] = _graded(-state.lvef, absent=-50.0, present=-40.0)
    findings = of_territory | repolarisation | hypertrophy | conduction | rhythm
    return {"NORM": 1 - abnormal, **groups, **findings, **person}


def _graded(degree: float, *, absent: float, present: float) -> float:
    return 1.0 if degree >= present else 0.0 if degree <= absent else np.nan


def _any(findings: dict[str, float]) -> float:
    """Return 1 where one is there, NaN where none is but one may be."""
    values = np.array(list(findings.values()))
    return 1.0 if bool((values >= 1).any()) else np.nan if bool(np.isnan(values).any()) else 0.0


def write_simulated(folder: Path, *, count: int, seed: int, processes: int) -> None:
    """Write ``count`` ECGs in blocks, int16 (record, lead, sample) at 200 Hz, with labels; finished blocks stay."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(folder, block, seed) for block in range(-(-count // BLOCK)) if not _labels_path(folder, block).is_file()]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for done, _ in enumerate(pool.imap_unordered(_write_block, jobs), start=1):
            if done % 10 == 0:
                print(f"{done * BLOCK:,} of {len(jobs) * BLOCK:,} ECGs simulated", flush=True)


def simulated_locations(folder: Path, *, count: int) -> list[RecordLocation]:
    """Return where each simulated ECG lies; each has a patient of its own."""
    options = {
        "axes": "record,lead,sample", "rate_hz": RATE_HZ, "unit": "mV", "scale": STEP_MV, "leads": list(STANDARD_LEADS),
    }  # fmt: skip
    return [
        RecordLocation(
            f"simulated/{number}",
            str(_signals_path(folder, number // BLOCK)),
            "array",
            {**options, "row": number % BLOCK},
            patient_id=f"simulated/{number}",
        )
        for number in range(count)
    ]


def simulated_truth(folder: Path, *, count: int) -> pl.DataFrame:
    """Return ``record_id`` and ``y.<label>`` of each simulated ECG."""
    blocks = [np.load(_labels_path(folder, block)) for block in range(-(-count // BLOCK))]
    values = np.concatenate(blocks)[:count]
    columns = {f"y.{name}": values[:, at] for at, name in enumerate(LABELS)}
    ids = [f"simulated/{number}" for number in range(count)]
    return pl.DataFrame({"record_id": ids, **columns}).with_columns(pl.col(pl.Float32).fill_nan(None))


def _signals_path(folder: Path, block: int) -> Path:
    return folder / f"signals_{block:04d}.npy"


def _labels_path(folder: Path, block: int) -> Path:
    return folder / f"labels_{block:04d}.npy"


def _write_block(job: tuple[Path, int, int]) -> None:
    folder, block, seed = job
    made = [_simulated(seed, block * BLOCK + row) for row in range(BLOCK)]
    np.save(_signals_path(folder, block), np.stack([signal for signal, _, _ in made]))
    values = np.array([list(labels_of(state, truth).values()) for _, state, truth in made], dtype=np.float32)
    np.save(_labels_path(folder, block), values)  # last: it says that the block is whole


def _simulated(seed: int, number: int) -> tuple[NDArray[np.int16], ClinicalState, EcgTruth]:
    random = np.random.default_rng(np.random.SeedSequence([seed, number]))
    state = broad_state(random)
    if random.random() < HEALTHY:
        state = _healthy(state, random)
    height_cm, weight_kg = body(state.sex, random=random)
    traits = draw_traits(random, sex=state.sex, age_years=state.age_years, height_cm=height_cm, weight_kg=weight_kg)
    device = list(DEVICES.values())[int(random.integers(len(DEVICES)))]
    ecg = simulate_ecg(state, traits, device, random=random, identity=Identity(str(number)))
    signal = prepare(ecg.record, _AS_WRITTEN).signal()
    return np.clip(np.round(signal / STEP_MV), -32767, 32767).astype(np.int16), state, ecg.truth


def _healthy(state: ClinicalState, random: np.random.Generator) -> ClinicalState:
    """Return a heart of the same age, sex and blood's calcium, in sinus rhythm and without disease."""
    return replace(
        ClinicalState(age_years=state.age_years, sex=state.sex, calcium_mmol_l=state.calcium_mmol_l),
        lvef=float(random.normal(62.0, 5.0)),
        heart_rate_bpm=float(np.clip(random.normal(70.0, 12.0), 46.0, 110.0)),
        pr_ms=float(np.clip(random.normal(160.0, 18.0), 115.0, 200.0)),
        potassium_mmol_l=float(np.clip(random.normal(4.2, 0.3), 3.6, 5.1)),
    )


def _label_names() -> tuple[str, ...]:
    nothing = np.zeros(0)
    truth = EcgTruth(
        p_onset_s=nothing, p_end_s=nothing, p_kinds=(), qrs_onset_s=nothing, qrs_end_s=nothing, t_end_s=nothing,
        qrs_kinds=(), rr_s=nothing, spikes_s=nothing, atrial_rate_bpm=np.nan, noise=None,
    )  # fmt: skip
    return tuple(labels_of(ClinicalState(age_years=50.0, sex="F"), truth))


LABELS = _label_names()
"""Order of the labels' columns."""
