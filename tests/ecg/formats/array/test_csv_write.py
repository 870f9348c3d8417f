from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import locate, read
from einthoven.ecg.formats.array.csv_write import encode
from einthoven.ecg.formats.writing import write
from fakes.written_records import full_record, record_of


def test_the_csv_module_finds_one_column_of_exact_millivolts_per_lead(tmp_path):
    record = record_of(rate=997.0)
    files = write(record, tmp_path / "rec.csv")
    assert [file.name for file in files] == ["rec.csv", "rec.layout.toml"]
    with files[0].open(newline="") as file:
        names, *rows = list(csv.reader(file))
    assert tuple(names) == record.leads
    np.testing.assert_array_equal(np.array(rows, dtype=np.float32).T, record.signal)


def test_the_layout_beside_it_declares_all_that_reading_needs(tmp_path):
    record = record_of(rate=976.5625, unit="arbitrary")
    table, layout = write(record, tmp_path / "rec.csv")
    options = tomllib.loads(layout.read_text())
    assert options == {
        "axes": "sample,lead",
        "rate_hz": 976.5625,
        "unit": "arbitrary",
        "leads": list(record.leads),
        "delimiter": ",",
        "skip_rows": 1,
    }
    again = read(locate(table, format="array", options=options)[0])
    np.testing.assert_array_equal(again.signal, record.signal)
    assert (again.leads, again.sampling_rate_hz, again.unit) == (record.leads, 976.5625, "arbitrary")


def test_numbers_are_as_short_as_exactness_allows():
    signal = np.array([[0.1, -1.5, 0.0, np.nan, 1e-7, 123456.7]])
    table = encode(record_of(signal, ("II",)), Path("a.csv"))["a.csv"].decode()
    assert table.split() == ["II", "0.1", "-1.5", "0.0", "nan", "1e-07", "123456.7"]


def test_nothing_about_the_patient_is_in_it():
    content = b"".join(encode(full_record(), Path("a.csv")).values())
    assert b"P-" not in content
    assert b"Sinus" not in content
