# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""First contact, against a simulator: what it sends, what it writes, and that nothing is lost or left behind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from first_contact_world import DOOR, MODEL, PIPELINE, WORLD, Meet, contract, everything
from module_runs import Calls, RunModule
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served, serve


@pytest.fixture
def meet(cloud: Served, run_module: RunModule, tmp_path: Path) -> Meet:
    cloud.reset(seed=WORLD)
    cloud.clear_log()
    return lambda **options: run_module("nxai_first_contact", **{"dir": str(tmp_path), **options})


def test_the_first_stage_only_reads_and_finds_nothing_otherwise(
    meet: Meet, cloud: Served, writes: Calls, tmp_path: Path
) -> None:
    result = meet()
    assert (writes(), contract(tmp_path)) == ([], None)
    assert (result["contract"], result["differs"], result["questions"]) == ({}, [], [])
    assert {name: each["status"] for name, each in result["stages"].items()} == {
        "read": "ok", "prove": "not_asked", "create": "not_asked",
    }  # fmt: skip
    assert result["changed"] and result["requests"] == len(cloud.log()) <= 60
    report = (tmp_path / "first-contact.md").read_text()
    assert "You need no contract file" in report and "| organization | " in report and "| channel_partner | " in report
    assert re.search(r"`fields.device.pipelines` \| `nxAI.pipelines` \| observed \| in 3 of 3 rows", report)


def test_a_second_run_changes_no_file(meet: Meet, tmp_path: Path) -> None:
    meet()
    files = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert meet()["changed"] is False
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == files and len(files) == 3


def test_check_mode_writes_nothing_anywhere(meet: Meet, writes: Calls, tmp_path: Path) -> None:
    result = meet(check=True, device=DOOR, create=True)
    assert (writes(), [*tmp_path.iterdir()]) == ([], [])
    assert result["stages"]["prove"]["status"] == result["stages"]["create"]["status"] == "not_run"
    assert "# Nothing differs" in result["diff"]["after"] and result["diff"]["before"] == ""


@pytest.mark.parametrize("name", ["nxai-contract.yml", "first-contact.md", "first-contact-evidence.json"])
@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_what_is_not_its_own_is_not_written_over(
    meet: Meet, cloud: Served, tmp_path: Path, name: str, kind: str
) -> None:
    path = tmp_path / name
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.write_text("my own")
    result = meet()
    assert result["failed"] and str(path) in result["msg"]
    assert cloud.log() == [] and not (tmp_path / "elsewhere").exists()


def test_one_camera_is_sent_what_it_has(meet: Meet, cloud: Served, writes: Calls) -> None:
    before = everything(cloud)
    result = meet(device=f"{{{DOOR.upper()}}}")
    site = next(each.id for each in cloud.world.sites.values() if each.name == "Shop 1")
    assert writes() == [f"PUT /dev/system/{site}/devices/pipelines"]
    assert everything(cloud) == before and result["stages"]["prove"]["status"] == "ok"


def test_a_success_in_strange_words_is_looked_for_elsewhere_and_asked(
    meet: Meet, cloud: Served, tmp_path: Path
) -> None:
    cloud.fault("status", "put_pipelines", status=200, body={"Message": "Queued by Anna"}, times=0)
    result = meet(device=DOOR)
    assert result["stages"]["prove"]["status"] == "ok" and contract(tmp_path) is None
    assert [each.partition(":")[0] for each in result["questions"]] == ["operations.put_pipelines.path"]
    assert "Queued by Anna" in result["questions"][0]
    assert {each.status for each in cloud.writes()} == {200, 404} and len(cloud.writes()) < 33


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"device": MODEL}, "there is no camera with the NxID"),
        ({"device": "door"}, f"Give an NxID. Of that name there is {{{DOOR}}} (site Shop 1"),
        ({"device": DOOR, "site": "Shop 2"}, "at the site Shop 2"),
        ({"device": DOOR, "site": "Shop 9"}, "Shop 9"),
    ],
)
def test_a_camera_that_is_not_there(meet: Meet, writes: Calls, options: dict[str, str], words: str) -> None:
    result = meet(**options)
    assert result["failed"] and words in result["msg"] and writes() == []


