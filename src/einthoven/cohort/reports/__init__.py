"""Values out of the free text of echo and other reports."""

from __future__ import annotations

from einthoven.cohort.reports.choose import choose
from einthoven.cohort.reports.columns import ReportColumns, report_columns
from einthoven.cohort.reports.finding import ReportFinding
from einthoven.cohort.reports.read import read_report

__all__ = ["ReportColumns", "ReportFinding", "choose", "read_report", "report_columns"]
