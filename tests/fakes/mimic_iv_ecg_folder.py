"""MIMIC-IV-ECG in small, as PhysioNet lays it out, with the hospital's tables in ``hosp``; the words are our own."""

from __future__ import annotations

import gzip
from pathlib import Path

from einthoven.cohort.sources.mimic_iv_ecg import MimicIvEcg
from fakes.wfdb_files import STANDARD, fake_digital, write_wfdb

# the owners store aVF before aVL
LEADS = (*STANDARD[:4], "aVF", "aVL", *STANDARD[6:])
SAID = (
    ("Sinus rhythm", "Left bundle branch block", "Abnormal ECG"),
    ("Atrial fibrillation", "Abnormal ECG"),
    ("Sinus bradycardia", "Otherwise normal ECG"),
    (),
)
MARKS = (  # rr_interval, p_onset, p_end, qrs_onset, qrs_end, t_end, p_axis, qrs_axis, t_axis
    "800,40,148,240,400,640,49,-50,82",
    "600,29999,29999,200,290,550,29999,-22,32767",
    "1250,40,150,210,43008,620,30,0,-32768",
    "29999,29999,29999,29999,29999,29999,29999,29999,29999",
)
HOSPITAL = {
    # the first lived on, the second died at home, the third in hospital, the fourth was never admitted
    "patients": "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod\n"
    "10000001,F,60,2150,2011 - 2013,\n10000002,M,91,2150,2011 - 2013,2150-09-01\n"
    "10000003,F,50,2149,2011 - 2013,2150-03-03\n10000004,M,40,2150,2011 - 2013,\n10000099,M,40,2150,2011 - 2013,\n",
    "admissions": "subject_id,hadm_id,admittime,dischtime,deathtime\n"
    "10000001,1,2150-01-01 10:00:00,2150-01-09 12:00:00,\n10000001,2,2150-05-01 10:00:00,2150-05-04 12:00:00,\n"
    "10000002,3,2150-02-01 10:00:00,2150-02-03 12:00:00,\n"
    "10000003,4,2150-03-01 10:00:00,2150-03-03 14:30:00,2150-03-03 14:30:00\n"
    "10000099,5,2150-03-01 10:00:00,2150-03-03 14:30:00,\n",
    "diagnoses_icd": "subject_id,hadm_id,seq_num,icd_code,icd_version\n"
    "10000001,1,1,I5021,10\n10000001,2,1,E119,10\n10000002,3,1,4280,9\n10000099,5,1,I10,10\n",
}


def make_mimic_iv_ecg(folder: Path, *, n_records: int = 8) -> MimicIvEcg:
    """Write tables and ECGs: four patients in turn, what is said and measured of each in turn; return the settings."""
    records = ["subject_id,study_id,file_name,ecg_time,path"]
    reports = [f"report_{number}" for number in range(18)]
    names = "rr_interval,p_onset,p_end,qrs_onset,qrs_end,t_end,p_axis,qrs_axis,t_axis"
    machine = [f"subject_id,study_id,cart_id,ecg_time,{','.join(reports)},bandwidth,filtering,{names}"]
    for number in range(n_records):
        subject, study, kind = 10000001 + number % 4, 40000001 + number, number % 4
        time = f"2150-03-{1 + number // 4:02d} 08:30:00"
        path = f"files/p{subject // 10000}/p{subject}/s{study}"
        (folder / path).mkdir(parents=True)
        write_wfdb(folder / path, str(study), digital=fake_digital(12, 500, seed=number), leads=LEADS, gain="200/mV")
        records.append(f"{subject},{study},{study},{time},{path}/{study}")
        said = ",".join([*SAID[kind], *[""] * (18 - len(SAID[kind]))])
        machine.append(f"{subject},{study},6000001,{time},{said},0.005-150 Hz,60 Hz notch,{MARKS[kind]}")
    (folder / "record_list.csv").write_text("\n".join(records) + "\n")
    (folder / "machine_measurements.csv").write_text("\n".join([machine[0], *reversed(machine[1:])]) + "\n")
    (folder / "hosp").mkdir()
    for name, text in HOSPITAL.items():
        with gzip.open(folder / "hosp" / f"{name}.csv.gz", "wt") as file:
            file.write(text)
    return MimicIvEcg(str(folder), hospital="hosp")
