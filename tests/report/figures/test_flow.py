"""The flow chart says every box in words."""

from __future__ import annotations

import pytest

from einthoven.cohort.flow import FlowStep
from einthoven.report.figures.flow import flow_figure

STEPS = [
    FlowStep("ECGs in the table", 21799, 18869),
    FlowStep("a very long reason for leaving out some ECGs that has to be wrapped", 12, 7, excluded=True),
    FlowStep("analysed", 21787, 18862),
]


def _texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def test_counts_and_labels_are_written():
    words = " ".join(_texts(flow_figure(STEPS, parts=[FlowStep("train", 17000, 15000), FlowStep("test", 1, 1)])))
    for part in ("ECGs in the table", "21\u202f799 ECGs, 18\u202f869 patients", "12 ECGs, 7 patients", "1 patient"):
        assert part in words


@pytest.mark.parametrize("parts", [0, 1, 4])
def test_texts_stay_inside_the_drawing(parts):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = flow_figure(STEPS, parts=[FlowStep("validation", 17418, 15110)] * parts)
    FigureCanvasAgg(figure).draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text()]
    assert max(box.x1 for box in boxes) <= figure.bbox.x1
    assert min(box.y0 for box in boxes) >= 0


def test_no_arrow_leads_from_one_source_to_the_next():
    chain = [FlowStep("ECGs in the table", 9, 9, source=source) for source in ("A", "A", "B")]
    arrows = [text for text in flow_figure(chain).axes[0].texts if not text.get_text()]
    assert len(arrows) == 1
