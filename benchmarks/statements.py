"""Superclasses of PTB-XL from its free-text reports alone and from its codes alone, by way of the concepts of both.

The rules for the reports were written on folds 1 to 6; folds 7 to 10 were only scored. Truth is what PTB-XL's own
table makes of the diagnostic codes, of any likelihood, as in its benchmark (Strodthoff 2021,
doi:10.1109/JBHI.2020.3022989). kappa: Cohen 1960, doi:10.1177/001316446002000104.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from einthoven.cohort.labels.codes import stated_concepts
from einthoven.cohort.labels.german_reports import stated_in_german_report
from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.scp import SUPERCLASSES, ScpVocabulary, parse_statements, superclasses_of_concepts
from measuring import machine, real_data, table

REPORTS = "ptbxl_database_3028_full_columns.csv"
CODES = "ptbxl_labels_71statements.csv.gz"
FOLDS_OF_RULES = 6
LONGEST_REPORT = 250  # characters; nearly all longer ones end within a word
DOUBTFUL = 50  # percent
FORMS = {
    "HYP": {"VCLVH", "HVOLT"},
    "STTC": {"NT_", "INVT", "LOWT", "STD_", "STE_", "TAB_"},
    "CD": {"LPR"},
    "MI": {"QWAVE"},
    "NORM": set[str](),
}
HEADER = ("superclass", "coded", "sensitivity", "PPV", "kappa", "missed", "added")


@dataclass(frozen=True, slots=True)
class ReadReport:
    """One ECG: its codes with likelihoods, what its report states, and the classes of its codes."""

    text: str
    fold: int
    codes: Mapping[str, float]
    stated: Mapping[str, Presence]
    coded: frozenset[str]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(machine(), end="\n\n")
    print(statements_text(real_data() / "ptb_xl_labels"))


def statements_text(folder: Path) -> str:
    """Return the Markdown of all tables; of those whose file is absent, one line that says so."""
    statements = folder / "scp_statements.csv"
    if not statements.is_file():
        return f"no {statements.name}: skipped"
    scp = pl.read_csv(statements, infer_schema=False)
    superclass = {code: name for code, name in zip(scp.to_series(0), scp["diagnostic_class"], strict=True) if name}
    parts = [codes_text(folder / CODES, ScpVocabulary.from_table(scp).diagnostic)]
    file = folder / REPORTS
    if file.is_file():
        parts += reports_text(read_reports(file, superclass))
    else:
        parts.append(f"no {file.name}: skipped")
    return "\n\n".join(parts)


def codes_text(file: Path, diagnostic: frozenset[str]) -> str:
    """Return how many ECGs get all five superclasses from the concepts of their diagnostic codes."""
    if not file.is_file():
        return f"no {file.name}: skipped"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    exact = sum(
        superclasses_of_concepts(stated_concepts([code for code in diagnostic if row[code] == "1"], system="scp"))
        == {name for name in SUPERCLASSES if row[f"super_{name}"] == "1"}
        for row in rows
    )
    return f"Codes alone: all five superclasses as published in {exact:,} of {len(rows):,} ECGs."


def read_reports(file: Path, superclass: Mapping[str, str]) -> list[ReadReport]:
    """Return every report of the table, read."""
    reports = []
    for row in pl.read_csv(file, infer_schema=False).to_dicts():
        codes = parse_statements(row["scp_codes"])
        coded = frozenset(superclass[code] for code in codes if code in superclass)
        text = row["report"] or ""
        reports.append(ReadReport(text, int(float(row["strat_fold"])), codes, stated_in_german_report(text), coded))
    return reports


def reports_text(reports: Sequence[ReadReport]) -> list[str]:
    """Return tables of agreement on the folds of the rules and on the others, then the reasons of disagreement."""
    unseen = [report for report in reports if report.fold > FOLDS_OF_RULES]
    known = [report for report in reports if report.fold <= FOLDS_OF_RULES]
    texts = []
    for title, some in (("folds 7 to 10, only scored", unseen), ("folds 1 to 6, on which rules were written", known)):
        for policy, uncertain in (("uncertain findings count", True), ("only what is present counts", False)):
            rows = [agreement(name, some, uncertain=uncertain) for name in SUPERCLASSES]
            texts.append(f"Reports alone, {title} ({len(some):,} reports), {policy}:\n\n{table(HEADER, rows)}")
    texts.append("Why reports and codes differ (folds 7 to 10, uncertain findings count):")
    header = ("superclass", *MISSED, *ADDED)
    texts.append(table(header, [reasons(name, unseen) for name in SUPERCLASSES]))
    return texts


def agreement(name: str, reports: Sequence[ReadReport], *, uncertain: bool) -> tuple[str, ...]:
    """Return the row of a superclass."""
    counts = Counter(
        (name in report.coded, name in superclasses_of_concepts(report.stated, uncertain=uncertain))
        for report in reports
    )
    both, missed, added, neither = (
        counts[pair] for pair in ((True, True), (True, False), (False, True), (False, False))
    )
    n = len(reports)
    by_chance = ((both + missed) * (both + added) + (added + neither) * (missed + neither)) / n**2
    kappa = ((both + neither) / n - by_chance) / (1 - by_chance)
    shares = (both / (both + missed), both / (both + added))
    return (name, f"{both + missed}", *(f"{share:.1%}" for share in shares), f"{kappa:.2f}", f"{missed}", f"{added}")


def reasons(name: str, reports: Sequence[ReadReport]) -> tuple[str, ...]:
    """Return how many disagreements have each reason; the first that fits counts."""
    counts: Counter[str] = Counter()
    for report in reports:
        is_read, is_coded = name in superclasses_of_concepts(report.stated), name in report.coded
        if is_read != is_coded:
            kinds = MISSED if is_coded else ADDED
            counts[next(reason for reason, fits in kinds.items() if fits(name, report))] += 1
    return (name, *(f"{counts[reason]}" for reason in (*MISSED, *ADDED)))


def _is_normal(report: ReadReport) -> bool:
    return "NORM" in superclasses_of_concepts(report.stated)


def _is_doubtful(name: str, report: ReadReport) -> bool:
    """Return whether every code of the class has a likelihood below a half; 0 is an unknown one."""
    stated = {code: superclasses_of_concepts(stated_concepts([code], system="scp")) for code in report.codes}
    likelihoods = [report.codes[code] for code, classes in stated.items() if name in classes and report.codes[code] > 0]
    return bool(likelihoods) and max(likelihoods) < DOUBTFUL


# the first that fits is counted
MISSED: dict[str, Callable[[str, ReadReport], bool]] = {
    "missed: nothing readable": lambda _, report: not report.stated,
    "report says normal": lambda name, report: name != "NORM" and _is_normal(report),
    "coded below 50 %": _is_doubtful,
    "report cut off": lambda _, report: len(report.text) >= LONGEST_REPORT,
    "not named in the report": lambda _name, _report: True,
}
ADDED: dict[str, Callable[[str, ReadReport], bool]] = {
    "added: coded as form alone": lambda name, report: bool(FORMS[name] & report.codes.keys()),
    "uncertain in the report": lambda name, report: (
        name not in superclasses_of_concepts(report.stated, uncertain=False)
    ),
    "named, not coded": lambda _name, _report: True,
}

if __name__ == "__main__":
    main()
