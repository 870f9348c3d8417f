"""Tensors come out of a file, and nothing else does."""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import zipfile
from collections import OrderedDict

import h5py
import numpy as np
import pytest
import torch
from safetensors.torch import save, save_file

from einthoven.errors import CheckpointError
from einthoven.models.public.weight_file import read_weight_file

TENSORS = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.count": torch.tensor(7)}


class _Configuration:
    """Stands for a class of somebody's package."""


def _same(tensors) -> bool:
    return set(tensors) == set(TENSORS) and all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)


@pytest.mark.parametrize("container", [(), ("state_dict",), ("model", "inner")])
def test_a_pickle_of_tensors_is_read_inside_its_containers(tmp_path, container):
    content = OrderedDict(TENSORS)
    for key in reversed(container):
        content = {key: content, "epoch": 3, "cfg": {"name": "x", "list": [1, 2.5, None]}}
    torch.save(content, tmp_path / "w.pth")
    file = read_weight_file(tmp_path / "w.pth", container=container)
    assert file.kind == "torch"
    assert _same(file.tensors)
    assert file.sha256 == hashlib.sha256((tmp_path / "w.pth").read_bytes()).hexdigest()


@pytest.mark.parametrize("value", [np.float64(0.9), np.float32(1), np.int64(3), np.bool_(True)])
def test_numpy_s_numbers_beside_the_tensors_are_let_in(tmp_path, value):
    torch.save({"state_dict": TENSORS, "val_auroc": value}, tmp_path / "w.pth")
    assert _same(read_weight_file(tmp_path / "w.pth", container=("state_dict",)).tensors)


def test_numpy_s_numbers_under_their_old_name_are_let_in(tmp_path):
    torch.save({"state_dict": TENSORS, "val_auroc": np.float64(0.9)}, tmp_path / "w.pth")
    old = tmp_path / "old.pth"
    with zipfile.ZipFile(tmp_path / "w.pth") as new, zipfile.ZipFile(old, "w") as archive:
        for name in new.namelist():
            archive.writestr(name, new.read(name).replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    assert _same(read_weight_file(old, container=("state_dict",)).tensors)


def test_an_array_of_objects_is_no_number(tmp_path):
    torch.save({"state_dict": TENSORS, "names": np.array([_Configuration()], dtype=object)}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="more than tensors"):
        read_weight_file(tmp_path / "w.pth", container=("state_dict",))


def test_the_old_format_of_torch_is_read(tmp_path):
    torch.save(TENSORS, tmp_path / "w.pth", _use_new_zipfile_serialization=False)
    assert _same(read_weight_file(tmp_path / "w.pth").tensors)


def test_safetensors_are_read_without_containers(tmp_path):
    save_file(TENSORS, tmp_path / "w.bin")
    file = read_weight_file(tmp_path / "w.bin", container=("model",))
    assert file.kind == "safetensors"
    assert _same(file.tensors)


@pytest.mark.parametrize("group", ["model_weights/", ""])
def test_keras_weights_are_read_by_their_path(tmp_path, group):
    with h5py.File(tmp_path / "w.hdf5", "w") as file:
        file[f"{group}dense/dense/kernel:0"] = np.ones((3, 2), np.float32)
        if group:
            file["optimizer_weights/Adam/m:0"] = np.zeros(3)
    file = read_weight_file(tmp_path / "w.hdf5")
    assert file.kind == "keras"
    assert {name: tuple(tensor.shape) for name, tensor in file.tensors.items()} == {"dense/dense/kernel:0": (3, 2)}


def test_a_pickled_object_is_refused_and_the_remedy_named(tmp_path):
    torch.save({"model_state_dict": TENSORS, "model_config": _Configuration()}, tmp_path / "w.pt")
    with pytest.raises(CheckpointError, match=r"could run somebody's code.*safetensors"):
        read_weight_file(tmp_path / "w.pt", container=("model_state_dict",))


class _Attack:
    def __reduce__(self):
        return (print, ("this ran",))


@pytest.mark.parametrize("write", [torch.save, lambda content, path: path.write_bytes(pickle.dumps(content))])
def test_code_in_a_pickle_never_runs(tmp_path, capsys, write):
    write({"state_dict": _Attack()}, tmp_path / "w.pt")
    with pytest.raises(CheckpointError):
        read_weight_file(tmp_path / "w.pt", container=("state_dict",))
    assert "this ran" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "container", "named"),
    [
        ({"model": TENSORS, "epoch": 1}, ("state_dict",), r"under \['state_dict'\]; it holds model, epoch"),
        ({"model": {"x": 1}}, ("model", "inner"), r"under \['model'\]\['inner'\]; it holds x"),
        ({"model": 3}, ("model",), "by name, it holds a int"),
        ({"state_dict": TENSORS, "epoch": 1}, (), "'state_dict' is a dict"),
        ([1, 2], ("model",), "it holds list"),
    ],
)
def test_another_container_is_refused_and_what_is_there_is_named(tmp_path, content, container, named):
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match=named):
        read_weight_file(tmp_path / "w.pth", container=container)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "git lfs pull"),
        (b"\n<!DOCTYPE html><html>virus scan warning</html>", "web page"),
        (b"just some text", "neither safetensors"),
        (b"", "neither safetensors"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "damaged or cut short"),
        (b"\x10\0\0\0\0\0\0\0{" + b"\0" * 9, "damaged or cut short"),
    ],
)
def test_what_is_no_file_of_weights_is_refused_and_said(tmp_path, content, named):
    (tmp_path / "w").write_bytes(content)
    with pytest.raises(CheckpointError, match=named):
        read_weight_file(tmp_path / "w")


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_download_that_was_cut_short_is_refused(tmp_path, share):
    torch.save({"w": torch.randn(1000)}, tmp_path / "w.pth")
    save_file({"w": torch.randn(1000)}, tmp_path / "w.safetensors")
    for path in (tmp_path / "w.pth", tmp_path / "w.safetensors"):
        path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
        with pytest.raises(CheckpointError, match=str(path)):
            read_weight_file(path)


