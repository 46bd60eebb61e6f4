# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models: upload in each of its forms, change, conversion in simulated time, deletion."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
import requests
from simulator_calls import ONNX, Calls, eventually

from simulator.testing import Served

CREATE = ("POST", "/cpt/functions")
DATA = {"Name": "Counter", "Documentation": "# Counts\n<!-- mark -->", "Customization": "metavms"}


def stored(simulator: Served, answer: dict[str, Any]) -> Any:
    return simulator.world.models[answer["UUID"]].file


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_an_upload_is_stored_on_disk_with_size_and_digest(simulator: Served, calls: Calls) -> None:
    answer = calls.upload(DATA, ONNX * 500)
    assert (answer["Message"], answer["AuthorizationInvalid"]) == ("Ok", False)
    file = stored(simulator, answer)
    assert file.path.read_bytes() == ONNX * 500
    assert (file.size, file.sha256) == (len(ONNX) * 500, digest(ONNX * 500))
    row = calls.model(answer["UUID"])
    assert {name: row[name] for name in (*DATA, "Size")} == {**DATA, "Size": len(ONNX) * 500}


@pytest.mark.parametrize("order", [("data", "file"), ("file", "data")])
@pytest.mark.parametrize("dress", [(None, ""), ("data.json", "application/json"), (None, "text/plain")])
def test_parts_may_come_in_any_order_and_dress(calls: Calls, order: tuple[str, str], dress: tuple[str, str]) -> None:
    parts = {"data": (dress[0], json.dumps(DATA), dress[1]), "file": ("x.onnx", ONNX)}
    answer = calls.send(*CREATE, files={name: parts[name] for name in order})
    assert answer.status_code == 200, answer.text
    assert calls.model(answer.json()["UUID"])["Name"] == "Counter"


def test_a_boundary_may_fall_anywhere_in_the_chunks(simulator: Served, calls: Calls) -> None:
    content = b"\x08" + b"\r\n--almost a boundary\r\n" * 40
    head = b'--edge\r\nContent-Disposition: form-data; name="data"\r\n\r\n' + json.dumps(DATA).encode()
    head += b'\r\n--edge\r\nContent-Disposition: form-data; name="file"; filename="a.onnx"\r\n\r\n'
    body = head + content + b"\r\n--edge--\r\n"
    for size in (1, 7, 64):
        chunks = (body[start : start + size] for start in range(0, len(body), size))
        answer = calls.send(*CREATE, data=chunks, headers={"Content-Type": "multipart/form-data; boundary=edge"})
        assert stored(simulator, answer.json()).sha256 == digest(content)


