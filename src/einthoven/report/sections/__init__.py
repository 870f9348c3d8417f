"""The parts of the report in a journal's order: each turns evidence into blocks, or into None when it doesn't apply."""

from __future__ import annotations

__all__ = ["SECTIONS"]

SECTIONS: dict[str, str] = {
    "summary": "einthoven.report.sections.summary:section",
    "methods": "einthoven.report.sections.methods:section",
    "participants": "einthoven.report.sections.participants:section",
    "patients": "einthoven.report.sections.patients:section",
    "baseline": "einthoven.report.sections.baseline:section",
    "performance": "einthoven.report.sections.performance:section",
    "curves": "einthoven.report.sections.curves:section",
    "comparison": "einthoven.report.sections.comparison:section",
    "subgroups": "einthoven.report.sections.subgroups:section",
    "more_curves": "einthoven.report.sections.more_curves:section",
    "analyses": "einthoven.report.sections.analyses:section",
    "protocol": "einthoven.report.sections.protocol:section",
    "examples": "einthoven.report.sections.examples:section",
    "rejected": "einthoven.report.sections.rejected:section",
    "audit": "einthoven.report.sections.audit:section",
    "training": "einthoven.report.sections.training:section",
    "provenance": "einthoven.report.sections.provenance:section",
}
