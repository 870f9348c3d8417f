"""Small, self-contained SVG from a matplotlib figure: text stays text, coordinates are rounded, ids don't collide.

matplotlib writes six decimals, absolute coordinates, a fixed font and ids that clash when two drawings share a page.
Here paths become relative with two decimals (1/100 pt, 3.5 um on paper), the font is left to the page, and colours can
be handed to style sheets (``colours``), so that one drawing serves a light and a dark page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from einthoven.drawing.printable import printable
from einthoven.ecg.formats.writing import write_files
from einthoven.errors import SpecificationError

__all__ = ["to_svg", "write_figure"]

FONT_STACK = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"
RASTER_DPI = 254  # ten pixels per millimetre, which the PNG itself can say exactly (10,000 per metre)
_FORMATS = (".svg", ".png", ".pdf")
_SPACE_BETWEEN_TAGS = re.compile(r">\s+<")
_PATH_DATA = re.compile(r' d="([^"]*)"')
_TAG = re.compile(r"<[^>]+>")  # numbers in texts are not ours to round
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONT_SHORTHAND = re.compile(r"font: (?:(?P<weight>bold|[1-9]00) )?(?P<size>[\d.]+)px [^;\"]*")
_FONT_FAMILY = re.compile(r"font-family: [^;\"]*; ?")
_NO_ROTATION = re.compile(r' transform="rotate\(-?0 [^"]*"')
_GLOBAL_STYLE = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)  # its rule for * would reach the page


def to_svg(
    figure: Figure, *, prefix: str, title: str = "", colours: Mapping[str, str] | None = None, font: str = FONT_STACK
) -> str:
    """Return the drawing as one ``<svg>`` element without XML header, fit to be put into a page.

    Parameters
    ----------
    figure : Figure
    prefix : str
        Starts every id of the drawing; unique within a page.
    title : str
        What a screen reader says; without one the drawing is marked as decoration.
    colours : mapping of hex colour to CSS value, optional
        For example ``{"#1a1a1a": "var(--ink)"}``.
    font : str
        CSS font family of the texts; empty inherits the page's.

    Notes
    -----
    ``svg.fonttype`` is a setting of matplotlib's process, it is set while the drawing is written and put back.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": prefix}):
        FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
            buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'<g id="(?:axes|figure|patch|line2d|text|xtick|ytick|matplotlib\.axis)_\d+">', "<g>", text)
    text = _GLOBAL_STYLE.sub("", text)
    text = _FONT_FAMILY.sub("", _FONT_SHORTHAND.sub(_font_size, text))
    text = _NO_ROTATION.sub("", text)
    text = _PATH_DATA.sub(lambda match: f' d="{_relative(match.group(1))}"', text)
    text = _TAG.sub(lambda tag: _NUMBER.sub(lambda match: _short(float(match.group())), tag.group()), text)
    text = _own_ids(text, prefix)
    text = _SPACE_BETWEEN_TAGS.sub("><", text.strip())
    for colour, value in (colours or {}).items():
        text = text.replace(colour, value)
    return _root(text, figure, title=title, font=font)


def write_figure(figure: Figure, path: Path) -> Path:
    """Write the figure as SVG, PNG or PDF, as the name's ending says; it appears whole or not at all."""
    ending = path.suffix.lower()
    if ending not in _FORMATS:
        raise SpecificationError(f"a figure is written as {', '.join(_FORMATS)}, got {path.name!r}")
    if ending == ".svg":
        prefix = re.sub(r"\W+", "-", f"ecg-{path.stem}")
        content = to_svg(figure, prefix=prefix, title=printable(path.stem)).encode()
    else:
        drawn = io.BytesIO()
        # the same drawing is the same file: no time of its making
        metadata = {"CreationDate": None} if ending == ".pdf" else None
        figure.savefig(drawn, format=ending[1:], dpi=RASTER_DPI, metadata=metadata)
        content = drawn.getvalue()
    write_files({path.name: content}, path.parent)
    return path


def _root(text: str, figure: Figure, *, title: str, font: str) -> str:
    """Give the root element a size in millimetres, a viewBox, a font and a name for screen readers."""
    width_pt, height_pt = (72 * side for side in figure.get_size_inches())
    label = f'role="img" aria-label="{_escape(title)}"' if title else 'aria-hidden="true"'
    family = f' font-family="{font}"' if font else ""
    size = f'width="{_short(width_pt / 72 * 25.4)}mm" height="{_short(height_pt / 72 * 25.4)}mm"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {_short(width_pt)} {_short(height_pt)}" '
        f'{size} {label}{family} stroke-linejoin="round">'
    )
    return head + text[text.index(">") + 1 :]


def _font_size(match: re.Match[str]) -> str:
    weight = f"font-weight: {match.group('weight')}; " if match.group("weight") else ""
    return f"{weight}font-size: {match.group('size')}px"


def _own_ids(text: str, prefix: str) -> str:
    """Start every id with the prefix, in definitions and references."""
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', text)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", text)


def _relative(data: str) -> str:
    """Rewrite absolute ``M``, ``L`` and ``z`` as relative steps in 1/100 pt; paths with curves only lose decimals."""
    tokens = data.split()
    if set(tokens) & set("QCAHV"):
        return " ".join(tokens)
    out: list[str] = []
    here = start = (0, 0)
    last = ""
    position = 0
    while position < len(tokens):
        command = tokens[position]
        if command == "z":
            out.append("z")
            here, last = start, "z"
            position += 1
            continue
        there = (round(100 * float(tokens[position + 1])), round(100 * float(tokens[position + 2])))
        letter, numbers = _step(command, here, there, first=not out)
        joined = letter == last and letter in "lhv"  # a repeated letter may be left out
        out.append((numbers if numbers.startswith("-") else f" {numbers}") if joined else letter + numbers)
        last = letter
        start = there if command == "M" else start
        here = there
        position += 3
    return "".join(out)


def _step(command: str, here: tuple[int, int], there: tuple[int, int], *, first: bool) -> tuple[str, str]:
    dx, dy = there[0] - here[0], there[1] - here[1]
    if command == "M":
        return ("M" if first else "m"), _pair(dx, dy)
    if dx == 0:
        return "v", _hundredths(dy)
    return ("h", _hundredths(dx)) if dy == 0 else ("l", _pair(dx, dy))


def _pair(dx: int, dy: int) -> str:
    y = _hundredths(dy)
    return _hundredths(dx) + (y if y.startswith("-") else f" {y}")


def _hundredths(value: int) -> str:
    return _short(value / 100)


def _short(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
