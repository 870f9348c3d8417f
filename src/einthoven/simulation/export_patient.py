"""All that a hospital exports of one patient, and what is true of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from einthoven.cohort.simulated import DEVICE as SIMULATOR
from einthoven.ecg.formats.writing import suffix_of
from einthoven.ecg.record import Record
from einthoven.errors import UnknownNameError
from einthoven.registry import nearest
from einthoven.simulation.devices import DEVICES, Device
from einthoven.simulation.heart.traits import HeartTraits, draw_traits
from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.paper.echo_reports import write_echo_report
from einthoven.simulation.paper.findings import ProgramErrors, interpret
from einthoven.simulation.paper.layout import TABLES, Layout
from einthoven.simulation.paper.measurements import machine_measurements
from einthoven.simulation.paper.parameters import table_of
from einthoven.simulation.paper.rows import diagnosis_rows, ecg_row, echo_row, follow_up_row, patient_row
from einthoven.simulation.paper.statements import comparison_lines, statement_lines
from einthoven.simulation.patient_random import PaperPurpose, patient_random
from einthoven.simulation.people.person import EcgVisit, Person
from einthoven.simulation.recorded_ecg import RecordedEcg
from einthoven.simulation.truth_tables import SCHEMAS, ecg_truth, echo_truth, person_truth

__all__ = ["ECG_FOLDER", "FOLDERS", "PatientExport", "RecordEcg", "device_of", "export_patient"]

ECG_FOLDER = "ecgs"
FOLDERS = 100
DAYS_A_YEAR = 365.25

RecordEcg = Callable[..., RecordedEcg]
"""``record(state, traits, device, random=..., signal=...)``, as ``recorded_ecg.record_ecg``."""


@dataclass(slots=True)
class PatientExport:
    """Rows and ECGs of one patient or of several.

    Attributes
    ----------
    rows : mapping of table to rows
    truth : mapping of truth table to rows
    ecgs : list of (path in the export, Record)
        Empty where signals aren't wanted.
    """

    rows: dict[str, list[list[str]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    truth: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in SCHEMAS})
    ecgs: list[tuple[str, Record]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Patient:
    """What all ECGs of one patient share."""

    person: Person
    hospital: HospitalSettings
    layout: Layout
    seed: int
    traits: HeartTraits
    program: ProgramErrors
    has_sex: bool

    def random(self, purpose: PaperPurpose, index: int | None = None) -> np.random.Generator:
        return patient_random(
            self.seed, site=self.hospital.site, number=self.person.number, purpose=purpose, index=index
        )

    def traits_at(self, index: int, visit: EcgVisit) -> HeartTraits:
        """Return the patient's traits; where nothing of an ECG is personal, new ones for each."""
        if self.hospital.control != "no_traits":
            return self.traits
        return _draw_traits(self.person, visit, self.random(PaperPurpose.TRAITS, index))


def export_patient(
    person: Person, hospital: HospitalSettings, layout: Layout, *, seed: int, signals: bool, record: RecordEcg
) -> PatientExport:
    """Return rows, ECGs and truth of a patient.

    Parameters
    ----------
    person : Person
    hospital : HospitalSettings
    layout : Layout
        Of the hospital's tables.
    seed : int
    signals : bool
        Whether ECGs are composed; rows and truth are the same without.
    record : callable
        Records an ECG of a heart.
    """
    patient = _patient(person, hospital, layout, seed=seed)
    out = PatientExport()
    for index in range(len(person.ecgs)):
        _add_ecg(out, patient, index, signals=signals, record=record)
    for index, echo in enumerate(person.echoes):
        report = write_echo_report(
            echo, patient.random(PaperPurpose.REPORT, index), previous=person.echoes[index - 1] if index else None
        )
        out.rows["echo"].append(echo_row(echo, layout, patient_id=person.patient_id, report=report.text))
        out.truth["echoes"].append(echo_truth(echo, report, patient_id=person.patient_id))
    out.rows["icd"] += diagnosis_rows(person, layout)
    out.rows["follow_up"].append(follow_up_row(person, layout))
    out.rows["patients"].append(patient_row(person, layout, has_sex=patient.has_sex))
    out.truth["persons"].append(person_truth(person, has_sex=patient.has_sex))
    return out


