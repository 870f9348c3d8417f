"""The table of a folder fits a terminal, names no patients and repeats no remark."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from einthoven.cli.inspect_description import describe, describe_error
from einthoven.cli.inspect_table import folder_table, other_files_line, summary_line
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.record import Provenance
from einthoven.errors import SignalError
from fakes.ecg_records import fake_record


def _location(name, format_name="wfdb"):
    return RecordLocation(name, f"/archive/{name}.hea", format_name)


def _printed(*descriptions):
    file = io.StringIO()
    Console(file=file, width=100).print(folder_table(descriptions))
    return file.getvalue()


def _described(**fields):
    return describe(fake_record(**fields), _location("r"))


def test_columns_that_would_be_empty_are_left_out():
    assert _printed(_described()).split()[:7] == ["record", "format", "leads", "Hz", "s", "unit", "quality"]


def test_all_that_is_known_fits_a_hundred_columns():
    note = Provenance("aecg", "1", notes=("a remark that is long enough to need a line of its own below the table",))
    text = _printed(
        _described(
            device="Mortara Instrument, Inc. ELI250",
            time=datetime(2024, 5, 6, tzinfo=UTC),
            time_kind="utc",
            provenance=note,
        ),
        describe_error(SignalError("/archive/x.hea: no samples"), _location("x")),
    )
    assert text.split()[:10] == [
        *("record", "format", "device", "leads", "Hz", "s", "unit", "date", "quality", "remarks")
    ]
    assert "2024-05-06" in text
    assert max(map(len, text.splitlines())) <= 100
    assert " a remark that is long enough to need" in text
    assert " x.hea: no samples" in text


def test_patients_are_not_named():
    assert "P-17" not in _printed(_described(patient_id="P-17"), _described())


def test_a_remark_of_many_stands_once():
    note = Provenance("wfdb", "1", notes=("an alias was read",))
    text = _printed(*[_described(provenance=note) for _ in range(5)])
    assert text.count("an alias was read") == 1


def test_an_error_of_many_files_stands_once_and_names_any_file():
    errors = [
        describe_error(SignalError(f"/archive/{name}.dat is truncated: 1.05 s"), _location(name)) for name in ("1", "2")
    ]
    text = _printed(*errors, describe_error(SignalError("/archive/3.hea is empty"), _location("3")))
    assert "1 *.dat is truncated: 1.05 s" in text
    assert "2 3.hea is empty" in text


def test_file_names_cannot_style_or_command_the_terminal():
    text = _printed({**_described(), "record": "[red]x\x1b[2J"}, _described())
    assert "[red]x [2J" in text


def test_summary_counts_records_formats_and_unreadable_ones():
    locations = [_location("a"), _location("b", "muse"), _location("c", "muse")]
    fine, broken = _described(), describe_error(SignalError("x"), locations[0])
    assert summary_line([fine, fine, fine], locations) == "3 ECGs: 2 muse, 1 wfdb; all readable"
    assert summary_line([fine, broken, fine], locations) == "3 ECGs: 2 muse, 1 wfdb; 1 unreadable"
    assert "all readable among the first 2; --limit" in summary_line([fine, fine], locations)


def test_other_files_are_counted_by_suffix():
    assert other_files_line([]) == ""
    assert other_files_line([Path("a/README")]) == "1 file is no ECG of a known format: 1 without suffix"
    many = other_files_line([Path(f"x.{suffix}") for suffix in "abcdefghij"])
    assert many.startswith("10 files are no ECG of a known format: 1 .a, ")
    assert many.endswith("2 more")


def test_a_narrow_terminal_keeps_names_and_loses_the_device():
    file = io.StringIO()
    described = [{**_described(device="Maker Model 5000"), "record": "00001_hr_of_1998"} for _ in range(2)]
    Console(file=file, width=80).print(folder_table(described, width=80))
    assert "00001_hr_of_1998" in file.getvalue()
    assert "acceptable" in file.getvalue()
    assert "Maker" not in file.getvalue()
    assert "Maker" in _printed(*described)
