"""The ECG that ``einthoven measure`` draws into files: waves shaded, the representative beat and the numbers below."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from einthoven.cli.measure_card import shown_value
from einthoven.errors import SpecificationError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from einthoven.ecg.measurement_values import Measurements
    from einthoven.ecg.measurements import MeasuredWaves
    from einthoven.ecg.record import Record

__all__ = ["draw_into", "panel_words"]

_WORDS = {
    "ventricular rate": "heart_rate_bpm",
    "RR, SD": "rr_ms",
    "P": "p_ms",
    "PR": "pr_ms",
    "QRS": "qrs_ms",
    "QT": "qt_ms",
    "QTc Bazett": "qtc_bazett_ms",
    "QTc Fridericia": "qtc_fridericia_ms",
    "P axis": "p_axis_deg",
    "QRS axis": "qrs_axis_deg",
    "T axis": "t_axis_deg",
    "QRS-T angle": "qrs_t_angle_deg",
    "Sokolow-Lyon": "sokolow_lyon_mv",
    "Cornell": "cornell_mv",
    "Cornell product": "cornell_product_mv_ms",
    "P terminal force": "p_terminal_force_mv_ms",
    "premature, wide": "n_premature_wide",
    "premature, narrow": "n_premature_narrow",
    "AF score": "af_score",
    "LBBB, RBBB": "lbbb_score",
}
_SECOND = {"rr_ms": "rr_sd_ms", "lbbb_score": "rbbb_score"}


def draw_into(targets: list[Path], record: Record, waves: MeasuredWaves) -> list[str]:
    """Draw one ECG into each file; return for each a line that names it.

    Raises
    ------
    SpecificationError
        When matplotlib isn't installed.
    """
    try:
        from einthoven.drawing.svg import write_figure

        figure = _figure(record, waves)
    except ModuleNotFoundError as error:
        raise SpecificationError(
            f"drawings need {error.name}, which isn't installed: pip install 'einthoven[report]'"
        ) from error
    return [f"drawn into {write_figure(figure, target)}" for target in targets]


def panel_words(measurements: Measurements) -> list[tuple[str, str]]:
    """Return name and value of what stands beside the representative beat; absent ones say why, doubtful ones ask."""
    from einthoven.drawing.beat_panel import ABSENT
    from einthoven.ecg.measurement_reasons import Validity

    words, doubtful = [], False
    for label, name in _WORDS.items():
        shown = [measurements[name], *([measurements[_SECOND[name]]] if name in _SECOND else [])]
        values = [shown_value(one) for one in shown if one.value is not None]
        doubt = any(one.validity == Validity.DOUBTFUL for one in shown)
        doubtful |= doubt
        text = f"{', '.join(values)}{' ?' if doubt else ''}" if values else f"{ABSENT} {shown[0].reason}"
        words.append((label, text))
    return [*words, ("?", "doubtful: the card says why")] if doubtful else words


def _figure(record: Record, waves: MeasuredWaves) -> Figure:
    from einthoven.drawing.beat_panel import draw_beat_panel
    from einthoven.drawing.ecg_paper import draw_ecg
    from einthoven.drawing.traces import draw_traces
    from einthoven.ecg.overlay import beats_overlay

    overlay = beats_overlay(record, waves.delineation)
    # the machine's own numbers would stand above ours and look like them
    bare = dataclasses.replace(record, measurements={})
    figure = draw_ecg(bare, overlay=overlay) if record.unit == "mV" else draw_traces(bare, overlay=overlay)
    draw_beat_panel(figure, waves.delineation, unit=record.unit, words=panel_words(waves.measurements))
    return figure