def device_of(hospital: HospitalSettings) -> Device:
    """Return a hospital's electrocardiograph.

    Raises
    ------
    UnknownNameError
        Names the nearest.
    """
    if hospital.device not in DEVICES:
        raise UnknownNameError(f"there is no device {hospital.device!r}{nearest(hospital.device, DEVICES)}")
    return DEVICES[hospital.device]


def _folder_of(person: Person) -> str:
    """Return the folder of a patient's ECGs: one of a hundred, since folders of millions of files are slow."""
    return f"{ECG_FOLDER}/{person.number % FOLDERS:02d}"


def _patient(person: Person, hospital: HospitalSettings, layout: Layout, *, seed: int) -> _Patient:
    def random(purpose: PaperPurpose) -> np.random.Generator:
        return patient_random(seed, site=hospital.site, number=person.number, purpose=purpose)

    return _Patient(
        person=person,
        hospital=hospital,
        layout=layout,
        seed=seed,
        traits=_draw_traits(person, person.ecgs[0], random(PaperPurpose.TRAITS)),
        program=ProgramErrors.draw(random(PaperPurpose.PROGRAM)),
        has_sex=bool(random(PaperPurpose.REGISTRY).random() >= table_of("layouts")["patients"]["without_sex"]),
    )


def _draw_traits(person: Person, visit: EcgVisit, random: np.random.Generator) -> HeartTraits:
    return draw_traits(
        random,
        sex=person.sex,
        age_years=visit.state.age_years,
        height_cm=person.height_cm,
        weight_kg=person.weight_kg,
    )


def _add_ecg(out: PatientExport, patient: _Patient, index: int, *, signals: bool, record: RecordEcg) -> None:
    person, visit = patient.person, patient.person.ecgs[index]
    traits = patient.traits_at(index, visit)
    made = record(
        visit.state,
        traits,
        device_of(patient.hospital),
        random=patient.random(PaperPurpose.SIGNAL, index),
        signal=signals,
    )
    measured = machine_measurements(made.measured, patient.random(PaperPurpose.MACHINE, index))
    statements = _statements(patient, index, measured, limb_voltage_mv=made.measured.limb_voltage_mv)
    file_format = patient.hospital.file_format
    path = f"{_folder_of(person)}/{visit.record_id}{suffix_of(file_format)}"
    row = ecg_row(
        visit,
        patient.layout,
        patient_id=person.patient_id,
        path=path,
        statements=statements,
        measurements=measured,
    )
    out.rows["ecgs"].append(row)
    out.truth["ecgs"].append(
        ecg_truth(
            visit,
            patient_id=person.patient_id,
            measured=made.measured,
            beats=made.beats,
            traits=traits.values,
        )
    )
    if made.record is not None:
        out.ecgs.append((path, _identified(made.record, patient, visit, measured=measured, statements=statements)))


def _statements(
    patient: _Patient, index: int, measured: Mapping[str, float], *, limb_voltage_mv: float
) -> tuple[str, ...]:
    """Return what the machine's program prints, mostly with the errors it always makes on this patient."""
    style = table_of("layouts")["statements_of_device"].get(patient.hospital.device, "muse")
    random = patient.random(PaperPurpose.PROGRAM, index)
    visit = patient.person.ecgs[index]
    has_traits = patient.hospital.control != "no_traits"  # an error that comes back would be one
    errors = ProgramErrors.draw(random, of_patient=patient.program if has_traits else None)
    said = interpret(visit.state, measured, limb_voltage_mv=limb_voltage_mv, errors=errors)
    lines = statement_lines(said, visit.state, measured, style=style)
    if index == 0:
        return lines
    return (*lines, *comparison_lines(patient.person.ecgs[index - 1].time, random, style=style))


def _identified(
    record: Record, patient: _Patient, visit: EcgVisit, *, measured: Mapping[str, float], statements: tuple[str, ...]
) -> Record:
    """Return the ECG with its patient, time, measurements and statements."""
    person = patient.person
    return dataclasses.replace(
        record,
        record_id=visit.record_id,
        patient_id=person.patient_id,
        time=visit.time,
        time_kind="naive",
        age_years=float(int((visit.time.date() - person.birth_date).days / DAYS_A_YEAR)),
        sex=person.sex if patient.has_sex else "U",
        device=f"{SIMULATOR}, {record.device}",
        measurements=dict(measured),
        statements=statements,
    )
