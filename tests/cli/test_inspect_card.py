"""The card tells all that is known, section by section, and is safe to print."""

from __future__ import annotations

import io

from rich.console import Console

from einthoven.cli.inspect_card import card
from einthoven.cli.inspect_description import describe
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Annotation, Provenance
from fakes.ecg_records import fake_record

MEASURED = {"score_of_x": 3.0, "qrs_ms": 92.0, "heart_rate_bpm": 63.0, "qrs_axis_deg": -30.0}
STORED = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")


def _printed(record, width=100):
    file = io.StringIO()
    location = RecordLocation(record.record_id, "/data/a.xml", "muse")
    Console(file=file, width=width).print(card(describe(record, location)))
    return file.getvalue()


def _line(text, start):
    return " ".join(next(line for line in text.splitlines() if line.split()[:1] == [start]).split())


def test_sections_stand_in_clinical_order():
    text = _printed(fake_record(measurements=MEASURED, statements=("Sinus rhythm",)))
    titles = ["Recording", "Patient", "Machine measurements", "Statements", "Signal", "Quality", "Provenance"]
    places = [text.index(f"\n{title}\n") for title in titles]
    assert places == sorted(places)


def test_sections_without_content_are_left_out():
    text = _printed(fake_record())
    assert "Machine measurements" not in text
    assert "Statements" not in text
    assert _line(text, "id") == "id not stated"


def test_measurements_have_units_and_clinical_names():
    text = _printed(fake_record(measurements=MEASURED, lead_measurements={"I": {"r_uv": 1.0}, "II": {"s_uv": 1.0}}))
    assert " ".join(text.split("Machine measurements\n")[1].split("\n\n")[0].split()) == (
        "ventricular rate 63/min QRS duration 92 ms frontal axis of QRS -30° score_of_x 3 "
        "and 2 of each of 2 leads (--json shows them)"
    )


def test_what_the_machine_said_first_stands_below_what_was_confirmed():
    text = _printed(fake_record(statements=("Sinus rhythm",), original_statements=("Atrial fibrillation",)))
    assert _line(text, "as") == "as confirmed Sinus rhythm"
    assert _line(text, "originally") == "originally Atrial fibrillation"


def test_signal_tells_what_was_stored_and_what_the_device_did():
    provenance = Provenance(
        "muse",
        "1",
        original_unit="uV",
        original_step_mv=(0.00488,) * 8,
        leads_stored=STORED,
        leads_derived=("III", "aVR", "aVL", "aVF"),
        device_filters=("high-pass 0.05 Hz", "notch 50 Hz"),
        resampling="1000 to 500 Hz",
    )
    text = _printed(fake_record(provenance=provenance))
    assert _line(text, "stored") == f"stored {', '.join(STORED)}"
    assert _line(text, "derived") == "derived III, aVR, aVL, aVF"
    assert "4.88 µV" in text
    assert _line(text, "device").endswith("not stated")
    assert "high-pass 0.05 Hz, notch 50 Hz" in text
    assert _line(text, "resampling") == "resampling 1000 to 500 Hz"


def test_steps_that_differ_between_leads_are_told():
    provenance = Provenance("wfdb", "1", original_step_mv=(0.001, 0.002))
    assert "1 or 2 µV, differing between leads" in _printed(fake_record(leads=("I", "II"), provenance=provenance))


def test_every_lead_has_its_quality_in_numbers():
    text = _printed(fake_record())
    assert [
        line.split()[0] for line in text.splitlines() if line.split()[:1] and line.split()[0] in STANDARD_LEADS
    ] == [*STANDARD_LEADS]
    assert "wander" in text
    assert "wander" not in _printed(fake_record(unit="arbitrary"))


def test_annotations_are_counted_by_label():
    marks = tuple(Annotation(float(second), "V" if second % 3 == 0 else "N") for second in range(9))
    assert _line(_printed(fake_record(annotations=marks)), "annotations") == "annotations 9: N 6, V 3"


def test_a_file_cannot_style_or_command_the_terminal():
    text = _printed(fake_record(statements=("[bold]Sinus[/bold] \x1b[2Jrhythm",), device="[red]MAC"))
    assert "[bold]Sinus[/bold]  [2Jrhythm" in text
    assert "[red]MAC" in text
    assert "\x1b" not in text


def test_a_narrow_terminal_folds_and_loses_nothing():
    text = _printed(fake_record(patient_id="P" * 70), width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert text.count("P") >= 70
