"""What is written around an ECG on paper: whose it is and when, what the machine measured, how it is drawn."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np

from einthoven.drawing.paper_layout import Paper
from einthoven.drawing.printable import printable, shortened
from einthoven.ecg.record import Record

__all__ = ["footer_lines", "measured_words", "subtitle_words"]

SEXES = {"F": "female", "M": "male", "U": ""}
FOOTER_LETTER_MM = 1.4  # of its 7.5 pt letters, with room to spare


def subtitle_words(record: Record) -> str:
    """Return age, sex, time and device, as far as they are known."""
    age = f"{record.age_years:.0f} years" if record.age_years is not None and np.isfinite(record.age_years) else ""
    time = record.time.strftime("%Y-%m-%d %H:%M") if record.time else ""
    zone = " UTC" if record.time_kind == "utc" else ""
    parts = (age, SEXES[record.sex], f"{time}{zone}" if time else "", printable(record.device or ""))
    return shortened(" · ".join(part for part in parts if part), at_most=150)


def measured_words(record: Record) -> str:
    """Return the machine's own measurements, as a printed ECG shows them."""
    values = {name: f"{value:.0f}" for name, value in record.measurements.items() if np.isfinite(value)}
    corrected = next((values[name] for name in values if name.startswith("qtc_")), "")
    parts = [f"{values['heart_rate_bpm']}/min"] if "heart_rate_bpm" in values else []
    parts += [f"{word} {values[name]} ms" for name, word in (("pr_ms", "PR"), ("qrs_ms", "QRS")) if name in values]
    if "qt_ms" in values:
        parts.append(f"QT/QTc {values['qt_ms']}/{corrected} ms" if corrected else f"QT {values['qt_ms']} ms")
    axes = [(word, values.get(f"{word.lower()}_axis_deg")) for word in ("P", "QRS", "T")]
    named = ", ".join(f"{word} {value}°" for word, value in axes if value is not None)
    return " · ".join([*parts, f"axes {named}"] if named else parts)


def footer_lines(
    record: Record, paper: Paper, *, filter_name: str, remarks: Sequence[str], width_mm: float
) -> list[str]:
    """Return how the ECG is drawn and what was done to it, in lines that the sheet has room for."""
    device_filters = ", ".join(map(printable, record.provenance.device_filters))
    parts = [
        f"{paper.speed_mm_s:g} mm/s",
        f"{paper.gain_mm_mv:g} mm/mV",
        f"filter: {filter_name or 'none applied'}",
        f"filters of the device: {device_filters or 'not stated'}",
        f"{record.sampling_rate_hz:g} Hz",
    ]
    if paper.start_s > 0 or record.duration_s > paper.shown_s + 0.05:
        end_s = min(paper.start_s + paper.shown_s, record.duration_s)
        parts.append(f"{paper.start_s:g} to {end_s:g} s of {record.duration_s:.0f} s")
    if record.provenance.leads_derived:
        parts.append(f"derived: {', '.join(record.provenance.leads_derived)}")
    unbroken = [part.replace(" ", "\N{NO-BREAK SPACE}") for part in (*parts, *remarks)]
    lines = textwrap.wrap(" · ".join(unbroken), int(width_mm / FOOTER_LETTER_MM), break_on_hyphens=False)
    return [line.replace("\N{NO-BREAK SPACE}", " ").removeprefix("· ") for line in lines]
