"""One value per quantity of a report, where it states several."""

from __future__ import annotations

from collections.abc import Iterable

from einthoven.cohort.reports.finding import METHODS, ReportFinding

__all__ = ["choose"]


def choose(findings: Iterable[ReportFinding]) -> dict[str, ReportFinding]:
    """Return the finding of each quantity that was measured best; of equals the one that the report states first.

    Simpson (biplane before single plane), M-mode, visual, other, without a named method, words alone. A value under
    stress is never chosen.

    Examples
    --------
    >>> from einthoven.cohort.reports.read import read_report
    >>> choose(read_report("EF 62 % by M-mode, 58 % by Simpson"))["lvef"].value
    58.0
    """
    chosen: dict[str, ReportFinding] = {}
    for finding in findings:
        if "stress" not in finding.flags:
            best = chosen.get(finding.quantity)
            if best is None or _rank(finding) < _rank(best):
                chosen[finding.quantity] = finding
    return chosen


def _rank(finding: ReportFinding) -> tuple[int, bool, int]:
    return METHODS.index(finding.method), "single plane" in finding.flags, finding.start
