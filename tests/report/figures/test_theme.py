"""Figures follow the page's colours and font."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from einthoven.cohort.cohort import SPLITS
from einthoven.report.figures.age import age_figure
from einthoven.report.figures.prevalence import prevalence_figure
from einthoven.report.figures.theme import COLOURS, INK, SERIES, new_axes, panel, title_axes


def test_no_placeholder_colour_and_no_font_is_left_in_a_panel():
    figure, axes = new_axes(2, 2, box=(0.3, 0.3, 0.1, 0.1))
    for colour in (INK, *SERIES):
        axes.plot([0, 1], [0, 1], color=colour)
    drawn = panel(figure, key="k", alt="a line")
    assert not [colour for colour in COLOURS if colour in drawn.svg]
    assert "var(--series-6)" in drawn.svg
    assert "font-family" not in drawn.svg
    assert (drawn.alt, 'aria-label="a line"' in drawn.svg) == ("a line", True)


def test_names_are_written_as_they_are():
    figure, axes = new_axes(2, 2, box=(0.3, 0.3, 0.1, 0.1))
    title_axes(axes, "QT$_c$ <script> & more", pad=4)
    assert "QT$_c$ &lt;script> &amp; more" in panel(figure, key="k", alt="x").svg.replace("&gt;", ">")


@pytest.mark.parametrize(
    "figure",
    [
        age_figure({name: np.full(1_000, 50.0) for name in ("Women", "Men", "Unknown")}),
        prevalence_figure(["left_bundle_branch_block"], {split: [0.1] for split in SPLITS}),
    ],
)
def test_a_legend_is_never_cut_off(figure):
    """Whatever room the labels of the axes take."""
    FigureCanvasAgg(figure).draw()
    legend, page = figure.axes[0].get_legend().get_window_extent(), figure.bbox
    assert page.x0 <= legend.x0
    assert legend.x1 <= page.x1
    assert legend.y1 <= page.y1
