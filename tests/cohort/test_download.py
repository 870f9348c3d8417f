"""A data set is fetched once, resumed wherever it stopped, and never mixed with another one."""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import threading
from concurrent.futures import Future

import pytest

from einthoven.cohort import download as module
from einthoven.cohort.datasets import find_dataset
from einthoven.cohort.download import download
from einthoven.cohort.download_file import Patience
from einthoven.cohort.download_http import AccessRefusedError, Web
from einthoven.cohort.download_plan import plan_download
from einthoven.errors import CohortError
from fakes.file_server import FileServer

RANDOM = random.Random(3)
FILES = {f"records/{row // 10}/{row:05d}.dat": RANDOM.randbytes(2000 + row) for row in range(40)}
FILES |= {"table.csv": b"a,b\n1,2\n", "big.dat": RANDOM.randbytes(1_200_000)}
WEB = Web("einthoven")


@pytest.fixture
def server():
    with FileServer(dict(FILES)) as running:
        running.add_checksums()
        yield running


def a_set(server, **changes):
    """Return a data set that the server publishes."""
    dataset = dataclasses.replace(find_dataset("ptb_xl"), base_url=server.url, size_gb=None)
    return dataclasses.replace(dataset, **changes)


def get(dataset, folder, *, workers=4, progress=None, should_stop=None, **options):
    plan = plan_download(dataset, folder, web=WEB, wait=lambda _: None, **options)
    others = {key: value for key, value in (("progress", progress), ("should_stop", should_stop)) if value}
    return download(plan, web=WEB, workers=workers, wait=lambda _: None, patience=Patience(tries=3), **others)


def there(folder):
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {path: body for path, body in found.items() if path not in ("SHA256SUMS.txt", ".einthoven_download")}


def test_all_files_come_and_a_second_call_asks_for_none(server, tmp_path):
    """Not even for the list: published versions don't change."""
    told = []
    summary = get(a_set(server), tmp_path / "set", progress=lambda done, total: told.append((done, total)))
    assert there(tmp_path / "set") == FILES
    assert (summary.files, summary.fetched, summary.verified, summary.already) == (42, 42, 0, 0)
    assert (summary.unchecked, summary.failures, summary.stopped) == (0, (), False)
    assert told[-1] == (42, 42)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    asked = len(server.requests)
    again = get(a_set(server), tmp_path / "set")
    assert (again.fetched, again.verified, again.already) == (0, 0, 42)
    assert len(server.requests) == asked


def test_what_lies_there_already_is_checked_and_kept_and_what_is_wrong_is_fetched(server, tmp_path):
    """Whoever put it there."""
    shutil.copytree(_written(tmp_path / "copy", FILES), tmp_path / "set")
    (tmp_path / "set/table.csv").write_bytes(b"a,b\n1,3\n")
    (tmp_path / "set/big.dat").unlink()
    summary = get(a_set(server), tmp_path / "set")
    assert (summary.fetched, summary.verified) == (2, 40)
    assert there(tmp_path / "set") == FILES


