"""PhysioNet/CinC Challenge 2011, set A: 1,000 ECGs of 10 s at 500 Hz from mobile phones, judged fit for use or not.

Silva 2011, https://physionet.org/content/challenge-2011/1.0.0/: 773 acceptable, 225 unacceptable, 2 undecided. Folders
as published (``set-a/`` with ``RECORDS-acceptable`` and ``RECORDS-unacceptable``), or ``labels.csv`` with the columns
``record`` and ``quality``. Persons are not told apart: each ECG is taken for a patient. Age and sex are not stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.sources.source import LabelRequest, SourceData, read_table, require_columns
from einthoven.cohort.sources.stated_labels import Stated, counted, requested_columns
from einthoven.cohort.sources.wfdb_headers import header_locations, header_rows, read_headers
from einthoven.errors import CohortError

__all__ = ["Cinc2011"]

ACCEPTABLE, UNACCEPTABLE = "acceptable", "unacceptable"
TABLE = "labels.csv"


@dataclass(frozen=True)
class Cinc2011:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``set-a`` in it, or ``set-a`` itself.
    """

    path: str

    def load(self, labels: LabelRequest = (UNACCEPTABLE,), auxiliary: LabelRequest = ()) -> SourceData:
        """Read which ECGs there are, and how they were judged.

        Labels are ``acceptable`` and ``unacceptable``, or both: ``quality``. They are unknown for an ECG in neither
        list. Nothing is stated of any finding: labels of findings are refused.

        Raises
        ------
        CohortError
            For a folder without ECGs, labels without their files, or another label.
        """
        folder = Path(self.path)
        headers = read_headers(folder / "set-a" if (folder / "set-a").is_dir() else folder, "[0-9]*.hea")
        judged = _judged(folder) if labels or auxiliary else {}
        marks = [judged.get(header.record_id) for header in headers]
        own = {name: {name} for name in (ACCEPTABLE, UNACCEPTABLE)}
        stated = Stated(
            owner="CinC 2011",
            marks=marks,
            findings=None,
            own=own,
            own_sets={"quality": tuple(own)},
        )
        asked, targets = requested_columns(stated, labels, auxiliary)
        columns = header_rows(folder, headers)
        return SourceData(
            columns=columns | targets,
            locations=header_locations(folder, columns),
            flow=(counted("ECGs of set A", columns["patient_id"]),),
            labels=asked.outcomes,
            auxiliary=asked.auxiliary,
        )


def _judged(folder: Path) -> dict[str, frozenset[str]]:
    """Return record -> its quality, for those that were judged."""
    for place in (folder, folder / "set-a", folder.parent):
        if (place / f"RECORDS-{UNACCEPTABLE}").is_file():
            return _listed(place, ACCEPTABLE) | _listed(place, UNACCEPTABLE)
    for place in (folder, folder.parent):
        if (place / TABLE).is_file():
            table = read_table(place, TABLE)
            require_columns(table, ("record", "quality"), file=str(place / TABLE))
            rows = zip(table["record"], table["quality"], strict=True)
            return {name: frozenset({word}) for name, word in rows if word in (ACCEPTABLE, UNACCEPTABLE)}
    raise CohortError(f"{folder} has no RECORDS-{UNACCEPTABLE}, nor {TABLE}: without labels it can be loaded")


def _listed(place: Path, quality: str) -> dict[str, frozenset[str]]:
    file = place / f"RECORDS-{quality}"
    if not file.is_file():
        raise CohortError(f"{place} has no RECORDS-{quality}, but the other list: copy both")
    return dict.fromkeys(file.read_text(encoding="utf-8").split(), frozenset({quality}))
