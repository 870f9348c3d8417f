"""One made-up patient: all that happened, and all that is true."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from einthoven.simulation.clinical_state import ClinicalState

__all__ = ["Diagnosis", "EcgVisit", "EchoVisit", "Person"]


@dataclass(frozen=True, slots=True)
class EcgVisit:
    """An ECG is recorded: ``state`` is what is true of the heart at that moment."""

    record_id: str
    time: datetime
    state: ClinicalState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EchoVisit:
    """An echocardiogram is made.

    Attributes
    ----------
    report_id : str
    time : datetime
    lvef : float, %
        The true one.
    measured : dict of str to float
        What the examiner measured (with error): ``lvef`` and, where measured, ``lvidd_mm, lvids_mm, ivs_mm, pw_mm,
        la_mm, e_over_e, rvsp_mmhg``; grades 0-3 of ``mr, ar, as, tr``.
    method : ``simpson``, ``m_mode`` or ``visual``
        Of ``lvef``.
    writer : int in 0 ... 2
        Which of three people writes the report.
    """

    report_id: str
    time: datetime
    lvef: float
    measured: dict[str, float]
    method: Literal["simpson", "m_mode", "visual"]
    writer: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """An ICD-10 code that was recorded on a day."""

    code: str
    date: date


@dataclass(frozen=True, slots=True)
class Person:
    """A patient of one hospital.

    Attributes
    ----------
    patient_id, site : str
    number : int
        Of the patient within the site, from 0: with the seed and the site it fixes all random numbers.
    sex : ``F`` or ``M``
    birth_date : date
    height_cm, weight_kg : float
    ecgs, echoes, diagnoses : in the order of time
    death, mace : datetime, optional
    last_contact : datetime
        Nothing is known of the patient after it (censoring).
    truth : dict of str to float or str
        What else is true: course of the LVEF, reasons for echoes...
    """

    patient_id: str
    site: str
    number: int
    sex: Literal["F", "M"]
    birth_date: date
    height_cm: float
    weight_kg: float
    ecgs: tuple[EcgVisit, ...]
    echoes: tuple[EchoVisit, ...]
    diagnoses: tuple[Diagnosis, ...]
    last_contact: datetime
    death: datetime | None = None
    mace: datetime | None = None
    truth: dict[str, float | str] = field(default_factory=dict)
