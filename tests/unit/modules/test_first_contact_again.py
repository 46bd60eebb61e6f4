# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""First contact where an earlier run was there: nothing of what it knows or has to give back is lost."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from first_contact_world import DOOR, PIPELINE, WORLD, Meet, contract, everything
from module_runs import RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served


@pytest.fixture
def meet(cloud: Served, run_module: RunModule, tmp_path: Path) -> Meet:
    cloud.reset(seed=WORLD)
    cloud.clear_log()
    return lambda **options: run_module("nxai_first_contact", **{"dir": str(tmp_path), **options})


class Killed(BaseException):
    pass


def hidden_where_none(row: Any) -> Any:
    return row if row["nxAI"]["pipelines"] else {**row, "nxAI": None}


@pytest.fixture
def killed(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """The snapshot of a run that ended while the camera had nothing."""
    rows_as(hidden_where_none)
    meet()
    send = Transport.send

    def sends(self: Transport, operation: Any, **members: Any) -> Any:
        done = send(self, operation, **members)
        if operation.name == "put_pipelines" and not members["json"]["Pipelines"]:
            monkeypatch.setattr(Transport, "send", broken)
            raise Killed
        return done

    def broken(self: Transport, operation: Any, **members: Any) -> Any:
        raise Killed

    monkeypatch.setattr(Transport, "send", sends)
    with pytest.raises(Killed):
        meet(device=DOOR, prove="one")
    monkeypatch.setattr(Transport, "send", send)
    assert everything(cloud)[0]["Door"] == []
    return tmp_path / "first-contact-snapshot.json"


def test_what_was_not_given_back_is_named_by_every_run(meet: Meet, killed: Path, cloud: Served) -> None:
    before = killed.read_text()
    for options in ({}, {"token": "not-good"}, {"create": True}):
        result = meet(**options)
        (left,) = result["earlier"]
        assert (left["kind"], left["name"], left["uuid"]) == ("camera", "Door", f"{{{DOOR}}}")
        assert "nxai.cloud.nxai_pipeline" in left["advice"] and str(killed) in left["advice"]
        assert left["advice"] in result["summary"][0]
        assert left["advice"] in (killed.parent / "first-contact.md").read_text()
        assert killed.read_text() == before
    refused = meet(device=DOOR, prove="one")
    assert refused["failed"] and "does not show what it had" in refused["msg"] and str(killed) in refused["msg"]
    assert killed.read_text() == before


def test_another_camera_is_added_and_the_first_one_stays(
    meet: Meet, killed: Path, cloud: Served, rows_as: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = (each for site in cloud.world.sites.values() for each in site.devices.values())
    till = next(each for each in devices if each.name == "Till")
    till.pipelines = [PIPELINE]
    send, written = Transport.send, []

    def sends(self: Transport, operation: Any, **members: Any) -> Any:
        if operation.name == "put_pipelines":
            written.append(json.loads(killed.read_text())["snapshot"])
        return send(self, operation, **members)

    monkeypatch.setattr(Transport, "send", sends)
    result = meet(device=till.nxid, prove="one")
    assert result["stages"]["prove"]["status"] == "ok", result["stages"]
    assert [[each["name"] for each in entries] for entries in written] == [["Door", "Till"]] * 3
    assert [each["name"] for each in json.loads(killed.read_text())["snapshot"]] == ["Door"]
    assert [each["name"] for each in result["earlier"]] == ["Door"]


def test_it_is_closed_when_it_is_seen_again(meet: Meet, killed: Path, run_module: RunModule, cloud: Served) -> None:
    entries = json.loads(killed.read_text())["snapshot"]
    given = run_module("nxai_pipeline", restore=entries, prove="false", warns=None)
    assert given["changed"], given
    assert len(meet()["earlier"]) == 1, "a camera may still show what it has lost already"
    long_ago = time.time() - 600
    os.utime(killed, (long_ago, long_ago))
    assert meet(check=True)["earlier"] == [] and killed.exists()
    assert meet()["earlier"] == [] and not killed.exists()


@pytest.mark.parametrize("content", ["{", '"snapshot": [{}]}', '"snapshot": 3}'])
def test_a_snapshot_that_is_broken_is_not_written_over(meet: Meet, tmp_path: Path, content: str, cloud: Served) -> None:
    path = tmp_path / "first-contact-snapshot.json"
    path.write_text('{"written_by": "nxai.cloud first contact", ' + content)
    before = path.read_text()
    assert "cannot be read" in meet()["msg"] and path.read_text() == before and cloud.log() == []


class TestTheContractFile:
    @pytest.fixture
    def found(self, meet: Meet, rows_as: Callable[..., None], tmp_path: Path) -> Path:
        """Of a service that has pipelines elsewhere."""

        def elsewhere(row: Any) -> Any:
            return {**{key: each for key, each in row.items() if key != "nxAI"}, "Now": row["nxAI"]["pipelines"]}

        rows_as(elsewhere)
        meet()
        assert contract(tmp_path) == {"fields": {"device": {"pipelines": "Now"}}}
        return tmp_path / "nxai-contract.yml"

    @pytest.mark.parametrize("options", [{"token": "not-good"}, {"api_url": "http://127.0.0.1:9", "retries": 0}])
    def test_a_run_that_cannot_read_leaves_it(self, meet: Meet, found: Path, options: dict[str, Any]) -> None:
        before = found.read_text()
        result = meet(**options)
        assert result["failed"] and found.read_text() == before
        assert "could not be found out" in result["summary"][0]
        report = (found.parent / "first-contact.md").read_text()
        assert "could not be found out" in report and "Nothing differs" not in report

    def test_a_run_that_cannot_read_writes_none(self, meet: Meet, tmp_path: Path) -> None:
        result = meet(token="not-good")
        assert result["failed"] and not (tmp_path / "nxai-contract.yml").exists()
        assert (tmp_path / "first-contact.md").exists() and "Nothing differs" not in str(result["summary"])

    def test_what_the_user_wrote_stays(self, meet: Meet, found: Path) -> None:
        found.write_text(found.read_text() + "words:\n  # support says so\n  running: [started]\n")
        before = found.read_text()
        result = meet()
        assert found.read_text() == before and str(found) in result["stages"]["read"]["reason"]
        found.write_text(before.replace("fields:", "words:\n  online: [up]\nfields:", 1).split("words:\n  # ")[0])
        assert "up" in found.read_text() and meet(contract={"words": {"running": ["started"]}})["changed"]
        assert contract(found.parent) == {
            "fields": {"device": {"pipelines": "Now"}},
            "words": {"online": ["up"], "running": ["started"]},
        }
        assert "here each element names a model" in found.read_text()

    def test_one_that_is_broken_is_an_error(self, meet: Meet, found: Path, cloud: Served) -> None:
        found.write_text(found.read_text() + "  bad")
        before = found.read_text()
        cloud.clear_log()
        result = meet()
        assert result["failed"] and str(found) in result["msg"]
        assert found.read_text() == before and cloud.log() == []

    def test_a_stage_that_failed_says_so(self, meet: Meet, cloud: Served, tmp_path: Path) -> None:
        cloud.fault("status", "put_pipelines", status=409, times=0)
        result = meet(device=DOOR)
        assert "not all was looked at" in result["summary"][0]
        assert "Nothing differs" not in (tmp_path / "nxai-contract.yml").read_text()


def test_what_a_killed_run_has_made_is_named(meet: Meet, cloud: Served, tmp_path: Path) -> None:
    two = "{name: nxai first contact 1c2d3e4f two}, {name: nxai first contact of mine}"
    seed = WORLD.replace("[House]\n", "[House, nxai first contact 1c2d3e4f]\n").replace(
        "models: [", f"models: [{two}, "
    )
    cloud.reset(seed=seed)
    result = meet()
    assert [(each["kind"], each["name"]) for each in result["earlier"]] == [
        ("model", "nxai first contact 1c2d3e4f two"), ("catalogue", "nxai first contact 1c2d3e4f"),
    ]  # fmt: skip
    for each in result["earlier"]:
        assert each["uuid"] in each["advice"] and each["uuid"] in (tmp_path / "first-contact.md").read_text()
    assert len(result["summary"]) == 3 and cloud.writes() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"site": "Shop 1"}, "site is given without device"),
        ({"prove": "one"}, "prove is given without device"),
        ({"model": "Counter", "prove": "one"}, "model is given without device"),
        ({"model": "Counter", "device": DOOR}, "model is given without prove"),
    ],
)
def test_what_would_be_passed_over_is_an_error(meet: Meet, cloud: Served, options: dict[str, str], words: str) -> None:
    result = meet(**options)
    assert result["failed"] and words in result["msg"] and cloud.log() == []


def test_an_error_of_first_contact_does_not_say_to_run_it(meet: Meet, cloud: Served, tmp_path: Path) -> None:
    cloud.fault("status", "put_pipelines", status=404, times=0)
    result = meet(device=DOOR)
    assert result["failed"] and "ansible-playbook nxai.cloud.first_contact" not in result["msg"]
    assert "ansible-playbook nxai.cloud.first_contact" not in (tmp_path / "first-contact.md").read_text()


def test_a_question_is_whole_in_the_report(meet: Meet, rows_as: Callable[..., None], tmp_path: Path) -> None:
    rows_as(hidden_where_none)
    (question,) = meet()["questions"]
    report = (tmp_path / "first-contact.md").read_text()
    assert len(question) > 300 and question in report and f"first_contact_device={{{DOOR}}}" in report
    assert "You need no contract file" not in report