def test_a_file_that_rotted_is_found_by_verifying(server, tmp_path):
    """Size and time are as they were."""
    folder = tmp_path / "set"
    get(a_set(server), folder)
    before = (folder / "big.dat").stat()
    (folder / "big.dat").write_bytes(b"\0" * len(FILES["big.dat"]))
    os.utime(folder / "big.dat", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert get(a_set(server), folder).already == 42
    summary = get(a_set(server), folder, verify=True)
    assert (summary.fetched, summary.verified, summary.already) == (1, 41, 0)
    assert there(folder) == FILES


def test_a_plan_writes_nothing(server, tmp_path):
    plan = plan_download(a_set(server), tmp_path / "set", web=WEB, only=["records/1/*", "*.csv"])
    assert len(plan.files) == len(plan.pending) == 11
    assert (plan.needed_bytes, plan.unit) == (None, "files")
    assert not (tmp_path / "set").exists()


def test_only_some_files_can_be_had_and_the_others_later(server, tmp_path):
    assert get(a_set(server), tmp_path, only=["*.csv"]).fetched == 1
    summary = get(a_set(server), tmp_path)
    assert (summary.fetched, summary.already) == (41, 1)


def test_a_set_may_be_some_files_of_a_collection(server, tmp_path):
    """As Georgia is of the Challenge of 2021; two of them share a folder, two collections don't."""
    assert get(a_set(server, select=("records/0/*",)), tmp_path).files == 10
    assert get(a_set(server, select=("records/1/*",)), tmp_path).files == 10
    other = a_set(server, base_url=server.url + "other/")
    with pytest.raises(CohortError, match="name another folder"):
        plan_download(other, tmp_path, web=WEB)


def test_a_mirror_serves_the_same_set(server, tmp_path):
    """The folder is that of the data set, wherever its files came from."""
    dataset = a_set(server, base_url="https://physionet.org/files/nothing/1.0/")
    assert get(dataset, tmp_path, base_url=server.url).fetched == 42
    assert get(dataset, tmp_path).already == 42


def test_a_zenodo_record_is_a_list_with_sizes(server, tmp_path):
    server.files = {"a.csv": b"1", "part 1.zip": FILES["big.dat"]}
    server.add_zenodo_record("4916206")
    dataset = a_set(server, listing="zenodo", base_url=server.url + "4916206")
    plan = plan_download(dataset, tmp_path, web=WEB)
    assert (plan.needed_bytes, plan.is_estimate, plan.unit) == (1_200_001, False, "MB")
    server.cuts = {"4916206/files/part 1.zip/content": [100_000]}
    assert get(dataset, tmp_path).fetched == 2
    assert there(tmp_path) == {"a.csv": b"1", "part 1.zip": FILES["big.dat"]}
    assert plan_download(dataset, tmp_path, web=WEB).needed_bytes == 0


def test_files_without_a_checksum_are_counted(server, tmp_path):
    files = tuple({"path": name, "url": server.url + name} for name in ("table.csv", "big.dat"))
    summary = get(a_set(server, listing="files", files=files), tmp_path)
    assert (summary.fetched, summary.unchecked) == (2, 2)
    assert get(a_set(server, listing="files", files=files), tmp_path).already == 2


def test_one_bad_file_does_not_keep_the_others_away(server, tmp_path):
    """It is named; the next call fetches it alone."""
    server.lies = {"table.csv": [b"x", b"y"]}
    body = server.files.pop("big.dat")
    summary = get(a_set(server), tmp_path)
    assert summary.fetched == 40
    assert len(summary.failures) == 2
    assert any("table.csv: its checksum must be" in reason for reason in summary.failures)
    assert any("big.dat answered 404" in reason for reason in summary.failures)
    server.files["big.dat"] = body
    assert get(a_set(server), tmp_path).fetched == 2
    assert there(tmp_path) == FILES


def test_a_server_that_fails_for_all_is_not_asked_for_all(server, tmp_path):
    server.statuses = {path: [500] * 9 for path in FILES}
    summary = get(a_set(server), tmp_path, workers=1)
    assert len(summary.failures) == module.FAILURES_BORNE
    assert summary.fetched == 0


def test_refused_access_ends_it_at_once(server, tmp_path):
    plan = plan_download(a_set(server), tmp_path, web=WEB)
    server.user = ("mary", "s3cret")
    with pytest.raises(AccessRefusedError, match="answered 401"):
        download(plan, web=WEB, workers=1)
    assert len(server.requests) == 2


def test_progress_never_falls_when_bytes_are_thrown_away(server, tmp_path):
    server.files = {"a.zip": b"0" * 5_000_000}
    server.add_zenodo_record("1")
    plan = plan_download(a_set(server, listing="zenodo", base_url=server.url + "1"), tmp_path, web=WEB)
    work, thread, told = module._Work(plan, stop=threading.Event()), Future(), []
    work.received(3_000_000)

    def progress(done, total):
        told.append((done, total))
        if len(told) == 1:
            work.received(-2_000_000)
        elif len(told) == 2:
            thread.set_result(None)

    module._watch([thread], work, progress=progress, should_stop=lambda: False)
    assert told == [(3, 5)] * 3


def test_who_stops_it_goes_on_from_there(server, tmp_path):
    """A file in the middle of its bytes is resumed."""
    server.stops = {"big.dat": threading.Event()}
    told = []

    def should_stop():
        told.extend([True] if server.half_sent.is_set() else [])
        return bool(told)

    def progress(done, total):
        if told:
            server.stops["big.dat"].set()  # the threads have heard of it by now

    summary = get(a_set(server), tmp_path, only=["big.dat"], should_stop=should_stop, progress=progress)
    assert summary.stopped
    assert summary.fetched == 0
    assert (tmp_path / "big.dat.part").stat().st_size >= 600_000
    server.stops = {}
    assert get(a_set(server), tmp_path).fetched == 42
    assert there(tmp_path) == FILES
    (resumed,) = server.asked_for("big.dat")[1:]
    assert int(resumed["Range"].removeprefix("bytes=").rstrip("-")) >= 600_000


def test_an_interruption_reaches_the_caller_and_the_threads(server, tmp_path):
    """What Ctrl-C does where no handler notes it."""

    def progress(done, total):
        raise KeyboardInterrupt

    server.stops = {"big.dat": threading.Event()}
    server.stops["big.dat"].set()
    with pytest.raises(KeyboardInterrupt):
        get(a_set(server), tmp_path, progress=progress)
    assert get(a_set(server), tmp_path).files == 42
    assert there(tmp_path) == FILES


def test_a_disk_without_room_is_told_before_anything_is_fetched(server, tmp_path, monkeypatch):
    """By the catalogue's size where the list has none; a part may fit."""
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 8, 10**9))
    dataset = a_set(server, size_gb=3.0)
    with pytest.raises(CohortError, match=r"needs about 3\.0 GB more, and 1\.0 GB are free: .* --only"):
        get(dataset, tmp_path / "set")
    assert not (tmp_path / "set").exists()
    assert get(dataset, tmp_path / "set", only=["*.csv"]).fetched == 1