def test_what_is_created_is_changed_and_removed(meet: Meet, cloud: Served) -> None:
    before = everything(cloud)
    result = meet(create=True)
    assert [entry.operation for entry in cloud.writes()] == [
        "create_catalogue", "rename_catalogue", "create_model", "update_model", "delete_model", "delete_catalogue",
    ]  # fmt: skip
    assert everything(cloud) == before and result["left_behind"] == [] and result["questions"] == []


@pytest.mark.parametrize("operation", ["rename_catalogue", "create_model", "update_model"])
def test_what_is_created_is_removed_after_an_error(meet: Meet, cloud: Served, operation: str) -> None:
    before = everything(cloud)
    cloud.fault("status", operation, status=409, times=0)
    result = meet(create=True)
    assert result["failed"] and result["stages"]["create"]["status"] == "failed" and "HTTP 409" in result["msg"]
    assert everything(cloud) == before and result["left_behind"] == []


def test_what_cannot_be_removed_is_named(meet: Meet, cloud: Served) -> None:
    cloud.fault("status", "delete_model", status=409, times=0)
    result = meet(create=True)
    made = next(each for each in cloud.world.models.values() if each.name.startswith("nxai first contact"))
    left = next(each for each in result["left_behind"] if each["kind"] == "model")
    assert left == {"kind": "model", "name": made.name, "uuid": made.uuid}
    assert made.uuid in result["msg"] and "Delete it in the portal" in result["msg"]


