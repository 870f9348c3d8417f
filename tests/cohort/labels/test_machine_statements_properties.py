"""What holds of the reader of machine statements whatever the text."""

from __future__ import annotations

import json
import random
import re
import string
from pathlib import Path

import pytest

from einthoven.cohort.labels.machine_statements import read_statement, read_statements, unread
from einthoven.cohort.labels.vocabulary import vocabulary

TEXTS = [
    json.loads(line)["text"]
    for line in Path(__file__).with_name("statements_400.jsonl").read_text(encoding="utf-8").splitlines()
]


def meaning(text: str) -> list[tuple[str, str]]:
    return [(finding.concept, finding.presence) for finding in read_statement(text)]


def scrambled(count: int) -> list[str]:
    """Return texts of statements' words in any order, with pieces cut, doubled and replaced by any characters."""
    chance = random.Random(20261121)
    words = [word for text in TEXTS for word in text.split()]
    letters = string.printable + "äÄßİ°µ…–“ 心"
    texts = []
    for _ in range(count):
        text = " ".join(chance.choices(words, k=chance.randint(0, 14)))
        for _ in range(chance.randint(0, 3)):
            at = chance.randint(0, len(text))
            text = text[:at] + chance.choice(letters) + text[at + chance.randint(0, 2) :]
        texts.append(text)
    return texts


@pytest.mark.parametrize("texts", [TEXTS, scrambled(3000)], ids=["statements", "scrambled"])
def test_every_finding_is_a_concept_within_the_text(texts: list[str]) -> None:
    for text in texts:
        for finding in read_statement(text):
            vocabulary().check(finding.concept)
            assert 0 <= finding.start < finding.end <= len(text), text
            assert finding.presence in ("present", "absent", "uncertain")
        assert all(fragment in text for fragment in unread([text]))


@pytest.mark.parametrize(
    "device",
    [
        str.upper,
        str.lower,
        lambda text: text.replace(",", " ,"),
        lambda text: text.replace(" , ", ", "),
        lambda text: text.replace(" ", "  "),
        lambda text: f"*** {text} ***",
        lambda text: f" {text}\n",
        lambda text: re.sub(r"\bA-V\b", "AV", text),
        lambda text: text.replace("schemi", "schaemi").replace("repolariz", "repolaris"),
        lambda text: re.sub(r"(?<=[a-z])\.$", "", text),
    ],
    ids=["upper", "lower", "space comma", "comma", "spaces", "stars", "line", "AV", "British", "full stop"],
)
def test_spacing_capitals_and_spelling_of_devices_change_nothing(device) -> None:
    changed = [(text, device(text)) for text in TEXTS]
    assert [(a, b) for a, b in changed if meaning(a) != meaning(b)] == []


def test_reading_twice_gives_the_same() -> None:
    assert all(read_statements([text]) == read_statements([text, text]) for text in TEXTS)


def test_the_order_of_statements_does_not_matter() -> None:
    chance = random.Random(1)
    for _ in range(200):
        some = chance.sample(TEXTS, 5)
        assert read_statements(some) == read_statements(some[::-1])