def test_json_with_base64_is_the_other_form(simulator: Served, calls: Calls) -> None:
    answer = calls.send(*CREATE, json={**DATA, "OnnxModel": base64.b64encode(ONNX).decode()})
    assert stored(simulator, answer.json()).sha256 == digest(ONNX)


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        (b"", "application/json", "body"),
        (b"[]", "application/json", "body"),
        (b'{"Documentation": "no name"}', "application/json", "Name"),
        (b'{"Name": ""}', "application/json", "Name"),
        (b'{"Name": 5}', "application/json", "Name"),
        (b'{"Name": "x", "OnnxModel": "%%%"}', "application/json", "OnnxModel"),
        (b'{"Name": "x", "NamedInput": [1e999]}', "application/json", "body"),
        (b'{"Name": "x", "NamedInput": [NaN]}', "application/json", "body"),
        (b'{"Name": "x", "NamedInput": ' + b"[" * 70 + b"]" * 70 + b"}", "application/json", "body"),
        (b"[" * 100_000, "application/json", "body"),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            "data",
        ),
        (b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}\r\n--b', "multipart/form-data; boundary=b", ""),
        (b"nonsense", "multipart/form-data; boundary=b", ""),
        (b"nonsense", "multipart/form-data", ""),
    ],
)
def test_what_makes_no_model_is_refused_and_leaves_nothing(
    simulator: Served, body: bytes, kind: str, field: str
) -> None:
    answer = Calls(simulator).send(*CREATE, data=body, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert not field or field in answer.json()["Field"]
    assert not simulator.world.models
    assert not list(simulator.world.folder.iterdir())


def test_a_connection_that_breaks_in_the_middle_leaves_nothing(simulator: Served) -> None:
    def broken() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n' + bytes(300_000)
        raise OSError("gone")

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with pytest.raises((OSError, requests.ConnectionError)):
        Calls(simulator).send("POST", "/cpt/functions", data=broken(), headers=headers)

    folder = simulator.world.folder
    assert eventually(lambda: simulator.log("create_model") and not list(folder.iterdir()))
    assert not simulator.world.models


def test_quirks_limit_the_size_and_require_members(simulator: Served) -> None:
    simulator.world.quirks.max_upload_bytes = 1000
    answer = Calls(simulator).send(*CREATE, files={"data": (None, json.dumps(DATA)), "file": ("f", ONNX)})
    assert answer.status_code == 413
    assert not list(simulator.world.folder.iterdir())

    simulator.world.quirks.require_create_members = True
    answer = Calls(simulator).send(*CREATE, json={"Name": "x"})
    assert answer.status_code == 400
    assert set(answer.json()["Field"]) >= {"InputDriver", "EnableConversions", "Customization"}


def test_conversion_takes_simulated_time_and_the_record_is_ready_before_its_code(
    simulator: Served, calls: Calls
) -> None:
    simulator.world.clock.speed = 0
    uuid = calls.upload(DATA)["UUID"]
    seen = []
    for seconds in (0, 5, 6, 20):
        simulator.advance(seconds)
        row = calls.model(uuid)
        seen.append((row["Status"], row["Code"]["Status"], bool(row["Code"]["CDNURI"]), bool(row["Downloads"])))

    assert seen == [
        ("queued", "queued", False, False),
        ("processing", "queued", False, False),
        ("ok", "processing", False, False),
        ("ok", "ok", True, True),
    ]
    assert requests.get(calls.model(uuid)["Code"]["CDNURI"], timeout=10).content == ONNX


@pytest.mark.parametrize(("quirk", "after"), [("late", [False, True]), ("never", [False, False])])
def test_the_cdn_uri_may_come_late_or_never(simulator: Served, calls: Calls, quirk: str, after: list[bool]) -> None:
    simulator.world.quirks.cdn = quirk
    uuid = calls.upload(DATA)["UUID"]
    for seconds, there in zip((31, 60), after, strict=True):
        simulator.advance(seconds)
        code = calls.model(uuid)["Code"]
        assert (code["Status"], bool(code["CDNURI"])) == ("ok", there)


def test_what_is_no_model_file_fails_to_convert_if_asked(simulator: Served, calls: Calls) -> None:
    contents = {"text": b"hello world", "zip": b"PK\x03\x04....", "tflite": b"\x1c\0\0\0TFL3", "none": b""}
    uuids = {name: calls.upload(DATA, content)["UUID"] for name, content in contents.items()}
    simulator.advance(31)
    assert {calls.model(uuid)["Code"]["Status"] for uuid in uuids.values()} == {"ok"}
    simulator.world.quirks.accept_any_file = False
    assert {name: calls.model(uuid)["Status"] for name, uuid in uuids.items()} == {
        "text": "error", "zip": "ok", "tflite": "ok", "none": "error",
    }  # fmt: skip
    assert "not an ONNX" in calls.model(uuids["text"])["ConversionLog"]


def test_downloads_follow_the_conversions_that_are_asked_for(simulator: Served, calls: Calls) -> None:
    def files(uuid: str) -> set[str]:
        return {row["MIMEType"] for row in calls.model(uuid)["Downloads"]}

    usual, hailo, memryx = "application/x-onnx", "application/x-onnx; device=hailo", "application/zip; device=mxa"
    asked: dict[str, Any] = {"none": [], "hailo": ["hailo"], "both": ["MemryX", "Hailo", "other", {"odd": 1}]}
    uuids = {name: calls.upload({**DATA, "EnableConversions": words})["UUID"] for name, words in asked.items()}
    uuids["nothing said"] = calls.upload(DATA)["UUID"]
    assert {name: calls.model(uuids[name])["EnableConversions"] for name in asked} == asked
    assert calls.model(uuids["nothing said"])["EnableConversions"] == ["Hailo", "MemryX"]
    simulator.advance(31)

    everything = {usual, hailo, memryx}
    found = {name: files(uuid) for name, uuid in uuids.items()}
    assert found == {"none": {usual}, "hailo": {usual, hailo}, "both": everything, "nothing said": everything}
    simulator.world.quirks.conversions = "all"
    assert {name: files(uuid) for name, uuid in uuids.items()} == dict.fromkeys(uuids, everything)
    rows = {row["UUID"]: row for row in calls.get("/cpt/functions")}
    assert rows == {uuid: calls.model(uuid) for uuid in uuids.values()}


def test_metadata_can_change_without_the_file_and_the_file_starts_conversion_again(
    simulator: Served, calls: Calls
) -> None:
    uuid = calls.upload(DATA)["UUID"]
    simulator.advance(31)
    for change in ({"files": {"data": (None, '{"Name": "Other"}')}}, {"json": {"Documentation": "new"}}):
        assert calls.send("PATCH", f"/cpt/function/{uuid}", **change).status_code == 200
    row = calls.model(uuid)
    assert (row["Name"], row["Documentation"], row["Code"]["Status"]) == ("Other", "new", "ok")

    calls.upload({}, b"\x08other", "PATCH", f"/cpt/function/{uuid}")
    row = calls.model(uuid)
    assert (row["Name"], row["Code"]["Status"], row["Size"]) == ("Other", "queued", 6)
    assert len(list(simulator.world.folder.iterdir())) == 1


def test_a_refused_change_changes_nothing(simulator: Served, calls: Calls) -> None:
    uuid = calls.upload(DATA)["UUID"]
    before = calls.model(uuid)
    parts = {"data": (None, json.dumps({"Name": "X", "Catalogues": [uuid]})), "file": ("f", b"\x08")}
    answer = calls.send("PATCH", f"/cpt/function/{uuid}", files=parts)

    assert (answer.status_code, list(answer.json()["Field"])) == (404, ["Catalogues"])
    assert calls.model(uuid) == before
    assert len(list(simulator.world.folder.iterdir())) == 1


def test_plural_item_paths_give_less(simulator: Served, calls: Calls) -> None:
    uuid = calls.upload(DATA)["UUID"]
    path = f"/cpt/functions/{uuid}"
    row = calls.get(path)
    assert (row["UUID"], row["Documentation"], "Code" in row) == (uuid, "", False)
    simulator.world.quirks.plural_items = "full"
    assert calls.get(path) == calls.model(uuid)
    simulator.world.quirks.plural_items = "absent"
    assert calls.send("GET", path).status_code == 404


def test_the_list_is_filtered_by_catalogue_and_brand(calls: Calls) -> None:
    catalogue = calls.send("POST", "/cpt/catalogues", json={"Name": "C"}).json()["UUID"]
    inside = calls.upload({"Name": "in", "Catalogues": [catalogue, {"UUID": catalogue}, "metavms"]})["UUID"]
    other = calls.upload({"Name": "other brand", "Customization": "witness"})["UUID"]

    def names(**query: str) -> set[str]:
        return {row["UUID"] for row in calls.get("/cpt/functions", **query)}

    zero = "00000000-0000-0000-0000-000000000000"
    assert names() == names(Catalogue=zero) == {inside, other}
    assert names(Catalogue=catalogue) == {inside}
    assert names(catalogue=zero, CUSTOMIZATION="MetaVMS") == {inside}
    assert calls.model(inside)["Catalogues"] == [catalogue]


def test_deleting_removes_the_record_and_its_bytes(simulator: Served, calls: Calls) -> None:
    uuid = calls.upload(DATA)["UUID"]
    assert calls.send("DELETE", f"/cpt/function/{uuid}").json()["Message"] == "Done"
    assert calls.send("GET", f"/cpt/function/{uuid}").status_code == 404
    assert not list(simulator.world.folder.iterdir())
