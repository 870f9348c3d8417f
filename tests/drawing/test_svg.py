"""SVG that can be put into a page."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from einthoven.drawing.svg import to_svg, write_figure
from einthoven.errors import SpecificationError


def _figure() -> Figure:
    figure = Figure(figsize=(2, 1))
    axes = figure.add_subplot()
    axes.plot([0, 1, 2], [0, 1, 0], color="#123456")
    axes.set_title("a < b & c")
    return figure


def test_text_stays_text_and_the_drawing_has_its_size_and_name():
    root = ET.fromstring(to_svg(_figure(), prefix="p", title='say "this"'))
    assert "a < b & c" in "".join(root.itertext())
    assert root.get("aria-label") == 'say "this"'
    assert (root.get("width"), root.get("viewBox")) == ("50.8mm", "0 0 144 72")


def test_ids_start_with_the_prefix_and_references_follow():
    text = to_svg(_figure(), prefix="fig7")
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    assert ids
    assert all(name.startswith("fig7-") for name in ids)
    assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)) <= {(i, "") for i in ids} | {("", i) for i in ids}


def test_colours_are_handed_to_the_page():
    text = to_svg(_figure(), prefix="p", colours={"#123456": "var(--ink)"})
    assert "var(--ink)" in text
    assert "#123456" not in text


def test_global_settings_are_left_as_they_were():
    before = dict(mpl.rcParams)
    to_svg(_figure(), prefix="p")
    assert dict(mpl.rcParams) == before


def test_drawing_twice_gives_the_same_text():
    assert to_svg(_figure(), prefix="p") == to_svg(_figure(), prefix="p")


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_a_figure_is_written_by_its_ending(tmp_path, ending):
    assert write_figure(_figure(), tmp_path / f"x{ending}").stat().st_size > 500


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(SpecificationError, match=r"\.svg, \.png, \.pdf"):
        write_figure(_figure(), tmp_path / "x.bmp")


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_the_same_figure_is_the_same_file(tmp_path, ending):
    first = write_figure(_figure(), tmp_path / f"x{ending}").read_bytes()
    assert write_figure(_figure(), tmp_path / f"x{ending}").read_bytes() == first


def test_a_file_name_with_odd_letters_still_gives_valid_ids(tmp_path):
    root = ET.fromstring(write_figure(_figure(), tmp_path / 'a "b" <c>&.svg').read_text(encoding="utf-8"))
    assert root.get("aria-label") == 'a "b" <c>&'
    assert all(re.fullmatch(r"[\w-]+", element.get("id", "x")) for element in root.iter())


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_a_drawing_appears_whole_or_not_at_all_and_a_full_disk_names_it(tmp_path, monkeypatch, ending):
    def full(_path, _content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_figure(_figure(), tmp_path / f"x{ending}")
    assert caught.value.filename == str(tmp_path / f"x{ending}")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_does_not_print_makes_no_broken_drawing(tmp_path):
    path = tmp_path / os.fsdecode(b"a\x1b\xff.svg")
    assert ET.fromstring(write_figure(_figure(), path).read_text(encoding="utf-8")).get("aria-label") == "a  "
