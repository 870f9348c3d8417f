"""INCART in small: four records of three persons, one without diagnoses, as the owners' headers are."""

from __future__ import annotations

from pathlib import Path

from einthoven.cohort.sources.incart import Incart
from fakes.wfdb_files import write_wfdb

CORONARY = "<age>: 65 <sex>: F <diagnoses> Coronary artery disease, arterial hypertension"
# record, person's line, patient, what is to be seen
RECORDS = (
    ("I01", CORONARY, "1", "PVCs, noise"),
    ("I02", CORONARY, "1", "ventricular couplets"),
    ("I09", "<age>: 68 <sex>: M ", "5", "AV nodal block 2 degree Moebits 1, tachycardia"),
    ("I71", "<age>: 39 <sex>: M <diagnoses> Earlier MI", "30", "APCs and couplets on bradycardia, something new"),
)


def make_incart(folder: Path, *, patients_in_headers: bool = True) -> Incart:
    """Write headers, and the owners' list of persons where the headers don't name them."""
    for name, person, patient, seen in RECORDS:
        comments = [person, f" patient {patient}", f" {seen}"] if patients_in_headers else [person, f" {seen}"]
        write_wfdb(folder, name, rate="257", gain="306", comments=comments)
    if not patients_in_headers:
        text = "patient 1\nI01 I02\nCoronary artery disease\n\npatient 5\nI09\n\npatient 30\nI71\n"
        (folder / "files-patients-diagnoses.txt").write_text(text)
    return Incart(str(folder))
