"""``data`` lists the public data sets, fetches the open ones and says how to get the others."""

from __future__ import annotations

import dataclasses
import json
import random
import signal
import sys
import threading
import tomllib
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from einthoven.cli import main as main_module
from einthoven.cli import progress as progress_module
from einthoven.cli.main import app
from einthoven.cohort import datasets as datasets_module
from einthoven.cohort.datasets import catalogue
from einthoven.cohort.sources import SOURCES
from einthoven.errors import CohortError, UnknownNameError
from fakes.file_server import FileServer

BIG = random.Random(4).randbytes(1_200_000)
FILES = {"ptbxl_database.csv": b"ecg_id\n", "records100/1.dat": b"12", "records500/1.dat": BIG}


def data(*words):
    return CliRunner().invoke(app, ["data", *map(str, words)], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    monkeypatch.delenv("PHYSIONET_USERNAME", raising=False)
    monkeypatch.delenv("PHYSIONET_PASSWORD", raising=False)


@pytest.fixture
def server():
    with FileServer(dict(FILES)) as running:
        running.add_checksums()
        yield running


@pytest.fixture
def small_sets(monkeypatch):
    """Let no set be too large for the disk of whoever tests."""
    sets = {name: dataclasses.replace(dataset, size_gb=None, select=()) for name, dataset in catalogue().items()}
    monkeypatch.setattr(datasets_module, "catalogue", lambda: sets)


def let_in(monkeypatch, password="s3cret"):
    monkeypatch.setenv("PHYSIONET_USERNAME", "mary")
    monkeypatch.setenv("PHYSIONET_PASSWORD", password)


def test_the_list_names_each_set_and_who_may_have_it():
    result = data("list")
    assert result.exit_code == 0
    for name, dataset in catalogue().items():
        assert any(line.split()[:2] == [name, dataset.access] for line in result.stdout.splitlines())


def test_the_list_for_programs_holds_all_that_is_known():
    entries = json.loads(data("list", "--json").stdout)
    assert [entry["name"] for entry in entries] == list(catalogue())
    assert entries[0]["records"] == 21799


def test_a_set_is_described_with_its_traps():
    shown = data("show", "cinc2021").stdout
    for words in ("88,253 ECGs, about 12 GB", "shares ECGs with: ptb_xl", "beware: never test on", "CC BY 4.0"):
        assert words in shown
    assert "open to anybody: einthoven data fetch cinc2021" in shown
    for dataset in catalogue().values():
        assert dataset.title in data("show", dataset.name).stdout
    with pytest.raises(UnknownNameError, match="did you mean 'cinc2021'"):
        data("show", "cinc21")


def test_a_set_is_fetched_and_the_next_step_told(server, tmp_path, small_sets):
    """What it prints is a part of a study file."""
    folder = tmp_path / 'ptb "xl"'
    result = data("fetch", "ptb_xl", "--to", folder, "--base-url", server.url)
    assert result.exit_code == 0
    assert (folder / "records500/1.dat").read_bytes() == BIG
    assert "3 of 3 files are in" in result.stdout
    assert "3 fetched, 0 found there and checked, 0 checked earlier" in result.stdout
    study = tomllib.loads(result.stdout[result.stdout.index("[data.ptb_xl]") :])
    assert study["data"]["ptb_xl"] == {"source": "ptb_xl", "path": str(folder)}
    assert "0 fetched, 0 found there and checked, 3 checked earlier" in data("fetch", "ptb_xl", "--to", folder).stdout
    assert "0 fetched, 3 found there" in data("fetch", "ptb_xl", "--to", folder, "--verify").stdout


def test_a_set_that_no_source_reads_can_be_looked_at(server, tmp_path, small_sets, monkeypatch):
    monkeypatch.delitem(SOURCES, "ludb", raising=False)
    result = data("fetch", "ludb", "--to", tmp_path / "a b", "--base-url", server.url)
    assert f"einthoven inspect '{tmp_path / 'a b'}'" in result.stdout
    assert "[data." not in result.stdout


def test_a_set_that_belongs_beside_another_one_says_where(server, tmp_path, small_sets, monkeypatch):
    """The tables of MIMIC-IV are named below its ECGs."""
    let_in(monkeypatch)
    result = data("fetch", "mimic_iv", "--to", tmp_path, "--base-url", server.url)
    assert f"below [data.mimic_iv_ecg], the key hospital names the folder {tmp_path}/hosp" in result.stdout
    assert "inspect" not in result.stdout


def test_how_much_it_would_be_is_told_without_a_trace(server, tmp_path, small_sets):
    folder = tmp_path / "set"
    words = ("--base-url", server.url, "--only", "*.csv", "--only", "records100/*", "--dry-run")
    result = data("fetch", "ptb_xl", "--to", folder, *words)
    assert "2 of 2 files are to be fetched or checked, of unknown size; nothing was done" in result.stdout
    assert not folder.exists()


def test_what_is_left_to_do_is_told(server, tmp_path):
    """CODE-test is an archive."""
    server.files = {"data.zip": b"PK"}
    server.add_zenodo_record("1")
    result = data("fetch", "code_test", "--to", tmp_path, "--base-url", server.url + "1")
    assert f"unpack it in place: cd {tmp_path} && unzip -n data.zip; the tracings" in result.stdout


@pytest.mark.parametrize("name", ["mimic_iv", "echonext", "uk_biobank"])
def test_a_restricted_set_says_how_to_get_it(name, tmp_path):
    """And asks no server; nobody could be let in."""
    result = data("fetch", name, "--to", tmp_path / "set")
    assert result.exit_code == 2
    assert "is not open to everybody" in result.stderr
    assert "  1. " in result.stderr
    assert catalogue()[name].page in result.stderr
    assert not (tmp_path / "set").exists()


def test_no_account_opens_what_has_no_public_files(tmp_path, monkeypatch):
    let_in(monkeypatch)
    assert data("fetch", "uk_biobank", "--to", tmp_path).exit_code == 2


def test_an_account_opens_a_restricted_set(server, tmp_path, monkeypatch, small_sets):
    let_in(monkeypatch)
    server.user = ("mary", "s3cret")
    result = data("fetch", "echonext", "--to", tmp_path, "--base-url", server.url)
    assert result.exit_code == 0
    assert (tmp_path / "records500/1.dat").read_bytes() == BIG
    assert "s3cret" not in result.output


def test_an_open_set_is_fetched_without_the_password(server, tmp_path, monkeypatch, small_sets):
    let_in(monkeypatch)
    data("fetch", "ptb_xl", "--to", tmp_path, "--base-url", server.url)
    assert not any("Authorization" in headers for _, headers in server.requests)


def test_a_wrong_account_is_told_what_to_check(server, tmp_path, monkeypatch, small_sets, capsys):
    """Variables, steps, and the owners' own way in; never the password."""
    let_in(monkeypatch, "wr0ng")
    server.user = ("mary", "s3cret")
    with pytest.raises(CohortError, match=r"answered 403 .*check PHYSIONET_USERNAME and PHYSIONET_PASSWORD") as caught:
        data("fetch", "mimic_iv", "--to", tmp_path, "--base-url", server.url)
    shown = capsys.readouterr()
    assert "wr0ng" not in str(caught.value) + shown.out + shown.err


def test_who_is_refused_is_shown_the_steps(server, tmp_path, monkeypatch, small_sets):
    let_in(monkeypatch, "wr0ng")
    server.user = ("mary", "s3cret")
    result = CliRunner().invoke(app, ["data", "fetch", "mimic_iv", "--to", str(tmp_path), "--base-url", server.url])
    assert isinstance(result.exception, CohortError)
    assert "CITI course" in result.stderr
    assert (
        f"--cut-dirs=3 --user NAME --ask-password -P {tmp_path} https://physionet.org/files/mimiciv/3.1/"
        in result.stderr
    )


def test_files_that_came_by_other_means_are_checked_without_an_account(server, tmp_path, small_sets):
    """As Wget leaves them, with the list beside them."""
    for path, body in server.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(body)
    result = data("fetch", "echonext", "--to", tmp_path, "--base-url", server.url)
    assert "0 fetched, 3 found there and checked" in result.stdout
    assert server.requests == []


def test_a_refusal_of_an_open_set_points_to_its_page(server, tmp_path):
    server.user = ("mary", "s3cret")
    with pytest.raises(CohortError, match=r"though ptb_xl is open: see https://physionet\.org/content/ptb-xl"):
        data("fetch", "ptb_xl", "--to", tmp_path, "--base-url", server.url)


def test_files_that_could_not_be_had_are_listed(server, tmp_path, small_sets):
    del server.files["records100/1.dat"]
    result = data("fetch", "ptb_xl", "--to", tmp_path, "--base-url", server.url)
    assert result.exit_code == 2
    assert "1 of 3 files could not be had" in result.stderr
    assert "records100/1.dat answered 404" in result.stderr
    assert "2 of 3 files are in" in result.stdout


def test_ctrl_c_leaves_what_can_be_gone_on_with(server, tmp_path, small_sets, monkeypatch, capsys):
    """Exit status 130, and the same command again fetches the rest."""
    server.stops = {"records500/1.dat": threading.Event()}
    calls = []

    def report(done, total):
        if server.half_sent.is_set():
            calls.append(done)
            if len(calls) == 1:
                signal.raise_signal(signal.SIGINT)
            else:
                server.stops["records500/1.dat"].set()  # the threads have heard of it by now

    @contextmanager
    def lines():
        yield lambda _name: report

    words = ["fetch", "ptb_xl", "--to", str(tmp_path), "--base-url", server.url, "--workers", "1"]
    with monkeypatch.context() as patched:
        patched.setattr(progress_module, "progress_lines", lines)
        patched.setattr(sys, "argv", ["einthoven", "data", *words])
        with pytest.raises(SystemExit) as caught:
            main_module.main()
    assert caught.value.code == 130
    assert "stopped by SIGINT: 2 of 3 files are in" in capsys.readouterr().err
    assert (tmp_path / "records500/1.dat.part").exists()
    server.stops = {}
    assert "1 fetched, 0 found there and checked, 2 checked earlier" in data(*words).stdout
    assert server.asked_for("records500/1.dat")[-1]["Range"].startswith("bytes=")
