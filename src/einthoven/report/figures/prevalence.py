"""Share of positive ECGs per label, one mark per split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from einthoven.report.figures.theme import FAINT, FONT_PT, INK, SERIES, legend_above, new_axes

__all__ = ["prevalence_figure"]

MARKERS = ("o", "s", "D", "^")
ROW_IN = 0.19
LABEL_CHARACTERS = 24


def prevalence_figure(labels: Sequence[str], shares: Mapping[str, Sequence[float]]) -> Figure:
    """Return a dot plot, labels from top to bottom.

    Parameters
    ----------
    labels : sequence of str
    shares : mapping of split to shares in [0, 1], one per label
        NaN (nothing known) leaves no mark.
    """
    height = max(2.3, ROW_IN * len(labels) + 0.75)
    longest = max((min(len(label), LABEL_CHARACTERS) for label in labels), default=4)
    figure, axes = new_axes(3.4, height, box=(0.25 + 0.068 * longest, 0.42, 0.12, 0.3))
    rows = range(len(labels))
    highest = max((share for values in shares.values() for share in values if share == share), default=1.0)  # noqa: PLR0124 - NaN
    axes.hlines(rows, -3 * highest, 108 * highest, color=FAINT, linewidth=0.6, zorder=0)
    for i, (split, values) in enumerate(shares.items()):
        axes.plot(
            [100 * v for v in values], rows, linestyle="none", marker=MARKERS[i % len(MARKERS)], markersize=4.2,
            markerfacecolor="none", markeredgecolor=SERIES[i % len(SERIES)], markeredgewidth=1.1, clip_on=False,
            label=split,
        )  # fmt: skip
    axes.set(xlim=(-3 * highest, 108 * highest), ylim=(len(labels) - 0.4, -0.6))
    axes.set_yticks(list(rows), [_short(label) for label in labels], parse_math=False)
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=FONT_PT)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Positive, % of ECGs with a known label", labelpad=2)
    legend_above(axes, columnspacing=0.9, handletextpad=0.1)
    return figure


def _short(label: str) -> str:
    return label if len(label) <= LABEL_CHARACTERS else label[: LABEL_CHARACTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
