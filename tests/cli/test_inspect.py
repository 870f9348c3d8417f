"""``inspect`` shows a folder as a table, a file as a card, as JSON, and as a drawing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.errors import UnreadableFileError
from fakes.ptb_xl_folder import fake_ecg, write_record


@pytest.fixture
def folder(tmp_path):
    """Return a folder of two ECGs and a broken one."""
    generator = np.random.default_rng(1)
    for name in ("first", "second", "broken"):
        write_record(tmp_path / name, signal_uv=fake_ecg(generator, kind=0, rate_hz=500), rate_hz=500)
    (tmp_path / "broken.dat").write_bytes(b"12")
    return tmp_path


def test_folder_is_a_table_and_a_broken_file_is_a_row_in_it(folder):
    """One bad file doesn't hide the others."""
    result = CliRunner().invoke(app, ["inspect", str(folder), "--json"])
    cards = json.loads(result.output)
    assert [card["record"] for card in cards] == ["broken", "first", "second"]
    assert "broken.dat" in cards[0]["error"]
    assert cards[1]["rate_hz"] == 500
    assert len(cards[1]["leads"]) == 12
    assert CliRunner().invoke(app, ["inspect", str(folder)]).exit_code == 0


def test_file_is_a_card_and_can_be_drawn(folder):
    """The drawing is a file."""
    result = CliRunner().invoke(app, ["inspect", str(folder / "first.hea"), "--png", str(folder / "ecg.png")])
    assert result.exit_code == 0
    assert "sha256" in result.output
    assert (folder / "ecg.png").read_bytes().startswith(b"\x89PNG")


def test_unreadable_file_alone_is_an_error(folder):
    """Asked for one file, the answer is its error."""
    with pytest.raises(UnreadableFileError, match=r"broken\.dat is truncated"):
        CliRunner().invoke(app, ["inspect", str(folder / "broken.hea")], catch_exceptions=False)
