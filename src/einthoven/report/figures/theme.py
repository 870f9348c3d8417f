"""Colours, sizes and axes that all figures share.

Figures are drawn in placeholder colours that ``panel`` replaces by the page's custom properties, so one drawing follows
the page from light to dark to print. Series: Okabe and Ito's palette, which colour-blind readers can tell apart.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from einthoven.drawing.svg import to_svg
from einthoven.report.blocks import Panel

__all__ = [
    "FAINT",
    "INK",
    "MUTED",
    "RULE",
    "SERIES",
    "SURFACE",
    "legend_above",
    "new_axes",
    "panel",
    "style_axes",
    "title_axes",
]

INK, MUTED, RULE, FAINT, SURFACE = "#101112", "#5a5b5c", "#bcbdbe", "#e4e5e6", "#fefdfd"
SERIES = ("#0072b1", "#d55e01", "#009e72", "#cc79a6", "#e69f01", "#56b4e8")
COLOURS = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    FAINT: "var(--faint)",
    SURFACE: "var(--surface)",
} | {colour: f"var(--series-{i})" for i, colour in enumerate(SERIES, start=1)}
FONT_PT = 8.0


def new_axes(width_in: float, height_in: float, *, box: tuple[float, float, float, float]) -> tuple[Figure, Axes]:
    """Return a transparent figure with axes; ``box`` is their distance from left, bottom, right and top in inches."""
    figure = Figure(figsize=(width_in, height_in))
    figure.patch.set_visible(False)
    left, bottom, right, top = box
    axes = figure.add_axes(
        (left / width_in, bottom / height_in, 1 - (left + right) / width_in, 1 - (bottom + top) / height_in)
    )
    style_axes(axes)
    return figure, axes


def style_axes(axes: Axes) -> None:
    """Two thin axes, small ticks outwards, no box."""
    axes.patch.set_visible(False)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(MUTED)
        spine.set_linewidth(0.6)
    axes.tick_params(colors=MUTED, labelcolor=MUTED, labelsize=FONT_PT - 0.5, length=2.5, width=0.6, pad=2)
    axes.xaxis.label.set(color=INK, fontsize=FONT_PT)
    axes.yaxis.label.set(color=INK, fontsize=FONT_PT)


def legend_above(axes: Axes, **spacing: float) -> None:
    """Put all entries in one row over the axes, from the figure's left edge on, because labels of an axis need room."""
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(0.0, 1.0),
        bbox_transform=axes.figure.transFigure,
        ncols=len(axes.get_legend_handles_labels()[0]),
        frameon=False,
        fontsize=FONT_PT - 0.5,
        labelcolor=INK,
        borderpad=0.0,
        borderaxespad=0.2,
        **spacing,
    )


def title_axes(axes: Axes, title: str, *, pad: float) -> None:
    """Write a bold title to the left; a dollar sign in a label's name is a dollar sign."""
    axes.set_title(title, fontsize=FONT_PT + 0.5, fontweight="bold", color=INK, loc="left", pad=pad, parse_math=False)


def panel(figure: Figure, *, key: str, alt: str, caption: str = "") -> Panel:
    """Return the figure as a panel that takes its colours and its font from the page."""
    return Panel(to_svg(figure, prefix=key, title=alt, colours=COLOURS, font=""), alt, caption)
