"""Echo reports as free text, by three people with habits of their own, and what each text truly states.

One writes a bare table, one numbered sentences in the English of a Korean echo laboratory, one fills in a form. Some
give a second ejection fraction judged by eye, a range, an earlier value, words without a number; some slip with the
finger. What is stated may differ from what was measured by rounding alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from einthoven.simulation.paper.parameters import table_of
from einthoven.simulation.paper.typing_errors import with_typing_error
from einthoven.simulation.people.person import EchoVisit

__all__ = ["EchoReport", "write_echo_report"]

VALVES = ("mr", "ar", "as", "tr")


@dataclass(frozen=True, slots=True)
class EchoReport:
    """A report, and what it states.

    Attributes
    ----------
    text : str
    low, high : float, %
        Of the ejection fraction that counts; equal but for a range, NaN where words alone stand for it.
    has_typing_error : bool
    """

    text: str
    low: float
    high: float
    has_typing_error: bool


class _Dice:
    """Random numbers of one report in a fixed order of use: a habit more shifts no other report."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random

    def chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def one_of(self, choices: list[str]) -> str:
        return choices[int(self._random.integers(len(choices)))]

    def normal(self) -> float:
        return float(self._random.standard_normal())


def write_echo_report(echo: EchoVisit, random: np.random.Generator, *, previous: EchoVisit | None = None) -> EchoReport:
    """Return the report of an examination.

    Parameters
    ----------
    echo : EchoVisit
        Its ``measured`` without ``lvef`` gives a report without one.
    random : numpy.random.Generator
        Of this report.
    previous : EchoVisit, optional
        The examination before, whose value may be named.
    """
    writer = table_of("echo_reports")["writer"][echo.writer]
    habits = table_of("echo_reports")["habits"]
    dice = _Dice(random)
    ef = _StatedFraction.of(echo, writer, dice=dice)
    lines: list[str] = []
    for key, words in writer["lines"]:
        if key == "ef":
            lines += _fraction_lines(echo, ef, writer, dice=dice, previous=previous)
        else:
            lines += _line(key, words, echo.measured)
    lines += _valve_lines(writer, echo.measured)
    closing = dice.one_of(writer["closing"])
    body = [line for line in (*lines, closing) if line]
    if writer.get("numbered"):
        body = [f"{number}. {line}" for number, line in enumerate(body, start=1)]
    text = writer["separator"].join([dice.one_of(writer["opening"]), *body])
    has_error = dice.chance(habits["typing_error"])
    return EchoReport(with_typing_error(text, random) if has_error else text, ef.low, ef.high, has_error)


@dataclass(frozen=True, slots=True)
class _StatedFraction:
    """The ejection fraction as it is written; NaN and no words where only words stand for it or nothing."""

    low: float
    high: float
    words: str

    @classmethod
    def of(cls, echo: EchoVisit, writer: Mapping[str, Any], *, dice: _Dice) -> _StatedFraction:
        habits = table_of("echo_reports")["habits"]
        measured = echo.measured.get("lvef", math.nan)
        if math.isnan(measured):
            return cls(math.nan, math.nan, "")
        if echo.method != "visual":
            return cls._exact(measured, writer["decimals"][echo.method])
        step = habits["visual_step"]
        is_range = dice.chance(habits["visual_as_range"])
        only_words = dice.chance(habits["without_number"])
        if only_words and measured >= habits["normal_function"]:
            return cls(math.nan, math.nan, "")
        if is_range:
            low = step * math.floor(measured / step)
            return cls(low, low + step, writer["range"].format(low=f"{low:.0f}", high=f"{low + step:.0f}"))
        return cls._exact(step * round(measured / step), 0)

    @classmethod
    def _exact(cls, value: float, decimals: int) -> _StatedFraction:
        words = f"{value:.{decimals}f}"
        return cls(float(words), float(words), words)


def _fraction_lines(
    echo: EchoVisit, ef: _StatedFraction, writer: Mapping[str, Any], *, dice: _Dice, previous: EchoVisit | None
) -> list[str]:
    """Return the lines of the ejection fraction: the value that counts, what the eye says, what it was before."""
    habits = table_of("echo_reports")["habits"]
    if not ef.words:
        return [dice.one_of(writer["without_number"])] if "lvef" in echo.measured else []
    function = writer["function"][_degree_of_function(ef.low)] if writer["function"] else ""
    lines = [dice.one_of(writer["ef"][echo.method]).format(ef=ef.words, function=function)]
    if echo.method != "visual" and dice.chance(habits["also_visual"]):
        step = habits["visual_step"]
        seen = step * round((echo.measured["lvef"] + habits["also_visual_sd"] * dice.normal()) / step)
        lines.append(dice.one_of(writer["also_visual"]).format(ef=f"{min(max(seen, 10.0), 80.0):.0f}"))
    if previous is not None and "lvef" in previous.measured and dice.chance(habits["previous"]):
        date = previous.time.strftime(writer["date"])
        lines.append(dice.one_of(writer["previous"]).format(ef=f"{previous.measured['lvef']:.0f}", date=date))
    return lines


def _degree_of_function(lvef: float) -> int:
    bounds = table_of("echo_reports")["degrees"]
    return sum(lvef < bounds[name] for name in ("mild_below", "moderate_below", "severe_below"))


def _line(key: str, words: str | list[str], measured: Mapping[str, float]) -> list[str]:
    """Return the line of one quantity, or none where it wasn't measured."""
    if key == "heading":
        return [str(words)]
    if isinstance(words, list):
        quantity = "lvidd_mm" if key == "size" else "la_mm"
        if quantity not in measured:
            return []
        is_large = measured[quantity] > table_of("echo_reports")["dilated"][quantity]
        return [words[is_large].format(**measured)]
    try:
        fill: Callable[..., str] = words.format
        return [fill(measured[key], **measured)]
    except KeyError:  # one of the quantities of the line wasn't measured
        return []


def _valve_lines(writer: Mapping[str, Any], measured: Mapping[str, float]) -> list[str]:
    """Return a line for each valve with a leak or stenosis, and for a healthy mitral valve."""
    lines = []
    for valve in VALVES:
        grade = round(measured.get(valve, -1.0))
        if grade > 0 or (valve == "mr" and grade == 0):
            degree = writer["degrees"][min(grade, 3)]
            lines.append(writer["valve"].format(name=writer["valve_names"][valve], degree=degree))
    return lines
