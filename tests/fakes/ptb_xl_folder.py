"""A PTB-XL folder in small: both tables, and WFDB records whose shape follows from their labels."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

LEADS = ("I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6")
STATEMENTS = {
    "NORM": ("1.0", "", "", "NORM", "NORM"),
    "IMI": ("1.0", "", "", "MI", "IMI"),
    "CLBBB": ("1.0", "", "", "CD", "CLBBB"),
    "NDT": ("1.0", "1.0", "", "STTC", "STTC"),
    "LVH": ("1.0", "", "", "HYP", "LVH"),
    "SR": ("", "", "1.0", "", ""),
    "ABQRS": ("", "1.0", "", "", ""),
}
CODES = ("NORM", "IMI", "CLBBB", "NDT", "LVH")


def write_record(stem: Path, *, signal_uv: np.ndarray, rate_hz: int) -> None:
    """Write a format 16 record by hand: signal_uv is int16 (sample, lead), 1,000 steps per mV."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".dat").write_bytes(signal_uv.astype("<i2").tobytes())
    lines = [f"{stem.name} {len(LEADS)} {rate_hz} {signal_uv.shape[0]}"]
    for index, lead in enumerate(LEADS):
        column = signal_uv[:, index].astype(np.int64)
        lines.append(f"{stem.name}.dat 16 1000.0(0)/mV 16 0 {column[0]} {int(column.sum()) & 0xFFFF} 0 {lead}")
    stem.with_suffix(".hea").write_text("\n".join(lines) + "\n")


def fake_ecg(generator: np.random.Generator, *, kind: int, rate_hz: int, seconds: int = 10) -> np.ndarray:
    """Spikes at a heart rate, with an amplitude and width per class; int16 (sample, lead) in uV."""
    time = np.arange(rate_hz * seconds) / rate_hz
    beat = generator.uniform(0.7, 1.1)
    phase = (time + generator.uniform(0, 1)) % beat
    width = (0.02, 0.03, 0.06, 0.02, 0.025)[kind]
    qrs = np.exp(-(((phase - 0.3) / width) ** 2)) * (1.0, -0.6, 0.9, 1.0, 2.2)[kind]
    t_wave = np.exp(-(((phase - 0.55) / 0.06) ** 2)) * (0.3, 0.3, -0.3, -0.1, 0.2)[kind]
    gains = generator.uniform(0.5, 1.2, len(LEADS))
    noise = generator.normal(0, 0.02, (time.size, len(LEADS)))
    signal = (qrs + t_wave)[:, None] * gains + noise
    first, second = signal[:, 0], signal[:, 1]  # Einthoven and Goldberger hold in every real record
    limb = (second - first, -(first + second) / 2, first - second / 2, second - first / 2)
    signal[:, 2:6] = np.stack(limb, axis=1)
    return np.clip(np.rint(signal * 1000), -32767, 32767).astype(np.int16)


def make_ptb_xl(folder: Path, *, n_records: int = 40, rate_hz: int = 500, seed: int = 0) -> Path:
    """Make the folder: ``n_records`` ECGs of as many patients, five kinds in turn, the official folds filled evenly."""
    generator = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "scp_statements.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["", "diagnostic", "form", "rhythm", "diagnostic_class", "diagnostic_subclass"])
        writer.writerows([code, *flags] for code, flags in STATEMENTS.items())
    header = [
        "ecg_id",
        "patient_id",
        "age",
        "sex",
        "site",
        "device",
        "recording_date",
        "scp_codes",
        "strat_fold",
        "filename_lr",
        "filename_hr",
    ]
    with (folder / "ptbxl_database.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(1, n_records + 1):
            kind = (number // 10 + number) % len(CODES)
            signal = fake_ecg(generator, kind=kind, rate_hz=rate_hz)
            name = f"records500/00000/{number:05d}_hr"
            write_record(folder / name, signal_uv=signal, rate_hz=rate_hz)
            codes = {CODES[kind]: 100.0, "SR": 0.0}
            age = 300.0 if number == 1 else round(float(generator.uniform(20, 85)))
            row = [number, 1000.0 + number, age, number % 2, 0.0, "CS-12", f"1990-01-{number % 28 + 1:02d} 10:00:00"]
            writer.writerow([*row, codes, number % 10 + 1, name.replace("500", "100").replace("_hr", "_lr"), name])
    return folder
