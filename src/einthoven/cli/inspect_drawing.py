"""The ECG that ``einthoven inspect`` draws into files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from einthoven.errors import SignalError, SpecificationError, UnitError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from einthoven.ecg.overlay import Overlay
    from einthoven.ecg.record import Record

__all__ = ["PaperOptions", "checked_targets", "draw_into"]

MM_PER_INCH = 25.4
SHEETS_MM = {"A4": (297, 210), "A3": (420, 297)}  # ISO 216


class PaperLayout(StrEnum):
    """Where leads stand."""

    COLUMNS = "3x4"
    ROWS = "12x1"


class PaperSpeed(StrEnum):
    """Millimetres per second."""

    STANDARD = "25"
    DOUBLE = "50"


class PaperGain(StrEnum):
    """Millimetres per millivolt."""

    HALF = "5"
    STANDARD = "10"
    DOUBLE = "20"


@dataclass(frozen=True, slots=True)
class PaperOptions:
    """What was asked of the drawing; None where nothing was."""

    layout: PaperLayout | None = None
    speed: PaperSpeed | None = None
    gain: PaperGain | None = None
    start_s: float = 0.0
    waves: bool = False


def checked_targets(**targets: Path | None) -> list[Path]:
    """Return the files to draw into, each under the option of its own ending.

    Raises
    ------
    SpecificationError
        For a file whose ending says something else.
    """
    for ending, path in targets.items():
        if path is not None and path.suffix.lower() != f".{ending}":
            raise SpecificationError(f"--{ending} draws into a file that ends in .{ending}, got {path}")
    return [path for path in targets.values() if path is not None]


def draw_into(targets: list[Path], record: Record, options: PaperOptions) -> list[str]:
    """Draw one ECG into each file; return for each a line that names it and says how large it prints.

    Raises
    ------
    SpecificationError
        When matplotlib isn't installed.
    UnitError
        When paper is asked for and the record has no millivolts.
    """
    try:
        from einthoven.drawing.svg import write_figure

        figure = _figure(record, options)
    except ModuleNotFoundError as error:
        raise SpecificationError(
            f"drawings need {error.name}, which isn't installed: pip install 'einthoven[report]'"
        ) from error
    size = _size(figure) + (", true to scale when printed at 100 %" if record.unit == "mV" else "")
    return [f"drawn into {write_figure(figure, target)} ({size})" for target in targets]


def _size(figure: Figure) -> str:
    """Return the size in millimetres and the least sheet of paper that holds it."""
    width, height = (round(MM_PER_INCH * side) for side in figure.get_size_inches())
    long, short = max(width, height), min(width, height)
    sheet = next((name for name, sides in SHEETS_MM.items() if long <= sides[0] and short <= sides[1]), None)
    return f"{width} x {height} mm, {f'fits {sheet}' if sheet else 'larger than A3'}"


def _figure(record: Record, options: PaperOptions) -> Figure:
    from einthoven.drawing.ecg_paper import draw_ecg
    from einthoven.drawing.traces import draw_traces

    if options.start_s >= record.duration_s:
        raise SignalError(
            f"--start must lie within the recording, {record.duration_s:g} s of {record.record_id}, got "
            f"{options.start_s:g}"
        )
    overlay = _waves(record) if options.waves else None
    if record.unit == "mV":
        speed = options.speed or PaperSpeed.STANDARD
        # four columns of 2.5 s are half a metre at 50 mm/s; rows still fit a page
        usual = PaperLayout.ROWS if speed == PaperSpeed.DOUBLE else PaperLayout.COLUMNS
        return draw_ecg(
            record,
            layout=(options.layout or usual).value,
            speed_mm_s=float(speed),
            gain_mm_mv=float(options.gain or PaperGain.STANDARD),
            start_s=options.start_s,
            overlay=overlay,
        )
    if (options.layout, options.speed, options.gain) != (None, None, None):
        raise UnitError(
            f"--paper, --speed and --gain need millivolts, record {record.record_id} is in arbitrary units: "
            "leave them out, or declare the unit"
        )
    return draw_traces(record, start_s=options.start_s, overlay=overlay)


def _waves(record: Record) -> Overlay:
    from einthoven.ecg.measurements import measured_waves
    from einthoven.ecg.overlay import beats_overlay

    return beats_overlay(record, measured_waves(record).delineation)
