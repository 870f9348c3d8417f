"""The representative beat is drawn below the ECG, with its borders, to scale."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.drawing.beat_panel import PANEL_MM, draw_beat_panel
from einthoven.drawing.ecg_paper import draw_ecg
from einthoven.drawing.traces import draw_traces
from einthoven.ecg.delineation import Mark
from fakes.delineations import MARKS_MS, fake_delineation
from fakes.ecg_records import fake_record

WORDS = [("rate", "60/min"), ("QT", "380 ms")]


def _texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_ecg_above_keeps_its_true_size():
    figure = draw_ecg(fake_record())
    width, height = figure.get_size_inches() * 25.4
    draw_beat_panel(figure, fake_delineation(fake_record().leads), unit="mV", words=WORDS)
    assert tuple(figure.get_size_inches() * 25.4) == pytest.approx((width, height + PANEL_MM))
    paper = figure.axes[0]
    assert np.ptp(paper.get_ylim()) == pytest.approx(paper.get_position().height * (height + PANEL_MM))


def test_borders_stand_at_a_hundred_millimetres_per_second_and_intervals_are_named():
    panel = draw_beat_panel(draw_ecg(fake_record()), fake_delineation(fake_record().leads), unit="mV", words=WORDS)
    borders = sorted(line.get_xdata()[0] for line in panel.lines if line.get_linewidth() == 0.4)
    expected = [MARKS_MS[mark] for mark in Mark if not mark.name.endswith("PEAK")]
    assert np.diff(borders) == pytest.approx(np.diff(expected) / 10)
    assert {"PR 140", "QRS 90", "QT 380", "P", "QRS", "T", "rate", "60/min"} <= set(_texts(panel))
    assert any("representative beat of 3, 12 leads · 100 mm/s · 20 mm/mV" in text for text in _texts(panel))


def test_absent_waves_have_no_borders_and_no_interval():
    delineation = fake_delineation(("I",), absent=(Mark.P_ON, Mark.P_PEAK, Mark.P_OFF))
    texts = _texts(draw_beat_panel(draw_ecg(fake_record(leads=("I",))), delineation, unit="mV", words=[]))
    assert not any(text.startswith("P") for text in texts)
    assert "QRS 90" in texts


def test_a_high_beat_is_drawn_smaller_and_one_without_unit_says_so():
    delineation = fake_delineation(("I", "II"))
    beat = dataclasses.replace(delineation.representatives[0], signal=8 * delineation.representatives[0].signal)
    delineation = dataclasses.replace(delineation, representatives=(beat,))
    panel = draw_beat_panel(draw_ecg(fake_record()), delineation, unit="mV", words=[])
    assert any("2.5 mm/mV" in text for text in _texts(panel))
    record = fake_record(leads=("I", "II"), unit="arbitrary")
    panel = draw_beat_panel(draw_traces(record), delineation, unit="arbitrary", words=[])
    assert any("each lead scaled on its own" in text for text in _texts(panel))


def test_without_a_beat_it_says_so():
    delineation = dataclasses.replace(fake_delineation(("I",)), representatives=())
    panel = draw_beat_panel(draw_ecg(fake_record()), delineation, unit="mV", words=WORDS)
    assert "no beat found" in _texts(panel)
