"""The drawing of one ECG says what was measured, and why not."""

from __future__ import annotations

import sys

import pytest

from einthoven.cli.measure_drawing import draw_into, panel_words
from einthoven.ecg.measurements import measured_waves
from einthoven.errors import SpecificationError
from fakes.synthetic_ecg import synthetic_ecg


def _drawn(tmp_path, record):
    waves = measured_waves(record)
    (line,) = draw_into([tmp_path / "a.svg"], record, waves)
    assert line == f"drawn into {tmp_path / 'a.svg'}"
    return (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_the_numbers_are_ours_and_not_the_machine_s(tmp_path):
    text = _drawn(tmp_path, synthetic_ecg(measurements={"heart_rate_bpm": 33.0}).record)
    assert "75/min" in text
    assert "33/min" not in text
    assert "representative beat of" in text


def test_an_ecg_without_unit_is_drawn_without_paper(tmp_path):
    text = _drawn(tmp_path, synthetic_ecg(unit="arbitrary").record)
    assert "each lead scaled on its own" in text


def test_words_say_why_a_number_is_absent_and_join_what_belongs_together():
    words = dict(panel_words(measured_waves(synthetic_ecg(leads=("II",)).record).measurements))
    assert words["Sokolow-Lyon"] == "\N{EN DASH} lead missing"
    assert words["RR, SD"] == "800 ms, 0 ms"


def test_doubtful_numbers_ask_to_be_looked_at():
    record = synthetic_ecg(rr_ms=400.0).record
    words = dict(panel_words(measured_waves(record).measurements))
    assert words["QTc Bazett"].endswith(" ms ?")
    assert words["?"] == "doubtful: the card says why"


def test_without_matplotlib_the_remedy_is_told(tmp_path, monkeypatch):
    record = synthetic_ecg(duration_s=3.0).record
    waves = measured_waves(record)
    monkeypatch.delitem(sys.modules, "einthoven.drawing.svg", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SpecificationError, match=r"pip install 'einthoven\[report\]'"):
        draw_into([tmp_path / "a.svg"], record, waves)
