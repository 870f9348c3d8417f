"""PhysioNet/CinC Challenges 2020 and 2021: 88,253 ECGs of eight data sets.

Perez Alday 2020, doi:10.1088/1361-6579/abc960; Reyna 2021, doi:10.23919/CinC53138.2021.9662687. Folders as
published (``training/georgia/g1/E00001.hea``), or all files in one. What to know before training on them:

- **PTB-XL is in it** (``HR00001`` is ecg_id 1), the 38 ECGs included that its owners withdrew later as duplicates:
  leave it out where the source ``ptb_xl`` is used, too, and where a network is tested that was pretrained on PTB-XL.
  The same holds for PTB, CPSC 2018, INCART, Georgia and Chapman-Shaoxing-Ningbo and their own sources.
- **Nobody's ECGs are marked as theirs**: each ECG is taken for a patient. PTB (516 ECGs of at most 290 persons), INCART
  (74 of 32) and PTB-XL (21,837 of 18,885) hold several of many persons, who may then be on both sides of a split. Leave
  them out and use the sources that know the patients; for PTB-XL its own table names them (``ptb_xl_table``).
- **A code that isn't there counts as absent**, as in the challenge; CPSC 2018 was labelled with nine classes only.
- **The label set ``cinc2021`` is decided code by code**, as the challenge scores it: ventricular ectopics (164884008),
  the code of most extra beats in CPSC 2018, are no premature ventricular complex there. The same label asked for by its
  own name, or in another set, is decided by findings and has them.
- PTB is sampled at 1,000 Hz, INCART at 257 Hz for 30 minutes; others at 500 Hz for 5 to 144 s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.sources.coded_headers import coded_data
from einthoven.cohort.sources.source import LabelRequest, SourceData, convert, read_table, require_columns
from einthoven.cohort.sources.wfdb_headers import read_headers
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["Cinc2021", "data_set_of"]

# names of the folders in https://physionet.org/content/challenge-2021/1.0.3/, by the letters that ids begin with
DATA_SETS = {"A": "cpsc_2018", "Q": "cpsc_2018_extra", "I": "st_petersburg_incart", "S": "ptb", "HR": "ptb-xl"}
DATA_SETS |= {"E": "georgia", "JS": "chapman_shaoxing"}
NINGBO = "ningbo"
LAST_OF_CHAPMAN = 10646  # Chapman and Shaoxing have the ids up to JS10646, Ningbo those after it


@dataclass(frozen=True)
class Cinc2021:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with the headers, at any depth.
    leave_out : tuple of str
        Data sets by the challenge's names of their folders: ``cpsc_2018``, ``cpsc_2018_extra``,
        ``st_petersburg_incart``, ``ptb``, ``ptb-xl``, ``georgia``, ``chapman_shaoxing``, ``ningbo``.
    ptb_xl_table : str
        Path of ``ptbxl_database.csv``, so that PTB-XL's patients are told apart; version 1.0.1 names those of the ECGs
        that were withdrawn later, too. Empty: each ECG is taken for a patient.
    """

    path: str
    leave_out: tuple[str, ...] = ()
    ptb_xl_table: str = ""

    def load(self, labels: LabelRequest = "cinc2021", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the headers; the column ``site`` holds the data set.

        Raises
        ------
        CohortError
            For a folder without headers, an unknown data set or label, or a table of PTB-XL that can't be read.
        """
        names = (*DATA_SETS.values(), NINGBO)
        for name in self.leave_out:
            if name not in names:
                raise CohortError(f"the challenge has no data set {name!r}{nearest(name, names)}")
        folder = Path(self.path)
        every = [(header, data_set_of(header.record_id)) for header in read_headers(folder, "*.hea")]
        kept = [(header, name) for header, name in every if name not in self.leave_out]
        known = _ptb_xl_patients(Path(self.ptb_xl_table)) if self.ptb_xl_table else {}
        counts = [(name, sum(other == name for _, other in every)) for name in dict.fromkeys(self.leave_out)]
        return coded_data(
            folder,
            [header for header, _ in kept],
            labels=labels,
            auxiliary=auxiliary,
            owner="CinC 2021",
            patients=[known.get(header.record_id, header.record_id) for header, _ in kept],
            more={"site": [name for _, name in kept]},
            excluded=[FlowStep(f"of {name}, left out", n, n, excluded=True) for name, n in counts if n],
        )


def _ptb_xl_patients(file: Path) -> dict[str, str]:
    """Return record id in the challenge -> patient: HR00017 is ecg_id 17."""
    table = read_table(file.parent, file.name)
    require_columns(table, ("ecg_id", "patient_id"), file=str(file))
    numbers = [convert(table, name, _number, file=str(file)) for name in ("ecg_id", "patient_id")]
    return {f"HR{ecg_id:05d}": str(patient) for ecg_id, patient in zip(*numbers, strict=True)}


def _number(cell: str | None) -> int:
    return int(float(cell or ""))


def data_set_of(record_id: str) -> str | None:
    """Return the challenge's data set that an ECG is from, None for an id that isn't one of the challenge's.

    Examples
    --------
    >>> data_set_of("HR00001"), data_set_of("JS10646"), data_set_of("JS10647"), data_set_of("rec")
    ('ptb-xl', 'chapman_shaoxing', 'ningbo', None)
    """
    found = re.fullmatch(r"([A-Z]{1,2})(\d+)", record_id)
    if not found:
        return None
    return NINGBO if found[1] == "JS" and int(found[2]) > LAST_OF_CHAPMAN else DATA_SETS.get(found[1])
