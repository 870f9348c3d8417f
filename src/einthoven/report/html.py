"""The report as one HTML file that needs nothing else: styles and drawings inside, no script, no request."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import jinja2
from markupsafe import Markup

from einthoven.registry import resolve
from einthoven.report.blocks import Block, Notice, Section
from einthoven.report.evidence import Evidence
from einthoven.report.sections import SECTIONS

__all__ = ["render", "sections_of"]

NAME = Path("report") / "report.html"
DEFAULT_TITLE = "A study of ECGs"
TITLE_OF_SCORES = "Evaluation of {}"


def render(run: Path, out: Path | None = None) -> Path:
    """Write the report of a run and return where it lies.

    Parameters
    ----------
    run : Path
        A run folder, or one with the results of an evaluation alone; only artefacts are read, no model is run.
    out : Path, optional
        By default ``report/report.html`` in the run folder, ``report.html`` beside an evaluation's results; its folder
        is made.

    Raises
    ------
    SpecificationError
        When ``run`` is no run folder.
    """
    evidence = Evidence.load(run)
    page = _page(evidence, sections_of(evidence))
    path = out if out is not None else run / (NAME.name if evidence.is_scores_alone else NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def sections_of(evidence: Evidence) -> list[Section]:
    """Return all sections that apply, in order."""
    made = (resolve("report_sections", name, SECTIONS)(evidence) for name in SECTIONS)
    return [
        section for section in made if section is not None and not (evidence.is_scores_alone and _is_absent(section))
    ]


def _is_absent(section: Section) -> bool:
    return all(isinstance(block, Notice) and block.tone == "absent" for block in section.blocks)


def _page(evidence: Evidence, sections: list[Section]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("einthoven.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tables, figures = itertools.count(1), itertools.count(1)
    return environment.get_template("report.html.j2").render(
        title=_title(evidence),
        date=_date(evidence),
        version=str(evidence.environment.get("einthoven", "")),
        sections=[(section, _numbered(section, tables, figures)) for section in sections],
        style=Markup(_style()),  # noqa: S704 - our own file
        drawing=_drawing,
    )


def _title(evidence: Evidence) -> str:
    if evidence.is_scores_alone:
        readers = evidence.readers
        scored = [f"“{model}”" for model in evidence.models if model not in readers]
        count = f"{len(readers)} readers" if len(readers) > 1 else "a reader"
        return TITLE_OF_SCORES.format(" and ".join([*scored[:3], *([count] if readers else [])]))
    return str(evidence.study.get("title") or DEFAULT_TITLE)


def _numbered(section: Section, tables: Iterator[int], figures: Iterator[int]) -> list[tuple[Block, int]]:
    """Pair each block with its number; only tables and figures are counted."""
    counters: dict[str, Iterator[int]] = {"table": tables, "figure": figures}
    return [(block, next(counters.get(block.kind, itertools.repeat(0)))) for block in section.blocks]


def _drawing(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - made by drawing.svg, which escapes every text


def _style() -> str:
    return resources.files("einthoven.report").joinpath("templates", "report.css").read_text(encoding="utf-8")


def _date(evidence: Evidence) -> str:
    """Day on which the last stage ended: rendering again changes nothing."""
    ended = [str(stage["ended"]) for stage in evidence.stages if stage.get("ended")]
    return max(ended)[:10] if ended else ""
