"""Loss on the training and validation split over the epochs, one faint line per seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from einthoven.report.figures.theme import SERIES, new_axes, title_axes

__all__ = ["LOSSES", "learning_figure"]

LOSSES = {"train_loss": "training", "validation_loss": "validation"}


def learning_figure(title: str, histories: Sequence[Mapping[str, Sequence[float]]]) -> Figure:
    """Return a small panel.

    Parameters
    ----------
    title : str
    histories : sequence of mapping of column to values (epoch,)
        One per seed; needs ``epoch`` and the columns of ``LOSSES``.
    """
    figure, axes = new_axes(2.4, 2.0, box=(0.48, 0.40, 0.1, 0.26))
    title_axes(axes, title, pad=4)
    for history in histories:
        for i, name in enumerate(LOSSES):
            if name in history:
                axes.plot(history["epoch"], history[name], color=SERIES[i], linewidth=1.0, alpha=0.8)
    shown = [np.asarray(history[name]) for history in histories for name in LOSSES if name in history]
    if shown and np.isfinite(np.concatenate(shown)).any():
        axes.set_ylim(0, float(np.nanmax(np.concatenate(shown))) * 1.06)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.set_xlabel("Epoch", labelpad=1)
    axes.set_ylabel("Loss", labelpad=1)
    return figure
