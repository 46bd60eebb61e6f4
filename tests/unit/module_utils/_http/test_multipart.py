# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The upload's body: two parts, streamed, whole on each repeat, and of one file that stays as it was."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import sys
import tracemalloc
from email import message_from_bytes
from email.policy import HTTP

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._http import multipart
from ansible_collections.nxai.cloud.plugins.module_utils._http.multipart import BLOCK, Multipart


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"\x08\x07" * 500_000)
    return path


def sent(body):
    with body.open() as stream:
        blocks = list(stream)
        assert sum(map(len, blocks)) == len(stream)
    return b"".join(blocks)


def parts(body):
    head = f"Content-Type: {body.content_type}\r\n\r\n".encode()
    message = message_from_bytes(head + sent(body), policy=HTTP)
    return [(part.get_param("name", header="content-disposition"), part) for part in message.iter_parts()]


def test_two_parts_data_then_file(file):
    (first, data), (second, upload) = parts(Multipart({"Name": "Füße", "n": None}, str(file)))
    assert (first, second) == ("data", "file")
    assert json.loads(data.get_payload(decode=True)) == {"Name": "Füße", "n": None}
    assert data.get_filename() is None
    assert upload.get_filename() == "model.onnx"
    assert upload.get_content_type() == "application/octet-stream"
    assert upload.get_payload(decode=True) == file.read_bytes()


@pytest.mark.parametrize("size", [0, 1, 2, 3, BLOCK - 1, BLOCK, 3 * BLOCK + 1])
@pytest.mark.parametrize("data", [{}, {"Name": "Füße"}])
def test_the_whole_as_json(tmp_path, size, data):
    path = tmp_path / "model.onnx"
    path.write_bytes(os.urandom(size))
    body = Multipart(data, str(path), names=("data", "Onnx"), form="json")
    assert body.content_type == "application/json"
    told = json.loads(sent(body))
    assert base64.b64decode(told.pop("Onnx"), validate=True) == path.read_bytes() and told == data
    assert json.loads(sent(Multipart(data, form="json"))) == data


def test_another_file_is_not_sent_to_its_end_as_json(file):
    with pytest.raises(BadInput):
        sent(Multipart({}, str(file), sha256="0" * 64, form="json"))


def test_a_part_that_says_that_it_is_json(file):
    (_name, data), _upload = parts(Multipart({"Name": "x"}, str(file), form="multipart_json"))
    assert data.get_content_type() == "application/json" and data.get_filename() is None


def test_metadata_alone_is_one_part():
    [(name, data)] = parts(Multipart({"Name": "x"}))
    assert (name, json.loads(data.get_payload(decode=True))) == ("data", {"Name": "x"})


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_each_size_comes_through_whole(tmp_path, size):
    path = tmp_path / "f"
    path.write_bytes(os.urandom(size))
    assert parts(Multipart({}, str(path)))[1][1].get_payload(decode=True) == path.read_bytes()


@pytest.mark.parametrize("name", ['quo"te.onnx', "Füße.onnx", "line\nbreak.onnx", "a;b.onnx"])
def test_a_strange_file_name_does_not_break_the_body(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"content")
    assert parts(Multipart({}, str(path)))[1][1].get_payload(decode=True) == b"content"


def test_each_opening_begins_anew_under_the_same_boundary(file):
    body = Multipart({"Name": "x"}, str(file))
    with body.open() as stream:
        next(iter(stream))
    assert sent(body) == sent(body)


def test_no_block_is_so_large_that_a_slow_line_times_out(file):
    with Multipart({}, str(file)).open() as stream:
        assert max(map(len, stream)) <= BLOCK


def test_the_file_is_never_in_memory(tmp_path):
    path = tmp_path / "sparse.onnx"
    with path.open("wb") as handle:
        handle.truncate(64 << 20)
    body = Multipart({}, str(path))
    tracemalloc.start()
    with body.open() as stream:
        for _block in stream:
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 << 20


@pytest.mark.parametrize(("change", "word"), [(b"", "changed"), (b"longer" * 300_000, "changed")])
def test_a_file_that_changes_while_it_is_sent_is_an_error(file, change, word):
    with Multipart({}, str(file)).open() as stream:
        blocks = iter(stream)
        next(blocks)
        file.write_bytes(change)
        with pytest.raises(BadInput, match=word) as caught:
            list(blocks)
    assert str(file) in caught.value.tried


def test_a_file_of_another_size_than_looked_at_is_not_sent(file):
    with pytest.raises(BadInput, match="1000000 bytes and had 5"), Multipart({}, str(file), 5).open():
        pass


@pytest.mark.parametrize("which", ["missing", "folder"])
def test_a_file_that_cannot_be_opened_is_said(tmp_path, which):
    path = tmp_path / "nothing" if which == "missing" else tmp_path
    with pytest.raises(BadInput, match=r"No such file|is a directory"), Multipart({}, str(path)).open():
        pass


def test_a_disk_that_fails_is_said(file, monkeypatch):
    class Failing(io.FileIO):
        def read(self, _size=-1):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(multipart, "_opened", Failing)
    with Multipart({}, str(file)).open() as stream, pytest.raises(BadInput, match="Input/output error"):
        list(stream)


def test_a_missing_library_is_said(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "requests_toolbelt.multipart.encoder", None)
    with pytest.raises(BadInput, match="pip install requests-toolbelt"), Multipart({}, str(file)).open():
        pass


@pytest.mark.parametrize("size", [1, BLOCK, 3 * BLOCK + 1])
def test_other_bytes_of_the_same_size_are_not_sent_to_their_end(tmp_path, size):
    path, other = tmp_path / "model.onnx", tmp_path / "other"
    path.write_bytes(b"a" * size)
    other.write_bytes(b"b" * size)
    checked = hashlib.sha256(path.read_bytes()).hexdigest()
    other.rename(path)
    blocks = []
    with Multipart({}, str(path), size, None, checked).open() as stream:
        with pytest.raises(BadInput, match="not what was checked before") as caught:
            blocks.extend(stream)
        assert sum(map(len, blocks)) < len(stream)
    assert str(path) in caught.value.tried and "Look at the model" in caught.value.advice


def test_the_file_that_was_checked_is_sent(file):
    checked = hashlib.sha256(file.read_bytes()).hexdigest()
    assert len(sent(Multipart({}, str(file), file.stat().st_size, None, checked))) > file.stat().st_size
