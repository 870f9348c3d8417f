"""The rules that free-text reports are read by, out of ``german_reports.toml``, as compiled patterns."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary

__all__ = ["FindingRule", "ReportRules", "report_rules"]

# how many words may stand between a word of doubt or denial and its finding
WORDS_OF_DOUBT = 5
WORDS_OF_DENIAL = 3


@dataclass(frozen=True, slots=True)
class FindingRule:
    """Words that mean concepts, where nothing around them says otherwise."""

    words: re.Pattern[str]
    concepts: tuple[str, ...]
    also_uncertain: tuple[str, ...]
    presence: Presence


@dataclass(frozen=True, slots=True)
class ReportRules:
    """Everything in the file; patterns fit texts in small letters without umlauts."""

    spelling: tuple[str, ...]
    replacements: tuple[tuple[re.Pattern[str], str], ...]
    boundary: re.Pattern[str]
    cues: Mapping[str, re.Pattern[str]]
    findings: tuple[FindingRule, ...]
    old: re.Pattern[str]
    acute: re.Pattern[str]
    age: re.Pattern[str]


@functools.cache
def report_rules() -> ReportRules:
    """Return the rules that einthoven ships."""
    text = resources.files("einthoven.cohort.labels").joinpath("german_reports.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    cues = data["cues"]
    ages = data["ages"]
    filler = rf"[\s(]*(?:(?:{_one_line(cues['age_words'])})\b\s*)*"
    return ReportRules(
        spelling=tuple(data["spelling"].split()),
        replacements=tuple((re.compile(pattern), by) for pattern, by in data["replacements"]),
        boundary=re.compile(data["boundary"]),
        cues={
            "uncertain_behind": re.compile(rf"{filler}(?:{_one_line(cues['uncertain_behind'])})(?!\w)"),
            "absent_behind": re.compile(rf"{filler}(?:{_one_line(cues['absent_behind'])})\b"),
            "uncertain_before": _near(cues["uncertain_before"], words=WORDS_OF_DOUBT),
            "absent_before": _near(cues["absent_before"], words=WORDS_OF_DENIAL),
            "joined": re.compile(_one_line(cues["joined"])),
            "conjunction": re.compile(_one_line(cues["conjunction"])),
            "either": re.compile(_one_line(cues["either"])),
        },
        findings=(*_placed(data), *(_rule(row) for row in data["finding"])),
        old=re.compile(rf"\b(?:{ages['old']})\b"),
        acute=re.compile(rf"\b(?:{ages['acute']})\b"),
        age=re.compile(rf"[\s,(]*(?:which is )?(?:(?P<doubt>{ages['doubt']})\W+)?(?:{ages['old']}|{ages['acute']})\b"),
    )


def _near(cues: str, *, words: int) -> re.Pattern[str]:
    """Return a pattern of a cue with at most so many words between it and the end."""
    return re.compile(rf"\b(?:{_one_line(cues)})\b(?:\W+\w+){{0,{words}}}\W*$")


def _one_line(pattern: str) -> str:
    return re.sub(r"\s*\n\s*", "", pattern).strip()


def _rule(row: Mapping[str, Any]) -> FindingRule:
    return FindingRule(
        re.compile(rf"(?<!\w)(?:{_one_line(row['words'])})(?!\w)"),
        tuple(row["concepts"].split()),
        tuple(row.get("also_uncertain", "").split()),
        row.get("presence", "present"),
    )


def _placed(data: Mapping[str, Any]) -> Iterator[FindingRule]:
    """Yield the rules of findings with a place: two places, one before, one behind, none."""
    known = vocabulary().words
    for kind, row in data["placed"].items():
        words = _one_line(row["words"])
        concept_at = {place: f"{place}_{kind}" if f"{place}_{kind}" in known else kind for place in data["places"]}
        for first, pattern in data["places"].items():
            for second, other in data["places"].items():
                both = rf"(?:{pattern})\W*(?:und|and|och|/|,)\W*(?:{other}) (?:{words})"
                yield _rule({"words": both, "concepts": f"{concept_at[first]} {concept_at[second]}"})
        for place, pattern in data["places"].items():
            yield _rule({"words": rf"(?:{pattern})[ -]?(?:{words})", "concepts": concept_at[place]})
        for place, pattern in data["places"].items() if row.get("behind") else ():
            yield _rule({"words": rf"(?:{words}) (?:{pattern})", "concepts": concept_at[place]})
        yield _rule({"words": words, "concepts": kind})
