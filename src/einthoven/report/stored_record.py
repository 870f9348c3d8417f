"""A record as the store holds it, which is what the model was fed, with age and sex from the cohort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from einthoven.ecg.input_spec import FilterSpec
from einthoven.ecg.leads import leads_in_mask
from einthoven.ecg.record import Record, Sex
from einthoven.errors import StoreError
from einthoven.report.evidence import Evidence
from einthoven.store.store import Store

__all__ = ["StoredRecord", "filter_in_words", "stored_record"]


@dataclass(frozen=True, slots=True, eq=False)
class StoredRecord:
    """A record and the filter that it went through, in words."""

    record: Record
    filter_name: str


def stored_record(evidence: Evidence, record_id: str) -> StoredRecord | None:
    """Return the record, None when no store of the run is there and holds it."""
    for entry in evidence.stores:
        try:
            # an absolute path replaces the run's
            with Store.open(evidence.run / str(entry.get("path", ""))) as store:
                return StoredRecord(_read(store, record_id, evidence), filter_in_words(store.spec.filter))
        except (StoreError, OSError):
            continue
    return None


def filter_in_words(spec: FilterSpec) -> str:
    """Return what stands below a drawing.

    Examples
    --------
    >>> filter_in_words(FilterSpec(notch_hz=50.0))
    '0.67–40 Hz, notch 50 Hz'
    """
    corners = [f"{frequency:g}" for _, frequency in spec.corners]
    if len(corners) == 1:
        corners = [f"{'below' if spec.low_hz is None else 'above'} {corners[0]}"]
    parts = ["–".join(corners) + " Hz"] if corners else []
    parts += [f"notch {notch:g} Hz" for notch in spec.notches]
    parts += [f"running median of {spec.median_s[-1]:g} s subtracted"] if spec.median_s else []
    return ", ".join(parts)


def _read(store: Store, record_id: str, evidence: Evidence) -> Record:
    row = int(store.rows([record_id])[0])
    place = store.manifest.slice(row, 1).select(["unit", "leads_present"]).to_pylist()[0]
    present = leads_in_mask(int(place["leads_present"]))
    leads = tuple(lead for lead in store.leads if lead in present)
    signal = store.signal(row)[[store.leads.index(lead) for lead in leads]]
    age, sex = _person(evidence, record_id)
    return Record(
        np.ascontiguousarray(signal), leads, store.spec.rate_hz, record_id, age_years=age, sex=sex, unit=place["unit"]
    )


def _person(evidence: Evidence, record_id: str) -> tuple[float | None, Sex]:
    if evidence.cohort is None:
        return None, "U"
    table = evidence.cohort.table.select(["record_id", "age_years", "sex"])
    rows = table.filter(pc.equal(table["record_id"], record_id)).to_pylist()
    return (rows[0]["age_years"], rows[0]["sex"]) if rows else (None, "U")
