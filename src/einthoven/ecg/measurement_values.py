"""The measurements of one ECG: arrays inside, friendly values on access, one flat row for tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurement_quantities import QUANTITIES, Quantity
from einthoven.ecg.measurement_reasons import REASONS, Reason, Validity

__all__ = ["ROW_NAMES", "Measurement", "Measurements"]

ROW_NAMES = (*QUANTITIES, *(f"{lead}.{name}" for lead in STANDARD_LEADS for name in LEAD_QUANTITIES))
"""Names of the numbers in ``Measurements.to_row``, in its order."""

_REASON_TEXTS = tuple(REASONS[Reason(code)] for code in range(len(Reason)))
_GLOBAL_PLACES = {name: place for place, name in enumerate(QUANTITIES)}
_LEAD_PLACES = {name: place for place, name in enumerate(LEAD_QUANTITIES)}
_OF_LEAD = frozenset({Reason.LEAD_MISSING, Reason.LEAD_UNUSABLE, Reason.NOISE, Reason.LEAD_DERIVED})
_OF_GROUP = {
    Reason.NO_BEATS: "all",
    Reason.TOO_FEW_BEATS: "all",
    Reason.NO_UNIT: "mV",
    Reason.NO_P: "P",
    Reason.ATRIAL_FIBRILLATION: "P",
    Reason.UNSURE_P: "P",
    Reason.FREE_P: "P",
    Reason.NO_QRS: "QRS",
    Reason.UNSURE_QRS: "QRS",
    Reason.NO_T: "T",
    Reason.UNSURE_T: "T",
}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number.

    Attributes
    ----------
    name : str
        Key of ``QUANTITIES`` or ``LEAD_QUANTITIES``.
    value : float, optional
        None when absent.
    unit : str
    validity : Validity
    reason : str
        Of absence or doubt; empty when measured.
    """

    name: str
    value: float | None
    unit: str
    validity: Validity
    reason: str


class LeadMeasurements(Mapping[str, Measurement]):
    """The measurements of one lead by name."""

    __slots__ = ("_codes", "_values")

    def __init__(self, values: NDArray[np.float64], codes: NDArray[np.uint8]) -> None:
        self._values = values
        self._codes = codes

    def __getitem__(self, name: str) -> Measurement:
        place = _LEAD_PLACES[name]
        return _measurement(name, LEAD_QUANTITIES[name], float(self._values[place]), int(self._codes[place]))

    def __iter__(self) -> Iterator[str]:
        return iter(LEAD_QUANTITIES)

    def __len__(self) -> int:
        return len(LEAD_QUANTITIES)


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """All measurements of one ECG; ``measurements["qrs_ms"]``, ``measurements.leads["V1"]["r_mv"]``.

    Attributes
    ----------
    values : float64 (quantity,)
        In the order of ``QUANTITIES``; NaN when absent.
    codes : uint8 (quantity,)
        ``Reason`` of absence or doubt.
    lead_names : tuple of str
        The 12 standard leads, then others of the record by name.
    lead_values : float64 (lead, quantity)
        In the order of ``LEAD_QUANTITIES``.
    lead_codes : uint8 (lead, quantity)
    """

    values: NDArray[np.float64]
    codes: NDArray[np.uint8]
    lead_names: tuple[str, ...]
    lead_values: NDArray[np.float64]
    lead_codes: NDArray[np.uint8]

    def __getitem__(self, name: str) -> Measurement:
        """Return a measurement of the whole ECG."""
        place = _GLOBAL_PLACES[name]
        return _measurement(name, QUANTITIES[name], float(self.values[place]), int(self.codes[place]))

    def __iter__(self) -> Iterator[str]:
        return iter(QUANTITIES)

    @property
    def leads(self) -> dict[str, LeadMeasurements]:
        """The measurements of each lead; the 12 standard leads are always there."""
        rows = zip(self.lead_names, self.lead_values, self.lead_codes, strict=True)
        return {lead: LeadMeasurements(values, codes) for lead, values, codes in rows}

    @property
    def reasons(self) -> dict[str, str]:
        """Why numbers are absent or doubtful, each reason once.

        ``{"pr_ms": "no P wave", "leads.P": "no P wave", "V2": "lead missing", "leads.q_mv": "below 20 uV (III)"}``: a
        number of the whole ECG by its name; a lead for all its numbers; ``leads.P``, ``leads.QRS``, ``leads.T`` for the
        numbers of that wave in all leads, ``leads.mV`` for voltages and areas, ``leads.all`` for all; a number of some
        leads with their names. A deflection that just isn't there is null without an entry.
        """
        texts = {name: _REASON_TEXTS[code] for name, code in zip(QUANTITIES, self.codes.tolist(), strict=True) if code}
        codes = self.lead_codes[: len(STANDARD_LEADS)]
        # a lead as a whole is judged in every column, a derived one where borders of its own would be needed
        for name in ("qrs_ms", "r_share"):
            for lead, code in zip(STANDARD_LEADS, codes[:, _LEAD_PLACES[name]].tolist(), strict=True):
                if code in _OF_LEAD:
                    texts[lead] = _REASON_TEXTS[code]
        counts = np.bincount(codes.ravel(), minlength=len(Reason)).tolist()
        texts |= {f"leads.{group}": _REASON_TEXTS[code] for code, group in _OF_GROUP.items() if counts[code]}
        if counts[Reason.SMALL_DEFLECTION]:
            texts |= _small_deflections(codes)
        return texts

    def to_row(self) -> dict[str, Any]:
        """Return one flat row: ``ROW_NAMES``, each a float or None where absent, and ``reasons``.

        Numbers of the whole ECG stand under their name, those of the 12 standard leads under ``V1.r_mv``.
        """
        numbers = self.values.tolist() + self.lead_values[: len(STANDARD_LEADS)].ravel().tolist()
        row: dict[str, Any] = {
            name: None if math.isnan(number) else number for name, number in zip(ROW_NAMES, numbers, strict=True)
        }
        row["reasons"] = self.reasons
        return row


def _small_deflections(codes: NDArray[np.uint8]) -> dict[str, str]:
    """Return in which leads a deflection is smaller than is counted, by the name of its amplitude."""
    text = _REASON_TEXTS[Reason.SMALL_DEFLECTION]
    told = {}
    for name, place in _LEAD_PLACES.items():
        small = np.flatnonzero(codes[:, place] == Reason.SMALL_DEFLECTION).tolist() if name.endswith("_mv") else []
        if small:
            told[f"leads.{name}"] = f"{text} ({' '.join(STANDARD_LEADS[row] for row in small)})"
    return told


def _measurement(name: str, quantity: Quantity, value: float, code: int) -> Measurement:
    if math.isnan(value):
        return Measurement(name, None, quantity.unit, Validity.ABSENT, _REASON_TEXTS[code])
    validity = Validity.DOUBTFUL if code else Validity.MEASURED
    return Measurement(name, value, quantity.unit, validity, _REASON_TEXTS[code])
