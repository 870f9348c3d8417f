"""One picture of a pretraining over its steps: losses, what probes find, how embeddings spread, how fast it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from einthoven.drawing.svg import write_figure

__all__ = ["training_figure", "write_training_figure"]

# Okabe and Ito's palette, which colour-blind readers can tell apart; black and yellow are left out
_SERIES = ("#0072B2", "#D55E00", "#009E72", "#CC79A6", "#E69F00", "#56B4E8")
_DASHES = ("-", "--", "-.", ":")
_INK, _MUTED, _FAINT = "#1a1a1a", "#5a5b5c", "#e4e5e6"
_FONT_PT = 8.0
_MOST_TERMS = 8
# what a step tells besides terms of the loss
_NOT_TERMS = {
    "alarms",
    "epoch",
    "gradient_norm",
    "learning_rate",
    "memory_gb",
    "micro_batch_size",
    "samples",
    "samples_per_s",
    "seconds",
    "step",
    "tflop_per_s",
    "time_left_s",
    "utilisation",
}

Lines = Sequence[Mapping[str, str]]


def training_figure(history: Lines, probes: Lines, *, title: str) -> Figure:
    """Return a figure of four panels above one another's steps.

    Parameters
    ----------
    history, probes : sequence of mapping of column to cell
        As ``read_step_table`` returns them; either may be empty.
    title : str
    """
    figure = Figure(figsize=(7.2, 5.0))
    figure.text(0.01, 0.97, title, fontsize=_FONT_PT + 1, fontweight="bold", color=_INK, va="center", parse_math=False)
    axes: Any = figure.subplots(2, 2, sharex=True)
    figure.subplots_adjust(left=0.075, right=0.985, bottom=0.075, top=0.9, wspace=0.2, hspace=0.24)
    panels: list[tuple[Callable[[Axes, Lines], None], Lines]] = [
        (_losses, history),
        (_areas, probes),
        (_spread, probes),
        (_speed, history),
    ]
    for one, (draw, lines) in zip(axes.flat, panels, strict=True):
        _style(one)
        draw(one, lines)
    for one in axes[1]:
        one.set_xlabel("Step", labelpad=1)
    return figure


def write_training_figure(history: Lines, probes: Lines, *, folder: Path, title: str) -> None:
    """Write ``training.svg`` and ``training.png`` into the folder."""
    figure = training_figure(history, probes, title=title)
    for name in ("training.svg", "training.png"):
        write_figure(figure, folder / name)


def _losses(axes: Axes, lines: Lines) -> None:
    names = [name for name in (lines[0] if lines else {}) if name not in _NOT_TERMS]
    # a single objective's loss is the whole loss (times its weight)
    own = [name for name in names if name.endswith(".loss")]
    shown = [name for name in names if name == "loss" or (name in own and len(own) > 1)]
    if len(own) == 1:
        shown += [name for name in names if name.endswith("_loss")]
    drawn = [_curve(axes, lines, name, index, label=name) for index, name in enumerate(shown[:_MOST_TERMS])]
    values = np.concatenate([one for one in drawn if one.size] or [np.zeros(0)])
    if values.size and values.min() > 0 and values.max() > 30 * values.min():
        axes.set_yscale("log")
    _finish(axes, "Loss (mean since the line before)", len(shown))


def _areas(axes: Axes, lines: Lines) -> None:
    labels = next((line["labels"] for line in reversed(lines) if line.get("linear_auroc")), "")
    for index, (name, words) in enumerate({"linear_auroc": "linear probe", "neighbour_auroc": "20 neighbours"}.items()):
        _curve(axes, lines, name, index, label=words, marked=True)
    if labels:
        axes.set_ylim(top=min(1.0, axes.get_ylim()[1] + 0.02))
    counted = f", validation ({labels} label{'' if labels == '1' else 's'})" if labels else " (no labels)"
    _finish(axes, f"Macro AUROC{counted}", 2)


def _spread(axes: Axes, lines: Lines) -> None:
    found = _curve(axes, lines, "effective_rank", 0, label="effective rank", marked=True)
    if found.size:
        axes.set_ylim(0, 1.08 * float(found.max()))
    raised = [line for line in lines if line.get("alarms")]
    places = _numbers(raised, "step"), _numbers(raised, "effective_rank")
    if raised:
        axes.plot(*places, linestyle="none", marker="x", color=_SERIES[1], markersize=6, label="alarm")
    width = lines[-1]["width"] if lines else ""
    _finish(axes, f"Effective rank of the embeddings (of {width})" if width else "Effective rank", 2)


def _speed(axes: Axes, lines: Lines) -> None:
    rates = _curve(axes, lines, "samples_per_s", 0, label="windows/s")
    if rates.size:
        # the first lines hold what is done once (compiling, filling caches), and would flatten the rest
        axes.set_ylim(0, 1.1 * float(np.percentile(rates, 99)))
    shares = _numbers(lines, "utilisation")
    known = shares[np.isfinite(shares)]
    words = f", {np.median(known):.1%} of the matrix rate" if known.size else ""
    _finish(axes, f"Windows/s{words}", 1)


def _curve(axes: Axes, lines: Lines, name: str, index: int, *, label: str, marked: bool = False) -> NDArray[np.float64]:
    """Draw a column and return its finite values."""
    steps, values = _numbers(lines, "step"), _numbers(lines, name)
    known = np.isfinite(values)
    if known.any():
        axes.plot(
            steps[known],
            values[known],
            color=_SERIES[index % len(_SERIES)],
            linestyle=_DASHES[index % len(_DASHES)],
            linewidth=1.2,
            marker="os"[index % 2] if marked else None,
            markersize=2.8,
            label=label,
        )
    return values[known]


def _numbers(lines: Lines, name: str) -> NDArray[np.float64]:
    return np.array([float(line.get(name) or "nan") for line in lines], dtype=np.float64)


def _style(axes: Axes) -> None:
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_MUTED)
        spine.set_linewidth(0.6)
    axes.tick_params(colors=_MUTED, labelcolor=_MUTED, labelsize=_FONT_PT - 0.5, length=2.5, width=0.6, pad=2)
    axes.xaxis.label.set(color=_INK, fontsize=_FONT_PT)
    axes.grid(visible=True, axis="y", color=_FAINT, linewidth=0.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _finish(axes: Axes, title: str, n_curves: int) -> None:
    axes.set_title(title, fontsize=_FONT_PT, color=_INK, loc="left", pad=4, parse_math=False)
    if not axes.lines:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", color=_MUTED, fontsize=_FONT_PT)
        axes.set_yticks([])
    elif n_curves > 1 and len(axes.lines) > 1:
        axes.legend(frameon=False, fontsize=_FONT_PT - 1, labelcolor=_INK, handlelength=2.2, borderpad=0.1)
