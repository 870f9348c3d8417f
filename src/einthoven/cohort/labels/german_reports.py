"""Free-text reports of PTB-XL -> concepts: German, some English and Swedish, by the rules in ``german_reports.toml``.

Most were printed by recorders, cut off at a fixed length, without full stops between statements; some end with the
validating cardiologist's ``edit:`` and SCP-ECG codes with likelihoods (Wagner 2020, doi:10.1038/s41597-020-0495-6).
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from einthoven.cohort.labels.codes import stated_concepts, unknown_codes
from einthoven.cohort.labels.german_report_rules import ReportRules, report_rules
from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary

__all__ = ["read_german_report", "stated_in_german_report"]

LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "a", "é": "e", "#": "ue"})
MENDED_WORD = re.compile(r"[a-z]{8,}")  # shorter words are each other's neighbours
MENDED_LIKENESS = 0.9  # of difflib: one wrong letter in 10, or two in 20
SURE_LIKELIHOOD = 80  # percent; PTB-XL's readers write 15, 35, 50, 80 and 100
LISTED = frozenset({"ischaemia", "injury"})
RANK: dict[Presence, int] = {"absent": 0, "uncertain": 1, "present": 2}


@dataclass(frozen=True, slots=True)
class _Finding:
    concepts: tuple[str, ...]
    also_uncertain: tuple[str, ...]
    presence: Presence
    start: int
    end: int
    carries: bool = False


def read_german_report(text: str) -> dict[str, Presence]:
    """Return the concepts of a report with all that they imply.

    Said twice, present outweighs uncertain, and uncertain absent. What a report does not mention is not in the answer.

    Examples
    --------
    >>> found = read_german_report("Sinusrhythmus. Linkshypertrophie möglich, kein Infarkt")
    >>> found["left_ventricular_hypertrophy"], found["infarction"]
    ('uncertain', 'absent')
    """
    return vocabulary().closure(stated_in_german_report(text))


def stated_in_german_report(text: str) -> dict[str, Presence]:
    """Return the concepts that a report names, without what they imply; otherwise as ``read_german_report``."""
    rules = report_rules()
    body, _, edit = _normalise(text, rules).partition("edit:")
    found: dict[str, Presence] = {}
    for finding in _decide(body, _matches(body, rules), rules):
        for concept in finding.concepts:
            _keep(found, concept, finding.presence)
        for concept in finding.also_uncertain:
            _keep(found, concept, "absent" if finding.presence == "absent" else "uncertain")
    for concept, presence in _edited(edit).items():
        _keep(found, concept, presence)
    return found


def _keep(found: dict[str, Presence], concept: str, presence: Presence) -> None:
    if concept not in found or RANK[presence] > RANK[found[concept]]:
        found[concept] = presence


def _normalise(text: str, rules: ReportRules) -> str:
    letters = unicodedata.normalize("NFC", text).lower().translate(LETTERS)
    plain = re.sub(r"\s+", " ", letters).strip()
    plain = MENDED_WORD.sub(lambda match: _mended(match.group()), plain)
    plain = re.sub(r"\bedit ?:", "edit:", plain)
    for pattern, by in rules.replacements:
        plain = pattern.sub(by, plain)
    return re.sub(r"\s+", " ", plain)


@functools.lru_cache(maxsize=10_000)
def _mended(word: str) -> str:
    known = report_rules().spelling
    if any(word.startswith(one) or one.startswith(word) for one in known):
        return word
    near = difflib.get_close_matches(word, known, n=1, cutoff=MENDED_LIKENESS)
    return near[0] if near else word


def _matches(text: str, rules: ReportRules) -> list[_Finding]:
    """Return what the rules find, in the order of the text; a rule sees nothing that one before it has read."""
    found: list[_Finding] = []
    for rule in rules.findings:
        spans = [match.span() for match in rule.words.finditer(text)]
        found += [_Finding(rule.concepts, rule.also_uncertain, rule.presence, *span) for span in spans]
        text = rule.words.sub(lambda match: "_" * len(match.group()), text)
    return sorted(found, key=lambda finding: finding.start)


def _decide(text: str, findings: list[_Finding], rules: ReportRules) -> Iterator[_Finding]:
    """Yield each finding with the presence that the words around it give."""
    before: _Finding | None = None
    for position, finding in enumerate(findings):
        following = findings[position + 1].start if position + 1 < len(findings) else len(text)
        aged = _with_age(text, finding, before.end if before else 0, rules=rules)
        behind = text[aged.end : following]
        lead = text[before.end if before else 0 : aged.start]
        decided = _decided(aged, lead, behind, before=before, rules=rules)
        is_last = position + 1 == len(findings)
        if decided.presence == "present" and not is_last and _is_either(text[decided.end : following], rules):
            decided = replace(decided, presence="uncertain")
        before = decided
        yield decided


def _decided(finding: _Finding, lead: str, behind: str, *, before: _Finding | None, rules: ReportRules) -> _Finding:
    cues = rules.cues
    behind_cues: tuple[tuple[Presence, str], ...] = (("uncertain", "uncertain_behind"), ("absent", "absent_behind"))
    for presence, name in behind_cues:
        match = cues[name].match(behind)
        if match:
            return replace(finding, presence=presence, end=finding.end + match.end())
    clause = rules.boundary.split(lead)[-1]
    found: list[tuple[int, Presence]] = []
    before_cues: tuple[tuple[Presence, str], ...] = (("uncertain", "uncertain_before"), ("absent", "absent_before"))
    for presence, name in before_cues:
        match = cues[name].search(clause)
        found += [(match.start(), presence)] if match else []
    if found:
        # no sign of: the first word rules; cannot exclude: where both begin together it is doubt
        return replace(finding, presence=min(found, key=lambda cue: cue[0])[1], carries=True)
    return _joined(finding, lead, behind, before=before, rules=rules)


def _joined(finding: _Finding, lead: str, behind: str, *, before: _Finding | None, rules: ReportRules) -> _Finding:
    """Return a finding of a list, whose first one has the word that rules them all."""
    cues = rules.cues
    if before and before.carries and not lead.strip() and _is_listed(before, finding):
        return replace(finding, presence=before.presence, carries=True)
    if before is None or rules.boundary.search(lead) or not cues["joined"].fullmatch(lead):
        return finding
    is_list = cues["conjunction"].search(lead) or (
        cues["joined"].fullmatch(behind) and cues["conjunction"].search(behind)
    )
    if before.carries and is_list:
        return replace(finding, presence=before.presence, carries=True)
    return replace(finding, presence="uncertain") if cues["either"].search(lead) else finding


def _is_listed(before: _Finding, finding: _Finding) -> bool:
    """Return whether recorders print the two as one list: the same ischaemia or injury at another place."""
    kinds = [{concept.rpartition("_")[2] for concept in one.concepts} for one in (before, finding)]
    return kinds[0] == kinds[1] and kinds[0] <= LISTED


def _is_either(between: str, rules: ReportRules) -> bool:
    return bool(rules.cues["joined"].fullmatch(between) and rules.cues["either"].search(between))


def _with_age(text: str, finding: _Finding, start: int, *, rules: ReportRules) -> _Finding:
    """Return an infarction with its age, whose words may stand before or behind it."""
    if not any(concept.endswith("infarction") for concept in finding.concepts):
        return finding
    behind = rules.age.match(text, finding.end)
    lead = rules.boundary.split(text[start : finding.start])[-1]
    said = (behind.group() if behind else "") + " " + " ".join(lead.split()[-2:])
    ages = [f"{age}_infarction" for age in ("old", "acute") if getattr(rules, age).search(said)]
    sure = behind is None or behind.group("doubt") is None
    return replace(
        finding,
        concepts=(*finding.concepts, *(ages if sure else ())),
        also_uncertain=(*finding.also_uncertain, *(() if sure else ages)),
        end=behind.end() if behind else finding.end,
    )


def _edited(text: str) -> dict[str, Presence]:
    """Return the concepts of the SCP-ECG codes behind ``edit:``; without a likelihood a code is sure."""
    sure: list[str] = []
    unsure: list[str] = []
    for code, likelihood in re.findall(r"([a-z0-9/_]{2,})(?: (\d{1,3})\b)?", text):
        known = next(
            (one for one in (code.upper(), f"{code.upper()}_") if not unknown_codes([one], system="scp")), None
        )
        if known:
            (sure if int(likelihood or 100) >= SURE_LIKELIHOOD else unsure).append(known)
    return stated_concepts(sure, system="scp", uncertain=unsure)
