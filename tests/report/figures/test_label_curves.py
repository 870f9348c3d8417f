from __future__ import annotations

import io

import numpy as np
import pytest

from einthoven.evaluation.estimate import Curve
from einthoven.report.figures.label_curves import LabelCurve, label_curves_figure
from einthoven.report.figures.theme import SERIES

SIZES = np.array([64.0, 128.0, 256.0, 512.0])
NAMES = ("labelled ECGs", "macro AUROC")


def arm(name, start, *, colour, reference=False):
    """Return a rising curve with a band of 0.02."""
    y = start + 0.03 * np.arange(4)
    return LabelCurve(name, Curve(SIZES, y, NAMES, y - 0.02, y + 0.02), colour, reference)


@pytest.fixture
def figure():
    """Return a picture of three arms, two of which end at the same area."""
    arms = [arm("scratch", 0.7, colour=0, reference=True), arm("cpc", 0.75, colour=1), arm("twin", 0.75, colour=2)]
    return label_curves_figure("Five superclasses", arms)


def test_sizes_are_the_ticks_of_a_logarithmic_axis(figure):
    """Each number of labels that was tried is named, and nothing else."""
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["64", "128", "256", "512"]
    assert axes.get_xlabel() == "Labelled ECGs"
    assert axes.get_ylabel() == "Macro AUROC"


def test_every_arm_has_its_line_its_mark_and_its_name(figure):
    """Colours of the theme, marks that differ, and names that don't lie upon each other."""
    axes = figure.axes[0]
    lines = [line for line in axes.lines if len(line.get_xdata()) == 4]
    assert [line.get_color() for line in lines] == list(SERIES[:3])
    assert len({line.get_marker() for line in lines}) == 3
    assert [line.get_linestyle() for line in lines] == ["--", "-", "-"]
    heights = {text.get_text(): text.get_position()[1] for text in axes.texts}
    assert set(heights) == {"scratch", "cpc", "twin"}
    assert abs(heights["cpc"] - heights["twin"]) > 0.05
    assert all(line.get_ydata() == pytest.approx(0.7 + 0.05 * (at > 0) + 0.03 * np.arange(4))
               for at, line in enumerate(lines))  # fmt: skip


def test_bands_reach_from_low_to_high(figure):
    """Each arm's interval is drawn around it."""
    areas = [path.vertices[:, 1] for band in figure.axes[0].collections[::2] for path in band.get_paths()]
    assert min(area.min() for area in areas) == pytest.approx(0.68)
    assert max(area.max() for area in areas) == pytest.approx(0.86)


def test_a_curve_without_interval_and_of_one_size_is_drawn():
    """The picture needs neither."""
    drawn = label_curves_figure("one", [LabelCurve("$x$", Curve(SIZES[:1], np.array([0.8]), NAMES), 0)])
    drawn.savefig(io.BytesIO(), format="png")
    assert [text.get_text() for text in drawn.axes[0].texts] == ["$x$"]