def test_a_link_that_leads_out_of_the_folder_is_not_followed(server, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "set/records").symlink_to(tmp_path / "outside")
    summary = get(a_set(server), tmp_path / "set", only=["records/0/*"])
    assert all("is a link that leads out of" in reason for reason in summary.failures)
    assert summary.fetched == 0
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_hostile_list_writes_nothing(server, tmp_path):
    server.files["SHA256SUMS.txt"] += b"0" * 64 + b"  ../../evil\n"
    with pytest.raises(CohortError, match="leads out of the folder"):
        get(a_set(server), tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_list_of_a_busy_server_is_asked_for_again(server, tmp_path):
    server.statuses = {"SHA256SUMS.txt": [503, 503]}
    server.cuts = {"SHA256SUMS.txt": [100]}
    assert get(a_set(server), tmp_path).fetched == 42


def test_a_page_in_place_of_the_list_is_refused(server, tmp_path):
    """As a hospital's network shows to who isn't logged in."""
    server.files["SHA256SUMS.txt"] = b"<html>Accept our terms</html>"
    with pytest.raises(CohortError, match="a SHA-256 sum and a name are expected"):
        get(a_set(server), tmp_path)


def test_a_set_without_a_list_says_where_to_ask(tmp_path):
    with pytest.raises(CohortError, match="uk_biobank has no public list of files; see https://"):
        plan_download(find_dataset("uk_biobank"), tmp_path, web=WEB)


def _written(folder, files):
    for path, body in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    return folder
