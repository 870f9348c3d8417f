"""Age of the patients by sex, as two outlines."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from einthoven.report.figures.theme import SERIES, legend_above, new_axes

__all__ = ["age_figure"]

BIN_YEARS = 5


def age_figure(ages: Mapping[str, NDArray[np.float64]]) -> Figure:
    """Return a histogram in steps of five years.

    Parameters
    ----------
    ages : mapping of name to float64 (patient,), years
        One outline each; NaN is left out.
    """
    figure, axes = new_axes(3.4, 2.3, box=(0.48, 0.42, 0.1, 0.3))
    known = {name: values[np.isfinite(values)] for name, values in ages.items()}
    known = {name: values for name, values in known.items() if values.size}
    oldest = max((float(values.max()) for values in known.values()), default=100.0)
    edges = np.arange(0, BIN_YEARS * (np.floor(oldest / BIN_YEARS) + 2), BIN_YEARS)
    for i, (name, values) in enumerate(known.items()):
        counts, _ = np.histogram(values, bins=edges)
        colour = SERIES[i % len(SERIES)]
        axes.stairs(counts, edges, fill=True, color=colour, alpha=0.16, linewidth=0)
        axes.stairs(counts, edges, color=colour, linewidth=1.2)
        axes.plot([], [], color=colour, linewidth=1.6, label=f"{name} ({values.size:,})")
    if known:
        legend_above(axes, columnspacing=0.9, handlelength=1.0)
    axes.set_ylim(bottom=0)
    axes.set_xlim(0, edges[-1])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.set_xlabel("Age, years", labelpad=2)
    axes.set_ylabel("Patients", labelpad=2)
    return figure
