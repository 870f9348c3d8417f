"""ECGs of the UK Biobank in small: CardioSoft XML by participant and visit, and a table as the platform exports it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from einthoven.cohort.sources.uk_biobank import COLUMNS, UkBiobank
from fakes.cardiosoft_files import cardiosoft_xml, strip_xml
from fakes.wfdb_files import STANDARD, fake_digital

# participant and visit; the fourth participant isn't in the table, the fifth withdrew
ECGS = ((1000011, 2), (1000011, 3), (1000022, 2), (1000033, 2), (1000044, 2), (1000055, 2))
TABLE = """eid,p31,p21003_i2,p21003_i3,p53_i2,p53_i3,p21001_i2,p21001_i3,hypertension,p40000_i0,p131350
1000011,0,61,68,2015-05-01,2022-05-03,24.5,25.5,1,,2019-01-02
1000022,1,55,,2016-06-01,,31,,0,2020-02-02,
1000033,0,47,,2017-07-01,,,,,,1901-01-01
1000055,1,50,,2017-07-01,,22,,0,,
"""


def make_uk_biobank(folder: Path) -> UkBiobank:
    """Write table, list of the withdrawn and ECGs, some of them a folder further down; return the settings."""
    (folder / "participants.csv").write_text(TABLE)
    (folder / "withdrawn.csv").write_text("1000055\n")
    for number, (eid, instance) in enumerate(ECGS):
        within = folder / (f"{eid // 100}" if number % 2 else "")
        within.mkdir(exist_ok=True)
        about = f"<PatientInfo><PID>{eid}</PID></PatientInfo>"
        content = cardiosoft_xml(strip_xml(STANDARD, fake_digital(12, 5000, seed=number)), about=about, results="")
        (within / f"{eid}_20205_{instance}_0.xml").write_bytes(content)
    (folder / "1000011_6025_0_0.xml").write_text("<CardiologyXML/>")
    return UkBiobank(
        str(folder),
        columns=COLUMNS | {"covariate.bmi": "p21001_i{instance}"},
        events={"death": "p40000_i0", "atrial_fibrillation": "p131350"},
        followed_until=date(2022, 11, 30),
        withdrawn="withdrawn.csv",
    )
