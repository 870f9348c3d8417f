"""Real files of all formats are measured and drawn; what was damaged on purpose becomes a line."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.cli.measure_drawing import draw_into
from einthoven.ecg.formats import read
from einthoven.ecg.formats.reading import find
from einthoven.ecg.measurements import measured_waves
from einthoven.errors import RecordError

pytestmark = pytest.mark.real_data


def _measure(*words):
    return CliRunner().invoke(app, ["measure", *map(str, words)], env={"COLUMNS": "100"}, catch_exceptions=False)


def test_every_format_is_measured_into_one_table(real_data, tmp_path):
    result = _measure(real_data / "formats", "--out", tmp_path / "m.parquet", "--workers", 1)
    assert result.exit_code == 0
    table = pq.read_table(tmp_path / "m.parquet")
    reasons = [dict(row) for row in table["reasons"].to_pylist()]
    assert not [why["all"] for why in reasons if "all" in why]
    assert pq.read_table(tmp_path / "m.rejected.parquet").num_rows + table.num_rows == len(
        find(real_data / "formats").locations
    )
    rates = dict(zip(table["source_path"].to_pylist(), table["heart_rate_bpm"].to_pylist(), strict=True))
    assert all("minimum_aecg" in path for path, rate in rates.items() if rate is None)  # these hold no heart beat


def test_twins_in_three_formats_have_the_same_numbers(real_data, tmp_path):
    files = [real_data / "formats" / name / "ecgtoolkit_example" for name in ("dicom", "hl7_aecg", "scp_ecg")]
    paths = [file.with_suffix(suffix) for file, suffix in zip(files, (".dcm", ".xml", ".scp"), strict=True)]
    _measure(*paths, "--out", tmp_path / "m.parquet", "--workers", 1)
    one, *others = pq.read_table(tmp_path / "m.parquet").drop_columns(["source_path", "patient_id"]).to_pylist()
    assert others == [one, one]


@pytest.mark.slow
def test_every_format_is_drawn(real_data, tmp_path):
    drawn = 0
    for location in find(real_data / "formats").locations:
        try:
            record = read(location)
        except RecordError:
            continue
        draw_into([tmp_path / "a.svg"], record, measured_waves(record))
        drawn += 1
    assert drawn > 20


def test_a_machine_s_rate_and_ours_agree(real_data):
    result = _measure(real_data / "formats" / "muse_xml" / "muse-sinus.xml")
    (line,) = [line.split() for line in result.output.splitlines() if "ventricular rate" in line]
    ours, machine = (int(word.removesuffix("/min")) for word in line[2:4])
    assert abs(ours - machine) <= 1
