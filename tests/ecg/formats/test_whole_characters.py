"""Half a character of a JSON file doesn't keep its ECG from being written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from einthoven.ecg.formats import read
from einthoven.ecg.formats.whole_characters import whole_characters
from einthoven.ecg.formats.writing import WRITERS, encode
from fakes.all_fakes import fakes_of, leads_of, signal_mv


@pytest.mark.parametrize("text", ["", "plain", "Zoë", "山田", "\U0001f493", "a\ufffdb"])
def test_whole_text_stays_as_it_is(text):
    assert whole_characters(text) == text


def test_each_half_is_replaced():
    assert whole_characters("a\ud800b\udc00") == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    ("name", "said"),
    [("fhir", {"note": [{"text": "half \ud800"}]}), ("kardia_json", {"algorithmDetermination": "half \ud800"})],
)
def test_what_a_json_file_says_is_written_in_every_format(tmp_path, name, said):
    location = next(iter(fakes_of(name).values()))(tmp_path, signal_mv(name, 500), leads_of(name))
    path = Path(location.path)
    path.write_text(json.dumps(json.loads(path.read_text()) | said))
    record = read(location)
    assert record.statements == ("half \ufffd",)
    for to in WRITERS:
        assert encode(record, tmp_path / "a.x", format=to)