def test_a_password_is_sent_once(meet: Meet, cloud: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NXAI_TOKEN")
    result = meet(username="demo@example.com", password="not-this-one")
    signed = [each for each in cloud.log("issue_token") if each.bytes > 100]
    assert result["failed"] and result["stages"]["read"]["status"] == "failed" and len(signed) == 1
    assert {each.operation for each in cloud.log()} == {"", "issue_token"}, "documents, and nothing that needs a token"
    assert "not-this-one" not in "".join(path.read_text() for path in tmp_path.iterdir())
    assert "failed" in (tmp_path / "first-contact.md").read_text()


@pytest.mark.parametrize(
    ("status", "named", "sent"), [(429, True, 1), (503, True, 1), (423, False, 0), (429, False, 0)]
)
def test_a_password_is_not_repeated_where_the_account_may_be_locked(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: int, named: bool, sent: int
) -> None:
    """``named``: only the request that holds the password is answered so."""
    monkeypatch.delenv("NXAI_TOKEN")
    seen: list[bool] = []

    def layer(app: ASGIApp) -> ASGIApp:
        async def answering(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].endswith("/token"):
                await app(scope, receive, send)
                return
            message = await receive()
            secret = b"not-this-one" in message["body"]
            if secret:
                seen.append(secret)
            code = status if secret is named else 400
            await send({"type": "http.response.start", "status": code, "headers": []})
            await send({"type": "http.response.body", "body": b'{"error": "username is missing"}'})

        return answering

    with serve(WORLD, around=layer) as served:
        options = {"api_url": served.url, "cloud_url": served.url, "dir": str(tmp_path)}
        result = run_module("nxai_first_contact", username="demo@example.com", password="not-this-one", **options)
    assert len(seen) == sent and f"HTTP {status}" in result["msg"], result["msg"]


@pytest.mark.parametrize("total", [True, False])
def test_a_part_is_not_taken_for_the_whole(
    meet: Meet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, total: bool
) -> None:
    """Who refuses to be asked for a page may give the first one alone: only a total says that these are all rows."""
    send = Transport.send

    def sends(self: Transport, operation: Any, **members: Any) -> Any:
        if operation.name == "list_models" and "Limit" in (members.get("query") or {}):
            raise Refused("GET", "invalid query", status=400)
        answer = send(self, operation, **members)
        return answer if total else replace(answer, headers={})

    monkeypatch.setattr(Transport, "send", sends)
    meet()
    found = contract(tmp_path)
    assert found == ({"operations": {"list_models": {"page_size": 0}}} if total else None)


@pytest.mark.parametrize(
    "operation", ["put_pipelines", "create_catalogue", "update_model", "list_models", "list_catalogues"]
)
def test_a_failure_that_passes_says_nothing(meet: Meet, cloud: Served, tmp_path: Path, operation: str) -> None:
    cloud.fault("status", operation, status=500, times=1, handled=not operation.startswith("list"))
    result = meet(device=DOOR, create=True)
    assert {each["status"] for each in result["stages"].values()} == {"ok"} and contract(tmp_path) is None


def test_a_token_that_is_over_is_renewed_before_anything_else_is_tried(
    meet: Meet, cloud: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NXAI_TOKEN")
    cloud.fault("status", "put_pipelines", status=403, times=1)
    result = meet(device=DOOR, username="demo@example.com", password="demo")
    assert result["stages"]["prove"]["status"] == "ok" and contract(tmp_path) is None


@pytest.mark.parametrize(("code", "found"), [(400, "form"), (500, None)])
def test_a_form_is_wanted_where_it_is_understood_and_json_is_not(
    meet: Meet, cloud: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, found: str | None
) -> None:
    """Whoever reads no JSON says the same to everything; what a form gets has to be an answer to what is in it."""
    monkeypatch.delenv("NXAI_TOKEN")
    asked: list[bool] = []
    send = Transport.send

    def sends(self: Transport, operation: Any, **members: Any) -> Any:
        if operation.name == "issue_token":
            asked.append(self.sent_as(operation).as_form)
            form = asked[-1] and "username" not in members["json"]
            words = ("username is missing", code) if form else ("grant_type is missing", 400)
            if form or not asked[-1]:
                raise Refused("POST", words[0], status=words[1])
        return send(self, operation, **members)

    monkeypatch.setattr(Transport, "send", sends)
    meet(username="demo@example.com", password="demo")
    assert (contract(tmp_path) or {}).get("auth", {}).get("token_request") == found
    assert asked[-1] is bool(found)


def test_where_nothing_can_be_read_the_files_say_so(meet: Meet, cloud: Served, tmp_path: Path) -> None:
    for path in ("/cpt/*", "/dev/*"):
        cloud.fault("status", path=path, status=403, times=0)
    result = meet(device=DOOR, create=True)
    assert result["failed"] and "first-contact.md" in result["msg"] and cloud.writes() == []
    assert result["stages"]["prove"]["status"] == "not_run" and contract(tmp_path) is None


def test_the_file_holds_what_was_given_as_well(meet: Meet, tmp_path: Path, rows_as: Callable[..., None]) -> None:
    rows_as(
        lambda row: {**{name: each for name, each in row.items() if name != "nxAI"}, "Now": row["nxAI"]["pipelines"]}
    )
    given = {"words": {"ready": ["done"]}, "upload": {"extra": {"Visibility": "private"}}}
    result = meet(contract=given)
    assert contract(tmp_path) == {**given, "fields": {"device": {"pipelines": "Now"}}} == result["contract"]
    assert [each["line"] for each in result["differs"]] == ["fields.device.pipelines"]
    assert meet(contract=str(tmp_path / "nxai-contract.yml"))["differs"] == []


@pytest.fixture
def answered() -> Iterator[tuple[Served, list[bytes]]]:
    """A simulator whose values are all its own, and every answer that it gives."""
    answers: list[bytes] = []

    def around(app: ASGIApp) -> ASGIApp:
        async def listening(scope: Scope, receive: Receive, send: Send) -> None:
            async def noted(message: Message) -> None:
                answers.append(message.get("body", b""))
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], (b"x-mark-tenant", b"marked"), (b"x-mark", b"1")]
                await send(message)

            if scope["path"] == "/dev/groups":
                refusal = {"error": "mark_code", "errors": [{"field": "markField", "message": "mark"}]}
                await noted({"type": "http.response.start", "status": 403, "headers": []})
                await noted({"type": "http.response.body", "body": json.dumps(refusal).encode()})
                return
            await app(scope, receive, noted if not scope["path"].endswith("openapi.json") else send)

        return listening

    with serve(_marked(), around=around) as served:
        yield served, answers


