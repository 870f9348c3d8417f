"""ECG paper keeps its promise: true size, true scale, leads named, gaps shown."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.drawing.ecg_paper import draw_ecg
from einthoven.drawing.svg import to_svg
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from einthoven.errors import UnitError
from fakes.ecg_records import fake_record


def _texts(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def _lines(figure) -> list[np.ndarray]:
    return [line.get_xydata() for line in figure.axes[0].lines]


@pytest.mark.parametrize("layout", ["3x4", "12x1"])
def test_one_unit_of_the_drawing_is_one_millimetre_on_paper(layout):
    figure = draw_ecg(fake_record(), layout=layout)
    axes = figure.axes[0]
    assert np.allclose(figure.get_size_inches() * 25.4, [np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())])


def test_a_millivolt_is_ten_millimetres_and_a_second_twenty_five():
    signal = np.zeros((12, 5000), np.float32)
    signal[1, 250:1000] = 1.0  # lead II, 0.5 s to 2 s
    lines = _lines(draw_ecg(Record(signal, STANDARD_LEADS, 500.0, "step")))
    step = next(line for line in lines if np.ptp(line[:, 1]) == pytest.approx(10.0) and np.ptp(line[:, 0]) > 60)
    high = step[step[:, 1] > step[:, 1].min() + 9.9]
    assert high[:, 0].min() == pytest.approx(10 + 0.5 * 25, abs=0.06)
    assert high[:, 0].max() == pytest.approx(10 + 2.0 * 25, abs=0.06)


def test_all_leads_and_the_scale_are_named():
    texts = _texts(draw_ecg(fake_record(), title="A patient", filter_name="0.67-40 Hz"))
    assert set(STANDARD_LEADS) <= set(texts)
    assert "A patient" in texts
    assert "25 mm/s · 10 mm/mV · filter: 0.67-40 Hz · 250 Hz" in texts


def test_missing_leads_are_named_as_missing():
    texts = _texts(draw_ecg(fake_record(leads=("I", "II"))))
    assert "V1 not recorded" in texts


def test_a_lead_of_nan_and_a_gap_are_drawn_without_inventing_samples():
    signal = fake_record().signal.copy()
    signal[0] = np.nan
    signal[1, 250:300] = np.nan
    figure = draw_ecg(Record(signal, STANDARD_LEADS, 250.0, "gaps"))
    assert "I not recorded" in _texts(figure)
    assert any(np.isnan(line).any() for line in _lines(figure))
    assert to_svg(figure, prefix="x")


def test_a_long_record_shows_ten_seconds_from_the_start_asked_for():
    figure = draw_ecg(fake_record(seconds=60), start_s=20)
    assert any("20 to 30 s of 60 s" in text for text in _texts(figure))
    assert max(np.nanmax(line[:, 0]) for line in _lines(figure)) <= 260.1


def test_a_short_record_is_drawn_as_far_as_it_goes():
    figure = draw_ecg(fake_record(seconds=4), layout="12x1")
    assert max(np.nanmax(line[:, 0]) for line in _lines(figure)) == pytest.approx(110, abs=0.2)


def test_arbitrary_units_are_refused_with_the_remedy():
    with pytest.raises(UnitError, match="draw_traces"):
        draw_ecg(fake_record(unit="arbitrary"))


@pytest.mark.parametrize("layout", ["3x4", "12x1"])
def test_real_ecgs_stay_below_150_kb(real_data, layout):
    import wfdb

    read = wfdb.rdrecord(str(real_data / "ptb_xl" / "records500" / "00000" / "00386_hr"))  # the noisiest of a hundred
    record = Record(read.p_signal.T.astype(np.float32), STANDARD_LEADS, 500.0, "386")
    svg = to_svg(draw_ecg(record, layout=layout), prefix="x")
    assert len(svg) < 150_000
    assert "<image" not in svg
