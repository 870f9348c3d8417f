"""A slip of the finger changes one word, and no number."""

from __future__ import annotations

import re

import numpy as np

from einthoven.simulation.paper.typing_errors import with_typing_error

TEXT = "Ejection fraction 45 % by Simpson, EF 50"


def test_one_longer_word_changes_and_no_number_does() -> None:
    for seed in range(50):
        slipped = with_typing_error(TEXT, np.random.default_rng(seed))
        assert re.findall(r"\d+", slipped) == ["45", "50"]
        changed = [(a, b) for a, b in zip(TEXT.split(), slipped.split(), strict=True) if a != b]
        assert len(changed) <= 1  # two equal letters that are swapped change nothing


def test_a_text_of_short_words_stays() -> None:
    assert with_typing_error("EF 45 %", np.random.default_rng(0)) == "EF 45 %"
