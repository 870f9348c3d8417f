"""Age histogram."""

from __future__ import annotations

import numpy as np

from einthoven.report.figures.age import age_figure


def test_every_patient_of_known_age_is_counted():
    axes = age_figure({"Women": np.array([61.0, 62, 90, np.nan]), "Men": np.array([18.0, 100])}).axes[0]
    outlines = [patch.get_data().values.sum() for patch in axes.patches if not patch.get_fill()]
    assert outlines == [3, 2]


def test_without_any_age_the_axes_are_empty():
    assert not age_figure({"Women": np.array([np.nan])}).axes[0].patches
