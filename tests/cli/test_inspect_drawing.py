"""The options of the drawing are checked before anything is drawn."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from einthoven.cli.inspect_drawing import PaperGain, PaperLayout, PaperOptions, PaperSpeed, checked_targets, draw_into
from einthoven.errors import SignalError, SpecificationError, UnitError
from fakes.ecg_records import fake_record


def _size_mm(path):
    return tuple(float(side) for side in re.findall(r'(?:width|height)="([\d.]+)mm"', path.read_text(encoding="utf-8")))


def test_each_option_takes_files_of_its_own_ending():
    assert checked_targets(png=Path("a.PNG"), svg=None, pdf=Path("a.pdf")) == [Path("a.PNG"), Path("a.pdf")]
    with pytest.raises(SpecificationError, match=r"--svg draws into a file that ends in \.svg, got a\.png"):
        checked_targets(png=None, svg=Path("a.png"))


def test_speed_gain_layout_and_start_reach_the_paper(tmp_path):
    options = PaperOptions(PaperLayout.COLUMNS, PaperSpeed.DOUBLE, PaperGain.HALF, 20.0)
    (line,) = draw_into([tmp_path / "x.svg"], fake_record(seconds=60), options)
    text = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert "50 mm/s · 5 mm/mV" in text
    assert "20 to 30 s of 60 s" in text
    assert (
        line == f"drawn into {tmp_path / 'x.svg'} (530 x 130 mm, larger than A3, true to scale when printed at 100 %)"
    )


def test_at_50_mm_per_second_rows_that_fit_a_page_are_usual(tmp_path):
    draw_into([tmp_path / "x.svg"], fake_record(), PaperOptions(speed=PaperSpeed.DOUBLE))
    assert _size_mm(tmp_path / "x.svg")[0] == 280  # A4 is 297 mm wide


def test_the_sheet_that_holds_the_drawing_is_named(tmp_path):
    assert "275 x 130 mm, fits A4" in draw_into([tmp_path / "x.svg"], fake_record(), PaperOptions())[0]
    rows = PaperOptions(layout=PaperLayout.ROWS)
    assert "mm, fits A3" in draw_into([tmp_path / "x.svg"], fake_record(), rows)[0]


def test_paper_is_refused_without_millivolts_and_traces_are_drawn(tmp_path):
    record = fake_record(unit="arbitrary")
    with pytest.raises(UnitError, match="--gain need millivolts"):
        draw_into([tmp_path / "x.svg"], record, PaperOptions(gain=PaperGain.DOUBLE))
    (line,) = draw_into([tmp_path / "x.svg"], record, PaperOptions())
    assert "true to scale" not in line


@pytest.mark.parametrize("unit", ["mV", "arbitrary"])
def test_waves_are_shaded_only_when_asked_for(tmp_path, unit):
    record = fake_record(unit=unit)
    for waves, legend in ((False, False), (True, True)):
        draw_into([tmp_path / "x.svg"], record, PaperOptions(waves=waves))
        assert (">QRS<" in (tmp_path / "x.svg").read_text(encoding="utf-8")) == legend


def test_a_start_beyond_the_record_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(SignalError, match="10 s"):
        draw_into([tmp_path / "x.svg"], fake_record(), PaperOptions(start_s=11.0))
    assert not (tmp_path / "x.svg").exists()


def test_without_matplotlib_the_remedy_is_told(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "einthoven.drawing.svg", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SpecificationError, match=r"pip install 'einthoven\[report\]'"):
        draw_into([tmp_path / "x.svg"], fake_record(), PaperOptions())
