"""The page: complete, self-contained, accessible, and its numbers are those of the artefacts."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.evaluate import evaluate
from einthoven.evaluation.prediction_tables import tabulated
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import MACRO
from einthoven.report.html import render
from einthoven.report.notation import value
from fakes.html_page import Page
from fakes.predictions import fake_predictions


@pytest.fixture(scope="module")
def parsed(page):
    """Parse the full page."""
    return Page(page)


def test_tags_are_nested_and_ids_unique(parsed):
    assert parsed.problems == []
    assert len(parsed.ids()) == len(set(parsed.ids()))


def test_nothing_is_loaded_from_elsewhere(page, parsed):
    loading = {"src", "srcset", "href", "xlink:href", "action", "data", "poster"}
    for tag, attributes in parsed.tags:
        assert tag not in ("script", "link", "iframe", "img", "object")
        for name in loading & set(attributes):
            assert attributes[name].startswith("#"), (tag, attributes)
    assert not re.search(r"@import|url\((?!#)", page)
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_every_number_of_the_performance_table_is_the_artefacts(parsed, full):
    cells = {cell.strip() for table in parsed.tables for row in table for cell in row}
    for label in full.labels("test"):
        for metric, digits in (("auroc", 3), ("auprc", 3), ("brier", 3), ("calibration_slope", 2)):
            assert value(full.estimate("pretrained", "test", label, metric), digits) in cells
    assert value(full.estimate("pretrained", "test", MACRO, "auroc")) in cells
    assert value(full.estimate("pretrained", "external", MACRO, "auroc")) in cells


def test_fractions_stand_under_the_shares(parsed, full):
    sensitivity = full.estimate("pretrained", "test", "NORM", "sensitivity")
    row = next(row for table in parsed.tables if "Sensitivity" in table[0] for row in table if row[0] == "NORM")
    assert row[2].split() == [*value(sensitivity).split(), f"{sensitivity.events}/{sensitivity.n}"]


def test_the_key_finding_is_the_macro_auroc_of_the_test_split(parsed, full):
    macro = full.estimate("pretrained", "test", MACRO, "auroc")
    assert re.search(rf"Macro-averaged AUROC {re.escape(value(macro))}", " ".join(parsed.text.split()))
    assert f"On {macro.n} ECGs of {macro.clusters} patients" in parsed.text


def test_text_from_the_study_is_escaped(page, parsed):
    assert "<i>full</i>" not in page
    assert "A <i>full</i> & fair study" in parsed.text


def test_drawings_have_a_name_for_screen_readers(parsed):
    drawings = [attributes for tag, attributes in parsed.tags if tag == "svg"]
    assert len(drawings) > 10
    assert all(attributes.get("role") == "img" and attributes.get("aria-label") for attributes in drawings)


def test_headings_do_not_skip_a_level_and_every_section_is_listed(parsed):
    assert [tag for tag, _ in parsed.tags if tag == "h1"] == ["h1"]
    sections = [attributes["id"] for tag, attributes in parsed.tags if tag == "section"]
    links = {attributes["href"] for tag, attributes in parsed.tags if tag == "a"}
    assert {f"#{key}" for key in sections} <= links


def test_tables_and_figures_are_numbered_in_order(page):
    for kind in ("Table", "Figure"):
        numbers = [int(n) for n in re.findall(rf"<b>{kind} (\d+)\.</b>", page)]
        assert numbers == list(range(1, len(numbers) + 1))


def test_light_dark_and_print_have_their_styles(page):
    for rule in ("prefers-color-scheme: dark", "@media print", "max-width: 42rem"):
        assert rule in page


def test_rendering_twice_gives_the_same_page(full_run, page, tmp_path):
    assert render(full_run, tmp_path / "again.html").read_text(encoding="utf-8") == page


def test_the_default_place_is_in_the_run_folder(empty_run):
    assert render(empty_run) == empty_run / "report" / "report.html"


def test_a_folder_that_is_no_run_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(SpecificationError, match="einthoven run"):
        render(tmp_path)


def test_a_page_needs_no_torch(full_run, tmp_path):
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['lightning'] = None\n"
        "from pathlib import Path\n"
        "from einthoven.report.html import render\n"
        f"render(Path({str(full_run)!r}), Path({str(tmp_path / 'r.html')!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_page_of_one_class_says_why_a_number_is_missing(one_class_run, tmp_path):
    text = Page(render(one_class_run, tmp_path / "r.html").read_text(encoding="utf-8")).text
    assert "NORM: not estimable" in text
    assert "over 2 of 3 labels" in text


def test_an_evaluation_alone_has_a_report(tmp_path):
    """No study, no cohort: sections of these are left out, readers are points, and it lies beside the results."""
    predictions = fake_predictions(models=("net", "reader"))
    evaluate(predictions, Protocol(resamples=20)).save(tmp_path)
    path = render(tmp_path)
    text = path.read_text(encoding="utf-8")
    assert path == tmp_path / "report.html"
    assert "Evaluation of “net” and a reader" in text
    assert "Readers: ● reader." in text
    assert "Answers of readers" in text
    for absent in ("Leak audit", "The run holds no", "Participants"):
        assert absent not in text


def test_numbers_without_a_yes_no_truth_have_a_report(tmp_path):
    """No label has an area, so the model is named by its errors."""
    score, truth = np.arange(40.0)[:, None], np.arange(40.0)[::-1][:, None]
    predictions = tabulated(score, truth, {}, labels=["LVEF"], model="net", score_kind="value", task="regression")
    evaluate(predictions, Protocol(resamples=20)).save(tmp_path)
    text = render(tmp_path).read_text(encoding="utf-8")
    for words in ("Evaluation of “net”", "Mean absolute error", "Bland and Altman"):
        assert words in text
