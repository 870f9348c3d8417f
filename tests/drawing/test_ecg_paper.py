"""ECG paper keeps its promise: true size, true scale, leads named, gaps shown."""

from __future__ import annotations

import dataclasses
import io
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from einthoven.drawing.ecg_paper import draw_ecg
from einthoven.drawing.svg import to_svg, write_figure
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


def _step_record() -> Record:
    """Lead I: 1 mV from 2 s to 5 s."""
    signal = np.zeros((1, 5000), np.float32)
    signal[0, 1000:2501] = 1.0
    return Record(signal, ("I",), 500.0, "step")


def _points_of(path: str) -> np.ndarray:
    """Return the corners of a path of relative steps, in points."""
    here, corners = np.zeros(2), []
    for letter, numbers in re.findall(r"([Mmlhvz])([^Mmlhvz]*)", path):
        values = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        steps = {"h": [(x, 0.0) for x in values], "v": [(0.0, y) for y in values]}.get(letter)
        for step in steps if steps is not None else zip(values[::2], values[1::2], strict=True):
            here = np.array(step) if letter == "M" else here + step
            corners.append(here)
    return np.array(corners)


@pytest.mark.parametrize(("speed", "gain"), [(25, 10), (50, 20), (25, 5)])
def test_svg_measures_right_in_millimetres(speed, gain):
    root = ET.fromstring(to_svg(draw_ecg(_step_record(), speed_mm_s=speed, gain_mm_mv=gain), prefix="x"))
    box = [float(number) for number in root.get("viewBox").split()]
    mm_per_unit = np.array([float(root.get(side).removesuffix("mm")) for side in ("width", "height")]) / box[2:]
    paths = [_points_of(path.get("d")) * mm_per_unit for path in root.iter("{http://www.w3.org/2000/svg}path")]
    trace = next(corners for corners in paths if np.ptp(corners[:, 0]) == pytest.approx(249.95, abs=0.1))
    top = trace[trace[:, 1] < trace[:, 1].min() + 0.1]
    assert np.ptp(trace[:, 1]) == pytest.approx(gain, abs=0.01)
    assert np.ptp(top[:, 0]) == pytest.approx(3 * speed, abs=0.06)


@pytest.mark.parametrize(("speed", "gain"), [(25, 10), (50, 20), (25, 5)])
def test_png_measures_right_in_pixels(speed, gain, tmp_path):
    from PIL import Image

    path = write_figure(draw_ecg(_step_record(), speed_mm_s=speed, gain_mm_mv=gain), tmp_path / "ecg.png")
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.info["dpi"] == pytest.approx((254, 254), abs=1e-3)
        dark = np.asarray(image.convert("L")) < 80
    traces_only = dark[125:-80]  # below the header, above the footer
    pulse = traces_only[:, 55:100]
    step = traces_only[:, 400:]
    assert np.ptp(np.flatnonzero(pulse.any(axis=1))) == pytest.approx(gain * 10, abs=4)  # less a pen of 0.28 mm
    high = np.flatnonzero(step[: np.flatnonzero(step.any(axis=1))[0] + 6].any(axis=0))
    assert np.ptp(high) == pytest.approx(30 * speed, abs=6)


def test_pdf_measures_right_in_points(tmp_path):
    figure = draw_ecg(_step_record())
    content = write_figure(figure, tmp_path / "ecg.pdf").read_bytes()
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", content)
    width_mm, height_mm = (float(side) / 72 * 25.4 for side in box.groups())
    assert (width_mm, height_mm) == pytest.approx((275.0, 40.0), abs=1e-6)


def test_all_leads_and_the_scale_are_named():
    texts = _texts(draw_ecg(fake_record(), title="A patient", filter_name="0.67-40 Hz"))
    assert set(STANDARD_LEADS) <= set(texts)
    assert "A patient" in texts
    assert "25 mm/s · 10 mm/mV · filter: 0.67-40 Hz · filters of the device: not stated · 250 Hz" in texts


def test_a_lead_that_lacks_among_its_neighbours_is_named():
    texts = _texts(draw_ecg(fake_record(leads=("I", "II", "V1", "V2", "V3", "V4", "V5"))))
    assert {"III not recorded", "V6 not recorded"} <= set(texts)
    assert "aVR not recorded" not in texts


def test_a_single_lead_fills_the_width_without_empty_places():
    figure = draw_ecg(fake_record(leads=("I",)))
    assert not any("not recorded" in text for text in _texts(figure))
    assert figure.get_size_inches()[1] * 25.4 < 50


def test_a_short_record_shows_every_lead_and_says_how():
    figure = draw_ecg(fake_record(seconds=1.5))
    assert any("all columns start at the same time" in text for text in _texts(figure))
    assert sum(np.ptp(line[:, 0]) == pytest.approx(1.5 * 25, abs=0.2) for line in _lines(figure)) == 13


def test_a_trace_that_was_cut_is_named():
    record = fake_record()
    signal = record.signal * np.where(np.array(STANDARD_LEADS) == "V2", np.float32(20), np.float32(1))[:, None]
    texts = _texts(draw_ecg(dataclasses.replace(record, signal=signal)))
    assert any(text.endswith("cut at 8 mV from the baseline: V2") for text in texts)


@pytest.mark.parametrize("speed_mm_s", [25, 50])
@pytest.mark.parametrize("gain_mm_mv", [5, 10, 20])
def test_the_calibration_pulse_is_a_millivolt_for_a_fifth_of_a_second(speed_mm_s, gain_mm_mv):
    pulse = _lines(draw_ecg(fake_record(), speed_mm_s=speed_mm_s, gain_mm_mv=gain_mm_mv))[0]
    assert np.ptp(pulse[:, 1]) == gain_mm_mv
    assert np.ptp(pulse[pulse[:, 1] == pulse[:, 1].max(), 0]) == pytest.approx(0.2 * speed_mm_s)


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
