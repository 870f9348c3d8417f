"""Examples are the most confident decisions of each kind."""

from __future__ import annotations

import re

from einthoven.report.blocks import FigureBlock
from einthoven.report.sections.examples import section


def _panels(evidence):
    return next(block for block in section(evidence).blocks if isinstance(block, FigureBlock)).panels


def test_four_examples_show_every_kind_and_several_labels(full):
    captions = [panel.caption for panel in _panels(full)]
    assert len(captions) == 4
    for kind in ("True positive", "False positive", "False negative"):
        assert any(caption.startswith(kind) for caption in captions)
    assert len({re.search(r"for (\w+):", caption).group(1) for caption in captions}) > 1


def test_a_false_negative_has_the_lowest_score_of_its_label(full):
    caption = next(p.caption for p in _panels(full) if p.caption.startswith("False negative"))
    label = re.search(r"for (\w+):", caption).group(1)
    table = full.predictions("pretrained", split="test", columns=("label", "truth", "score", "split"))
    scores = [r["score"] for r in table.to_pylist() if r["label"] == label and r["truth"] == 1]
    assert f"predicted {min(scores):.3f}" in caption


def test_a_drawing_is_vector_graphics_below_150_kb(full):
    for panel in _panels(full):
        assert len(panel.svg) < 150_000
        assert "<image" not in panel.svg
        assert panel.alt.startswith("ECG of record")