def test_safetensors_whose_length_looks_like_a_web_page_are_read(tmp_path):
    content = save({"w": torch.ones(2)})
    header = content[8 : 8 + int.from_bytes(content[:8], "little")]
    length = int.from_bytes(b" <", "little")
    (tmp_path / "w").write_bytes(length.to_bytes(8, "little") + header.ljust(length) + content[8 + len(header) :])
    assert torch.equal(read_weight_file(tmp_path / "w").tensors["w"], torch.ones(2))


def test_an_archive_with_weights_in_it_is_to_be_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as archive:
        archive.writestr("model/model.hdf5", b"weights")
    with pytest.raises(CheckpointError, match=r"archive of model/model\.hdf5: unpack it"):
        read_weight_file(tmp_path / "model.zip")


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_with_a_wrong_byte_is_read_or_refused(tmp_path, zipped):
    torch.save(TENSORS, tmp_path / "w.pth", _use_new_zipfile_serialization=zipped)
    content = (tmp_path / "w.pth").read_bytes()
    for place in range(0, len(content), 7):
        (tmp_path / "x.pth").write_bytes(content[:place] + bytes([content[place] ^ 3]) + content[place + 1 :])
        with contextlib.suppress(CheckpointError):
            read_weight_file(tmp_path / "x.pth")


def test_a_program_is_refused(tmp_path):
    torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.ones(1, 2)), tmp_path / "w.pt")
    with pytest.raises(CheckpointError, match="TorchScript"):
        read_weight_file(tmp_path / "w.pt")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"nowhere\.pt can't be read"):
        read_weight_file(tmp_path / "nowhere.pt")
    with pytest.raises(CheckpointError, match="is a folder"):
        read_weight_file(tmp_path)
