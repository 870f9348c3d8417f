from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from einthoven.cohort.reports.audit_page import audit_html
from einthoven.cohort.reports.columns import report_columns
from einthoven.errors import CohortError

TEXTS = [
    "<b>LVEF</b> 62 % (M-mode), 58 % by Simpson & mild MR",
    None,
    'EF "normal" <script>alert(1)</script>',
    "No value",
]


def page(limit: int = 50) -> str:
    return audit_html(TEXTS, report_columns(TEXTS, ["lvef", "mitral_regurgitation"]), limit)


def test_values_are_marked_where_they_stand_and_the_chosen_one_is_named_beside():
    html = page()
    assert re.search(r'<mark class="m_mode" title="[^"]*">62</mark> % \(M-mode\)', html)
    assert re.search(r'<mark class="simpson chosen" title="[^"]*">58</mark> % by Simpson &amp;', html)
    assert "<td>lvef</td><td>58</td>" in html


def test_a_report_cannot_bring_markup_of_its_own():
    html = page()
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;LVEF&lt;/b&gt;" in html


def test_every_tag_is_closed_and_nothing_is_fetched():
    class Balance(HTMLParser):
        stack: list[str]

        def handle_starttag(self, tag, attributes):
            assert tag == "meta" or not {"src", "href"} & dict(attributes).keys()
            if tag != "meta":
                self.stack.append(tag)

        def handle_endtag(self, tag):
            assert self.stack.pop() == tag

    parser = Balance()
    parser.stack = []
    parser.feed(page())
    assert parser.stack == []
    assert "url(" not in page()


def test_the_counts_are_of_all_reports_whatever_the_limit():
    counts = re.search(r"<tr><td>lvef</td>(.*?)</tr>", page(limit=1)).group(1)
    assert re.findall(r">(\d+)<", counts) == ["1", "0", "0", "0", "0", "1", "2"]
    assert page(limit=1).count("<article>") == 1


def test_reports_without_a_value_say_so_and_those_without_text_are_left_out():
    assert page().count("<article>") == 3
    assert page().count("no value found") == 1


def test_texts_of_other_columns_are_refused():
    with pytest.raises(CohortError, match="belong"):
        audit_html(TEXTS[:1], report_columns(TEXTS, ["lvef"]), 5)
    with pytest.raises(CohortError, match="limit"):
        audit_html(TEXTS, report_columns(TEXTS, ["lvef"]), 0)
