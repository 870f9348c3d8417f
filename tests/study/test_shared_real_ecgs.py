"""Real recordings that several folders hold, under other ids, rates and units: whoever is tested isn't learnt."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.audit import read_audit
from einthoven.cohort.flow import read_flow
from einthoven.study.run import Run, announce_nothing
from einthoven.study.settings import load_study

pytestmark = pytest.mark.slow

STUDY = """
version = 1
seed = 7
[data.arrays]
source = "arrays"
path = "REAL/ptb_xl_arrays_100hz"
signals = "signals_int16.npy"
table = "labels.csv"
axes = "record,sample,lead"
rate_hz = 100
unit = "arbitrary"
scale = 0.004
leads = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]
patient_numbering = "ptb_xl"
columns = { record_id = "ecg_id", patient_id = "patient_id", NORM = "super_NORM" }
[data.ptb_xl]
source = "ptb_xl"
path = "REAL/ptb_xl"
rate_hz = 100
patient_numbering = "ptb_xl"
[data.challenge]
source = "cinc2021"
role = "pretrain"
path = "REAL/multi_source/PTB_PTBXL"
[cohort]
labels = ["NORM"]
split = { method = "patient", fractions = { train = 0.4, validation = 0.1, test = 0.5 } }
near_duplicates = "drop"
[input.ingest]
unit = "arbitrary"
rate_hz = 100
[input.view]
window_s = 5
normalise = { method = "zscore" }
[store]
workers = 1
[pretrain.first]
architecture = "xresnet1d"
objectives = { supervised = {} }
labels = ["NORM"]
"""


def test_ecgs_of_tested_patients_leave_whatever_folder_and_id_they_have(real_data, tmp_path):
    """HR00001 to HR00010 are 1 to 10 of PTB-XL; 19 z-scored arrays of 100 Hz are in PTB-XL's folder in mV, too."""
    (tmp_path / "study.toml").write_text(STUDY.replace("REAL", str(real_data.resolve())))
    run = Run(load_study(tmp_path / "study.toml"), tmp_path / "run", announce_nothing)
    cohort = pl.DataFrame(run.cohort.table)
    split_of = dict(cohort.select("record_id", "split").iter_rows())
    judged = {number for number in range(1, 11) if split_of[f"ptb_xl:{number}"] != "train"}
    kept = {number for number in range(1, 11) if f"challenge:HR{number:05d}" in split_of}
    assert judged
    assert kept == set(range(1, 11)) - judged
    folder = tmp_path / "run" / "stages" / "cohort"
    left = {step.label: step.records for step in read_flow(folder / "flow.json") if step.excluded}
    assert sum(left[label] for label in left if "under another id" in label) == len(judged)
    (check,) = [check for check in read_audit(folder / "audit.json") if check.name.startswith("one recording")]
    assert f"0 across splits, {len(kept)} two patients of one split, 19 one patient" in check.detail
    assert cohort.group_by("patient_id").agg(pl.col("split").n_unique())["split"].max() == 1
