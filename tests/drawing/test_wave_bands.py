"""Bands lie where the overlay says, as high as the trace in them, and say what they are."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from einthoven.drawing.ecg_paper import draw_ecg
from einthoven.drawing.traces import draw_traces
from einthoven.drawing.wave_bands import Box, band_boxes, checked_overlay, draw_boxes, draw_legend
from einthoven.ecg.overlay import Overlay, Wave, beats_overlay
from einthoven.errors import SignalError, SpecificationError
from fakes.delineations import fake_delineation
from fakes.ecg_records import fake_record


def _overlay(record, *, kind="beats", dtype=np.int8, fill=0):
    return Overlay(
        np.full(record.signal.shape, fill, dtype), record.leads, record.sampling_rate_hz, record.record_id, kind
    )


def test_a_box_spans_its_run_and_the_height_of_the_trace_in_it():
    values = np.array([0, 1, 1, 1, 0, 3, 3], np.int8)
    x = np.arange(7.0)
    boxes = band_boxes(values, x, trace_x=x, trace_y=np.array([9.0, 0, 2, 1, 9, -1, -1]), margin=0.5)
    assert boxes == [Box(Wave.P, 1.0, 3.0, -0.5, 2.5), Box(Wave.T, 5.0, 6.0, -1.5, -0.5)]


def test_the_height_between_points_of_a_simplified_trace_is_interpolated():
    values = np.array([0, 2, 2, 0], np.int8)
    ends = np.array([0.0, 3.0])
    (box,) = band_boxes(values, np.arange(4.0), trace_x=ends, trace_y=ends, margin=0.0)
    assert (box.bottom, box.top) == (1.0, 2.0)


def test_where_the_trace_has_a_gap_nothing_is_shaded():
    nothing = np.full(3, np.nan)
    assert band_boxes(np.ones(3, np.int8), np.arange(3.0), trace_x=np.arange(3.0), trace_y=nothing, margin=1.0) == []


def test_waves_that_touch_are_two_boxes_and_an_empty_lead_none():
    x = np.arange(4.0)
    assert len(band_boxes(np.array([1, 1, 2, 2], np.int8), x, trace_x=x, trace_y=x, margin=0.0)) == 2
    assert band_boxes(np.zeros(4, np.int8), x, trace_x=x, trace_y=x, margin=0.0) == []


def test_each_colour_is_one_shape_whatever_the_number_of_waves():
    axes = Figure().add_axes((0, 0, 1, 1))
    draw_boxes(axes, [Box(1, 0, 1, 0, 1), Box(3, 2, 3, 0, 1), Box(1, 4, 5, 0, 1)], kind="beats")
    assert sorted(len(patch.get_path().vertices) for patch in axes.patches) == [5, 10]


def test_the_legend_names_the_waves_in_order_or_the_mask():
    record = fake_record()
    for overlay, names in (
        (_overlay(record), ["P", "QRS", "T"]),
        (_overlay(record, kind="mask", dtype=bool), ["mask"]),
    ):
        axes = Figure().add_axes((0, 0, 1, 1))
        draw_legend(axes, overlay, right=100.0, middle=1.0, letter=2.0, square=(2.0, 2.0))
        texts = sorted(axes.texts, key=lambda text: text.get_position()[0])
        assert [text.get_text() for text in texts] == names


def test_an_attribution_and_the_overlay_of_another_record_are_refused():
    record = fake_record()
    with pytest.raises(SpecificationError, match="got attribution"):
        checked_overlay(_overlay(record, kind="attribution", dtype=np.float32), record)
    with pytest.raises(SignalError, match="the overlay of"):
        draw_ecg(fake_record(seconds=5.0), overlay=_overlay(record))
    with pytest.raises(SignalError, match="the overlay of"):
        draw_traces(fake_record(seconds=5.0), overlay=_overlay(record))


@pytest.mark.parametrize("draw", [draw_ecg, draw_traces])
def test_waves_stand_behind_the_traces_of_paper_and_of_plain_drawings(draw):
    record = fake_record()
    overlay = beats_overlay(record, fake_delineation(record.leads, beats_s=(0.4, 1.25, 2.1, 8.0)))
    plain, shaded = draw(record), draw(record, overlay=overlay)
    (axes,) = shaded.axes
    assert len(axes.patches) == len(plain.axes[0].patches) + 6  # three colours, and three squares of the legend
    assert {"P", "QRS", "T"} <= {text.get_text() for text in axes.texts}
    bands = [patch for patch in axes.patches if patch.get_alpha() and patch.get_alpha() != 0.5]
    assert all(patch.get_zorder() < min(line.get_zorder() for line in axes.lines) for patch in bands)


def test_bands_of_a_later_part_are_those_of_that_part():
    record = fake_record(seconds=30.0)
    overlay = beats_overlay(record, fake_delineation(record.leads, beats_s=(1.0,)))
    later = draw_ecg(record, overlay=overlay, start_s=15.0)
    assert len(later.axes[0].patches) == len(draw_ecg(record, start_s=15.0).axes[0].patches) + 3
