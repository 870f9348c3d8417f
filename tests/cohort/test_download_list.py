"""Lists of files are read exactly, and no name in them leads out of the folder."""

from __future__ import annotations

import json

import pytest

from einthoven.cohort.datasets import find_dataset
from einthoven.cohort.download_list import (
    RemoteFile,
    catalogue_files,
    parse_sha256sums,
    parse_zenodo_record,
    select_files,
)
from einthoven.errors import CohortError

SUM, OTHER = "a" * 64, "b" * 64
RECORD = "https://zenodo.org/api/records/1"


def parse(text):
    return parse_sha256sums(text, base_url="https://x.org/1.0/", source="list")


def zenodo(**changes):
    entry = {"key": "a.zip", "checksum": "md5:" + "0" * 32, "size": 3} | changes
    return parse_zenodo_record(json.dumps({"files": [entry]}), record_url=RECORD)


def test_a_checksum_list_gives_names_addresses_and_sums():
    """As sha256sum writes it: with one blank, two, or a star; names may hold blanks."""
    files = parse(f"{SUM}  records/a 1.hea\n{SUM.upper()} *b.dat\n\n{SUM} ./c#.dat\n")
    assert files == [
        RemoteFile("records/a 1.hea", "https://x.org/1.0/records/a%201.hea", f"sha256:{SUM}"),
        RemoteFile("b.dat", "https://x.org/1.0/b.dat", f"sha256:{SUM}"),
        RemoteFile("c#.dat", "https://x.org/1.0/c%23.dat", f"sha256:{SUM}"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "a/../../b",
        "/etc/passwd",
        "C:/a",
        "C:a",
        "..\\a",
        "\\\\host\\share",
        "..",
        ".",
        "a/..",
        "a\x00b",
        "a\x1bb",
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_refused(name):
    """For the checksum list, Zenodo, and the catalogue alike."""
    with pytest.raises(CohortError, match=r"leads out of the folder|is no name of a file"):
        parse(f"{SUM}  {name}\n")
    with pytest.raises(CohortError, match=r"leads out of the folder|is no name of a file"):
        zenodo(key=name)
    with pytest.raises(CohortError, match=r"leads out of the folder|is no name of a file"):
        catalogue_files([{"path": name, "url": "https://x.org/a"}])


@pytest.mark.parametrize("name", [".einthoven_download", "a/.einthoven_download/", "a/b.part", "b.part.validator"])
def test_a_name_that_the_download_uses_itself_is_refused(name):
    with pytest.raises(CohortError, match="keeps for itself"):
        parse(f"{SUM}  {name}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html>Log in</html>", "line 1: a SHA-256 sum and a name are expected, got '<html>"),
        (f"{SUM}  a\n{SUM[:-1]}  b", "line 2"),
        (f"{SUM}  a\n{OTHER}  a", "line 2: a is listed twice, with different sums"),
        ("\n", "lists no files"),
    ],
)
def test_what_is_no_checksum_list_is_refused(text, says):
    with pytest.raises(CohortError, match=says):
        parse(text)


def test_a_file_that_is_listed_twice_is_one():
    assert len(parse(f"{SUM}  a\n{SUM}  a")) == 1


def test_a_zenodo_record_gives_sums_and_sizes():
    """The link of the record where it stays on the host, else the address that the interface documents."""
    link = "https://zenodo.org/api/files/x/a.zip"
    assert zenodo(links={"self": link}) == [RemoteFile("a.zip", link, "md5:" + "0" * 32, 3)]
    for links in ({"self": "https://evil.org/a.zip"}, {"self": "http://zenodo.org/a.zip"}, {}, None):
        assert zenodo(links=links)[0].url == f"{RECORD}/files/a.zip/content"


@pytest.mark.parametrize("text", ["<html>", "[]", "{}", '{"files": 3}', '{"files": [{"key": "a"}]}', '{"files": []}'])
def test_what_is_no_record_is_refused(text):
    with pytest.raises(CohortError, match=r"gave no record with files|lists no files"):
        parse_zenodo_record(text, record_url=RECORD)


@pytest.mark.parametrize("checksum", ["crc:12", "md5:12", "sha256:" + "g" * 64, 3])
def test_a_checksum_of_another_kind_is_refused(checksum):
    with pytest.raises(CohortError, match="must be md5 or sha256"):
        zenodo(checksum=checksum)


def test_the_catalogue_may_list_files_itself():
    """Another address takes the place of theirs."""
    files = catalogue_files(find_dataset("sph").files)
    assert [file.path for file in files] == ["metadata.csv", "code.csv", "records.tar.gz"]
    assert files[2].url.startswith("https://ndownloader.figshare.com/")
    mirrored = catalogue_files([{"path": "a", "url": "https://x.org", "md5": "0" * 32}], base_url="http://localhost/m/")
    assert mirrored == [RemoteFile("a", "http://localhost/m/a", "md5:" + "0" * 32)]


def test_patterns_choose_files_and_each_must_match_some():
    files = parse(f"{SUM}  a.csv\n{SUM}  records100/0/1.dat\n{SUM}  records500/0/1.dat\n")
    assert [file.path for file in select_files(files, ["records100/*", "*.csv"])] == ["a.csv", "records100/0/1.dat"]
    assert select_files(files, ()) == files
    with pytest.raises(CohortError, match=r"no file matches 'records/\*'; there are a\.csv, records100/\*, records500"):
        select_files(files, ["*.csv", "records/*"])
