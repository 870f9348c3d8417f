"""China Physiological Signal Challenge 2018: 6,877 ECGs of 6 to 144 s at 500 Hz, nine classes.

Liu 2018, doi:10.1166/jmihi.2018.2442. Two releases, told apart by what the folder holds:

- the one in the PhysioNet/CinC Challenges 2020 and 2021: headers ``A0001.hea`` with SNOMED CT codes, or, in the first
  months of 2020, with the abbreviations of the classes;
- the original one: MATLAB structures ``A0001.mat`` with sex, age and data, and ``REFERENCE.csv`` with one to three
  classes of each.

The 3,453 further ECGs of the CinC challenge (``Q0001``) have other labels: see ``cinc2021``, which holds these, too.
Persons are not told apart: each ECG is taken for a patient. Nobody looked for anything but the nine classes: a label
that none of them can deny is 1 or unknown, never 0. An ECG without any of the eight abnormal classes is called normal,
and only a normal one is said to be in sinus rhythm. The label set ``cinc2021`` is decided by findings here: the
challenge writes the class PVC as ventricular ectopics (164884008), and does not count those among premature ventricular
complexes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.labels.codes import stated_concepts
from einthoven.cohort.sources.coded_headers import coded_data, cpsc_codes, findings_of
from einthoven.cohort.sources.cpsc2018_structures import person_of
from einthoven.cohort.sources.source import LabelRequest, SourceData, convert, read_table, require_columns
from einthoven.cohort.sources.stated_labels import Stated, counted, requested_columns
from einthoven.cohort.sources.wfdb_headers import find_files, read_headers
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import CohortError

__all__ = ["Cpsc2018"]

REFERENCE = "REFERENCE.csv"
LABEL_COLUMNS = ("First_label", "Second_label", "Third_label")
# http://2018.icbeb.org/Challenge.html: 500 Hz, 12 leads in standard order; the CinC challenge's copies say millivolts
LAYOUT = {"axes": "lead,sample", "rate_hz": 500, "unit": "mV", "leads": list(STANDARD_LEADS), "dataset": "ECG.data"}
NORMAL = "Normal"


@dataclass(frozen=True)
class Cpsc2018:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder of either release, its files at any depth.
    """

    path: str

    def load(self, labels: LabelRequest = "cpsc2018", auxiliary: LabelRequest = ()) -> SourceData:
        """Read headers, or structures and ``REFERENCE.csv``.

        Labels may also be the classes (``Normal``, ``AF``, ``I-AVB``, ``LBBB``, ``RBBB``, ``PAC``, ``PVC``, ``STD``,
        ``STE``), or all of them: ``cpsc2018``.

        Raises
        ------
        CohortError
            For a folder without ECGs, labels without ``REFERENCE.csv``, or an unknown class or label.
        """
        folder = Path(self.path)
        files = find_files(folder, "A[0-9]*.hea", "A[0-9]*.mat")
        if not any(file.endswith(".hea") for file in files):
            return _original(folder, files, labels=labels, auxiliary=auxiliary)
        return coded_data(
            folder,
            read_headers(folder, "A[0-9]*.hea"),
            labels=labels,
            auxiliary=auxiliary,
            owner="CPSC 2018",
            own={name: {code} for name, code in cpsc_codes().items()},
            own_sets={"cpsc2018": tuple(cpsc_codes())},
            answered=_answered(),
            scored_by_code=False,
        )


def _original(folder: Path, files: Sequence[str], *, labels: LabelRequest, auxiliary: LabelRequest) -> SourceData:
    classes = _reference(folder) if labels or auxiliary else {}
    columns: dict[str, list[object]] = {
        name: [Path(file).stem for file in files] for name in ("record_id", "patient_id")
    }
    codes = [classes.get(str(record_id)) for record_id in columns["record_id"]]
    stated = Stated(
        owner="CPSC 2018",
        marks=codes,
        findings=[None if given is None else findings_of(given) for given in codes],
        own={name: {code} for name, code in cpsc_codes().items()},
        own_sets={"cpsc2018": tuple(cpsc_codes())},
        answered=_answered(),
    )
    asked, targets = requested_columns(stated, labels, auxiliary)
    persons = [person_of(file) for file in files]
    columns["path"] = [str(Path(file).relative_to(folder)) for file in files]
    columns["age_years"] = [person.age_years for person in persons]
    columns["sex"] = [person.sex for person in persons]
    return SourceData(
        columns=columns | targets,
        locations=tuple(
            RecordLocation(Path(file).stem, file, "array", LAYOUT, patient_id=Path(file).stem) for file in files
        ),
        flow=(counted("ECGs in the folder", columns["patient_id"]),),
        labels=asked.outcomes,
        auxiliary=asked.auxiliary,
    )


def _answered() -> frozenset[str]:
    """Return the concepts that the eight abnormal classes answer with yes or no."""
    codes = [code for name, code in cpsc_codes().items() if name != NORMAL]
    return frozenset(stated_concepts(codes, system="snomed"))


def _reference(folder: Path) -> dict[str, frozenset[str]]:
    """Return record -> SNOMED CT codes of its classes."""
    found = sorted(folder.rglob(REFERENCE))
    if not found:
        raise CohortError(
            f"{folder} has no {REFERENCE}, which holds the classes of the original release; those of the CinC "
            "challenge are in headers A[0-9]*.hea, of which it has none either; without labels it can be loaded"
        )
    classes: dict[str, frozenset[str]] = {}
    for file in found:
        table = read_table(file.parent, REFERENCE)
        require_columns(table, ("Recording", *LABEL_COLUMNS), file=str(file))
        columns = [convert(table, name, _code, file=REFERENCE, key="Recording") for name in LABEL_COLUMNS]
        for record_id, *codes in zip(table["Recording"], *columns, strict=True):
            classes[record_id] = frozenset(code for code in codes if code)
    return classes


def _code(cell: str | None) -> str | None:
    """Return the SNOMED CT code of a class's number."""
    if cell is None:
        return None
    codes = list(cpsc_codes().values())
    if not 1 <= float(cell) <= len(codes) or not float(cell).is_integer():
        raise ValueError(f"classes are 1 to {len(codes)}")
    return codes[int(float(cell)) - 1]