def _marked() -> dict[str, Any]:
    """Each value that can be chosen holds a mark, and a key that is data as well."""
    mark = iter(f"mark{number}" for number in range(1000))
    inside = {"ByName": {next(mark): 1, next(mark): 2}, "Shares": {next(mark): {"a": next(mark)}}}
    pipeline = {
        **PIPELINE,
        **inside,
        "UserSettings": {next(mark): next(mark), "anna@example.com": {"4711": next(mark)}},
    }
    device = {
        "name": next(mark),
        "id": DOOR,
        "group": next(mark),
        "pipelines": [{**pipeline, "Preprocessor": next(mark)}],
    }
    server = {
        "name": next(mark),
        "version": next(mark),
        "runtime": next(mark),
        "platform": next(mark),
        "devices": [device, {"name": next(mark), "group": next(mark)}],
    }
    organisation, partner, catalogue = next(mark), next(mark), next(mark)
    members = {
        "Alias": next(mark),
        "SourceName": next(mark),
        "InputDriverDetails": {"height": 4711, next(mark): next(mark)},
    }
    model = {
        "name": next(mark),
        "id": MODEL,
        "catalogues": [catalogue],
        "documentation": next(mark),
        "members": members,
    }
    account = {"email": f"{next(mark)}@example.com", "password": next(mark)}
    return {
        "times": {"record": 0, "code": 0, "assignment": 0},
        "partners": [partner],
        "organisations": [{"name": organisation, "partner": partner}],
        "accounts": [{**account, "organisations": [organisation], "partners": [partner]}],
        "catalogues": [catalogue],
        "models": [model],
        "sites": [{"name": next(mark), "version": next(mark), "servers": [server]}],
        "registry": {
            "groups": [next(mark)],
            "devices": [{"name": next(mark), "serial": next(mark), "type": next(mark)}],
        },
    }


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _values(each)
    elif isinstance(value, list):
        for each in value:
            yield from _values(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("proof", ["", "device", "offered"])
def test_no_value_of_any_answer_is_in_the_evidence(
    answered: tuple[Served, list[bytes]],
    run_module: RunModule,
    rows_as: Callable[..., None],
    tmp_path: Path,
    proof: str,
) -> None:
    served, answers = answered
    options = {"api_url": served.url, "cloud_url": served.url, "token": served.token(), "dir": str(tmp_path)}
    if proof:
        rows_as(lambda row: row if row["nxAI"]["pipelines"] else {**row, "nxAI": None})
        (kind,) = run_module("nxai_first_contact", **options)["cameras"]["unknown"]
        run_module("nxai_first_contact", device=kind[proof], prove="one", **options)
    else:
        run_module("nxai_first_contact", device=DOOR, create=True, **options)
    evidence = (tmp_path / "first-contact-evidence.json").read_text()
    values = {each for body in answers if body[:1] in (b"{", b"[") for each in _values(json.loads(body))}
    words = {"ok", "online", "running"}  # known ones, of states
    assert len(values) > 60 and sum("mark" in each for each in values) > 20
    told = set(re.findall(r"[\w.-]+", evidence))
    assert sorted(each for each in values - words if len(each) > 2 and set(re.findall(r"[\w.-]+", each)) <= told) == []
    assert "mark" not in evidence and "anna" not in evidence and "4711" not in evidence and "127.0.0.1" not in evidence
