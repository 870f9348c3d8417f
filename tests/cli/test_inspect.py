"""``inspect`` shows a folder as a table, a file as a card, either as JSON, and draws one ECG."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.errors import RecordError, SpecificationError, UnitError, UnknownNameError, UnreadableFileError
from fakes.array_files import write_array
from fakes.ptb_xl_folder import fake_ecg, write_record
from fakes.wfdb_files import fake_digital, write_wfdb


@pytest.fixture
def folder(tmp_path):
    """Return a folder of two ECGs, a broken one, and two files that are none."""
    generator = np.random.default_rng(1)
    for name in ("first", "second", "broken"):
        write_record(tmp_path / name, signal_uv=fake_ecg(generator, kind=0, rate_hz=500), rate_hz=500)
    (tmp_path / "broken.dat").write_bytes(b"12")
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "labels.csv").write_text("id,label\n1,NORM\n", encoding="utf-8")
    return tmp_path


def _inspect(*arguments):
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)], env={"COLUMNS": "100"}, catch_exceptions=False)


def test_folder_is_a_table_and_a_broken_file_is_a_row_in_it(folder):
    result = _inspect(folder)
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert max(map(len, lines)) <= 100
    assert any(line.split() == ["broken", "wfdb", "unreadable", "1"] for line in lines)
    assert any(line.split()[:6] == ["first", "wfdb", "12", "500", "10", "mV"] for line in lines)
    assert any(line.startswith("1 broken.dat is truncated") for line in lines)
    assert "3 ECGs: 3 wfdb; 1 unreadable" in lines
    assert "2 files are no ECG of a known format: 1 .csv, 1 .pdf (arrays need --layout)" in lines


def test_folder_as_json_is_a_list_with_errors_as_objects(folder):
    result = _inspect(folder, "--json")
    cards = json.loads(result.stdout)
    assert [card["record"] for card in cards] == ["broken", "first", "second"]
    assert set(cards[0]) == {"record", "path", "format", "error", "error_kind"}
    assert cards[0]["error_kind"] == "UnreadableFileError"
    assert "broken.dat" in cards[0]["error"]
    assert cards[1]["rate_hz"] == 500
    assert len(cards[1]["leads"]) == 12
    assert "1 unreadable" in result.stderr


def test_a_folder_of_one_ecg_is_a_card_and_in_json_still_a_list(tmp_path):
    write_wfdb(tmp_path, digital=fake_digital(12, 500))
    assert [card["record"] for card in json.loads(_inspect(tmp_path, "--json").stdout)] == ["rec"]
    assert "SHA-256" in _inspect(tmp_path).output


def test_limit_says_what_is_not_shown(folder):
    result = _inspect(folder, "--limit", 2, "--json")
    assert len(json.loads(result.stdout)) == 2
    assert "3 ECGs: 3 wfdb; 1 unreadable among the first 2; --limit shows more" in result.stderr


def test_file_is_a_card_and_can_be_drawn(folder):
    result = _inspect(folder / "first.hea", "--png", folder / "ecg.png", "--svg", folder / "ecg.svg")
    assert result.exit_code == 0
    assert "SHA-256" in result.output
    assert (folder / "ecg.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "ecg.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "true to scale when printed at 100 %" in result.stderr


def test_one_record_of_a_folder_can_be_named(folder):
    result = _inspect(folder, "--record", "second", "--pdf", folder / "ecg.pdf", "--json")
    assert json.loads(result.stdout)["record"] == "second"
    assert (folder / "ecg.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(UnknownNameError, match="did you mean 'second'"):
        _inspect(folder, "--record", "secnd")


def test_a_folder_is_not_drawn_and_the_remedy_is_told(folder):
    with pytest.raises(SpecificationError, match=r"--png draws one ECG.*holds 3.*--record broken --png"):
        _inspect(folder, "--png", folder / "ecg.png")
    assert not (folder / "ecg.png").exists()


def test_unreadable_file_alone_is_an_error(folder):
    with pytest.raises(UnreadableFileError, match=r"broken\.dat is truncated"):
        _inspect(folder / "broken.hea")


@pytest.mark.parametrize("name", ["broken.hea", "absent.hea", "report.pdf"])
def test_beside_json_an_error_is_an_object_too(folder, name):
    result = CliRunner().invoke(app, ["inspect", str(folder / name), "--json"])
    assert isinstance(result.exception, RecordError)
    assert json.loads(result.stdout) == {
        "path": str(folder / name),
        "error": str(result.exception),
        "error_kind": type(result.exception).__name__,
    }


def test_a_file_without_a_known_unit_asks_and_the_flag_answers(tmp_path):
    header = write_wfdb(tmp_path, digital=fake_digital(12, 500), gain="1000/adu")
    with pytest.raises(UnitError, match=r"how much is one stored unit worth\?.*--unit uV"):
        _inspect(header)
    card = json.loads(_inspect(header, "--unit", "mV", "--json").stdout)
    assert card["provenance"]["original_unit"] == "mV"
    assert card["provenance"]["original_step_mv"] == pytest.approx([0.001] * 12)


def test_an_array_without_unit_asks_and_the_flag_answers(tmp_path):
    array = write_array(tmp_path / "a.npy", np.zeros((500, 2)))
    layout = tmp_path / "layout.toml"
    layout.write_text('axes = "sample,lead"\nrate_hz = 500\nleads = ["I", "II"]\n', encoding="utf-8")
    with pytest.raises(SpecificationError, match="declare its unit"):
        _inspect(array, "--layout", layout)
    assert json.loads(_inspect(array, "--layout", layout, "--unit", "uV", "--json").stdout)["unit"] == "mV"


@pytest.mark.real_data
def test_a_folder_of_all_formats_fits_a_terminal_and_is_valid_json(real_data):
    table = _inspect(real_data / "formats")
    lines = table.output.splitlines()
    rows = [line for line in lines if line.split()[1:7] != ["files", "are", "no", "ECG", "of", "a"]]
    assert max(map(len, rows)) <= 100
    cards = json.loads(_inspect(real_data / "formats", "--json").stdout, parse_constant=pytest.fail)
    assert len({card["format"] for card in cards}) > 1
    assert {"invalid-doc-type", "a103l"} <= {card["record"] for card in cards if "error" in card}


def test_shading_needs_a_drawing(folder):
    with pytest.raises(SpecificationError, match=r"--measure shades a drawing: .* einthoven measure"):
        _inspect(folder / "first.hea", "--measure")
