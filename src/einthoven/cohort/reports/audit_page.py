"""A page for people who check how reports were read: each report with its values marked, beside what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import polars as pl

from einthoven.cohort.reports.columns import ReportColumns
from einthoven.cohort.reports.finding import METHODS
from einthoven.errors import CohortError

__all__ = ["audit_html"]

STYLE: Final = """
:root { color-scheme: light; --ink: #1d2733; --soft: #5d6b7a; --line: #dde3ea; --paper: #ffffff; --ground: #f4f6f9; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
p.note { color: var(--soft); margin: 0 0 1.25rem; max-width: 48rem; }
table { border-collapse: collapse; background: var(--paper); }
th, td { text-align: left; padding: .3rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); font-size: .85rem; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
table.counts { margin-bottom: 1.5rem; border: 1px solid var(--line); }
article { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.25rem; margin: 0 0 1rem;
  padding: 1rem 1.25rem; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; }
article h2 { grid-column: 1 / -1; margin: 0; font-size: .85rem; font-weight: 600; color: var(--soft); }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
article table { width: 100%; font-size: .9rem; align-self: start; }
mark { color: inherit; border-radius: .2rem; padding: .05rem .2rem; background: var(--tint); }
mark.chosen { outline: 2px solid var(--edge); font-weight: 600; }
.simpson { --tint: #d3ecd9; --edge: #2b7a43; }
.m_mode { --tint: #d6e6fa; --edge: #2a62ad; }
.visual { --tint: #fbe7c6; --edge: #a86a08; }
.other { --tint: #e8dcf5; --edge: #6f3fa6; }
.unnamed { --tint: #e4e8ed; --edge: #566373; }
.qualitative { --tint: #fad9dc; --edge: #b03648; }
span.flags { color: var(--soft); font-size: .8rem; display: block; }
@media (max-width: 48rem) { article { grid-template-columns: 1fr; } }
"""


def audit_html(texts: Sequence[str | None], columns: ReportColumns, limit: int = 50) -> str:
    """Return a self-contained HTML page of the first ``limit`` reports; it holds the reports' texts.

    Parameters
    ----------
    texts : sequence of str or None
        Those that ``columns`` was read from, in the same order. Choose by chance which reports to look at, with a seed.
    columns : ReportColumns
    limit : int
        Reports on the page; those without any text are left out. The counts on top are of all reports.

    Raises
    ------
    CohortError
        For texts that aren't those of the columns, or a limit below 1.
    """
    if len(texts) != columns.chosen.height:
        raise CohortError(f"columns of {columns.chosen.height} reports don't belong to {len(texts)} texts")
    if limit < 1:
        raise CohortError(f"limit must be at least 1, got {limit}")
    rows = [row for row, text in enumerate(texts) if text][:limit]
    found: dict[int, list[Mapping[str, Any]]] = {row: [] for row in rows}
    for finding in columns.findings.filter(pl.col("row").is_in(rows)).iter_rows(named=True):
        found[finding["row"]].append(finding)
    articles = "\n".join(_article(row, str(texts[row]), found[row]) for row in rows)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reading of reports</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>Reading of reports</h1>
<p class="note">{len(rows)} of {len(texts)} reports. Every value found is marked in the colour of its method; the one
that was chosen has a border. Look for values without a mark, and marks on what is no value of the report.</p>
{_counts(columns)}
{articles}
</main>
</body>
</html>
"""


def _counts(columns: ReportColumns) -> str:
    """Return the table of how many reports have a value of each quantity, by the method of the chosen one."""
    quantities = [name.removesuffix(".method") for name in columns.chosen.columns if name.endswith(".method")]
    head = "".join(f'<th><mark class="{method}">{method.replace("_", "-")}</mark></th>' for method in METHODS)
    body = ""
    for quantity in quantities:
        methods = columns.chosen[f"{quantity}.method"].drop_nulls()
        cells = "".join(f'<td class="n">{(methods == method).sum()}</td>' for method in METHODS)
        silent = columns.chosen.height - methods.len()
        body += f'<tr><td>{escape(quantity)}</td>{cells}<td class="n">{silent}</td></tr>\n'
    return f'<table class="counts">\n<tr><th>chosen by method</th>{head}<th>no value</th></tr>\n{body}</table>'


def _article(row: int, text: str, findings: Sequence[Mapping[str, Any]]) -> str:
    chosen = [one for one in findings if one["chosen"]]
    lines = "\n".join(_line(one) for one in chosen) or '<tr><td colspan="3">no value found</td></tr>'
    return f"""<article>
<h2>Report {row}</h2>
<pre>{_marked(text, findings)}</pre>
<table>
<tr><th>quantity</th><th>value</th><th>method</th></tr>
{lines}
</table>
</article>"""


def _line(finding: Mapping[str, Any]) -> str:
    flags = f'<span class="flags">{escape(finding["flags"])}</span>' if finding["flags"] else ""
    return (
        f"<tr><td>{escape(finding['quantity'])}</td><td>{escape(_number(finding))}</td>"
        f'<td><mark class="{finding["method"]}">{finding["method"].replace("_", "-")}</mark>{flags}</td></tr>'
    )


def _number(finding: Mapping[str, Any]) -> str:
    """Return a value as a person would write it."""
    low, high = finding["low"], finding["high"]
    if low is None and high is None:
        return "?"
    if low is None:
        return f"{'<' if 'high excluded' in finding['flags'] else '≤'} {high:g}"
    if high is None:
        return f"{'>' if 'low excluded' in finding['flags'] else '≥'} {low:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _marked(text: str, findings: Sequence[Mapping[str, Any]]) -> str:
    """Return the escaped text with each finding marked; of findings that overlap the first is."""
    pieces, position = [], 0
    for one in sorted(findings, key=lambda one: (one["start"], not one["chosen"], one["end"])):
        if one["start"] < position:
            continue
        state = " chosen" if one["chosen"] else ""
        title = escape(f"{one['quantity']} {_number(one)} {one['flags']}".strip(), quote=True)
        pieces += [
            escape(text[position : one["start"]]),
            f'<mark class="{one["method"]}{state}" title="{title}">{escape(text[one["start"] : one["end"]])}</mark>',
        ]
        position = one["end"]
    return "".join([*pieces, escape(text[position:])])
