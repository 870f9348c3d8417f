"""Georgia 12-lead ECG Challenge Database, Emory University, Atlanta: 10,344 ECGs (doi:10.1088/1361-6579/abc960).

Published in the PhysioNet/CinC Challenges 2020 and 2021 alone: ``training/georgia/gN/E00001.hea``; so the source
``cinc2021`` holds the same ECGs. Persons are not told apart: each ECG is taken for a patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.sources.coded_headers import coded_data
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.cohort.sources.wfdb_headers import read_headers

__all__ = ["Georgia"]


@dataclass(frozen=True)
class Georgia:
    """Settings of the source.

    Attributes
    ----------
    path : str
        A folder with the headers ``E*.hea``, at any depth; other headers are passed over.
    """

    path: str

    def load(self, labels: LabelRequest = "cinc2021", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the headers.

        Raises
        ------
        CohortError
            For a folder without such headers, or an unknown label.
        """
        folder = Path(self.path)
        headers = read_headers(folder, "E[0-9]*.hea")
        return coded_data(folder, headers, labels=labels, auxiliary=auxiliary, owner="Georgia")
