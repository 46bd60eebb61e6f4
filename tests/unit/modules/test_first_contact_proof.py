# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""First contact with cameras that do not say what they run: one that may lose it finds out what that means."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from first_contact_world import DOOR, MODEL, PIPELINE, WORLD, Meet, contract, everything, nxid
from module_runs import Calls, RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.session import Session
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served


@pytest.fixture
def meet(cloud: Served, run_module: RunModule, tmp_path: Path) -> Meet:
    cloud.reset(seed=WORLD)
    cloud.clear_log()
    return lambda **options: run_module("nxai_first_contact", **{"dir": str(tmp_path), **options})


def hidden_where_none(row: Any) -> Any:
    return row if row["nxAI"]["pipelines"] else {**row, "nxAI": None}


def test_a_camera_of_which_nothing_is_known_is_refused(
    meet: Meet, cloud: Served, writes: Calls, rows_as: Callable[..., None]
) -> None:
    rows_as(lambda row: {**row, "nxAI": None} if row["Name"] == "Gate" else row)
    result = meet(device=nxid(cloud, "Gate"))
    assert writes() == [] and "it is not known what Gate runs" in result["msg"]
    assert "first_contact_prove=one" in result["msg"]
    assert [each.split(":")[0] for each in result["questions"]] == ["no_pipelines"]
    assert [each["offered"] for each in result["cameras"]["unknown"]] == [""], "Till shows an empty list"


def test_the_report_offers_a_camera_that_has_none_for_a_moment(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], tmp_path: Path
) -> None:
    rows_as(hidden_where_none)
    before = everything(cloud)
    found = meet(contract={"words": {"ready": ["done"]}})
    (kind,) = found["cameras"]["unknown"]
    assert found["cameras"] == {"running": 1, "none": 0, "not_understood": 0, "unknown": [kind]}
    assert (kind["cameras"], kind["offered"]) == (2, f"{{{DOOR}}}") and kind["offered"] in found["questions"][0]
    report = (tmp_path / "first-contact.md").read_text()
    assert f"| 2 | {kind['shape']} | {kind['device']} | {kind['site']} |" in report
    file = str(tmp_path / "nxai-contract.yml")
    result = meet(contract=file, device=kind["offered"], site=kind["offered_site"], prove="one")
    assert result["stages"]["prove"]["status"] == "ok", result["stages"]
    assert "has again what it had" in result["stages"]["prove"]["reason"]
    assert contract(tmp_path) == {"words": {"ready": ["done"]}, "no_pipelines": [kind["shape"]]}
    assert result["cameras"] == {"running": 1, "none": 2, "not_understood": 0, "unknown": []}
    assert result["questions"] == [] and "do not say what they run" not in (tmp_path / "first-contact.md").read_text()
    assert len(cloud.writes()) == 3 and everything(cloud) == before, "what it has, none, and what it had"
    assert not (tmp_path / "first-contact-snapshot.json").exists() and result["earlier"] == []
    again = meet(contract=file)
    assert again["cameras"]["unknown"] == [] and len(cloud.writes()) == 3


def test_what_is_beside_the_place_of_the_pipelines_may_differ(
    meet: Meet, rows_as: Callable[..., None], tmp_path: Path
) -> None:
    """A camera that ran something keeps settings, and a fresh one has none. The place itself is what counts."""

    def change(row: Any) -> Any:
        settings = {"PluginSettings": {"zone": "1"}} if row["Name"] == "Door" else {"PluginSettings": {}}
        shown = {"pipelines": row["nxAI"]["pipelines"]} if row["nxAI"]["pipelines"] else {}
        return {**row, "nxAI": {**settings, **shown}}

    rows_as(change)
    result = meet(device=DOOR, prove="one")
    found = contract(tmp_path)["no_pipelines"]
    assert [each.partition("nxAI: ")[2] for each in found] == [
        "{PluginSettings: object}", "{PluginSettings: empty object}",
    ]  # fmt: skip
    assert result["cameras"]["unknown"] == []


def test_a_camera_that_says_that_it_has_none_settles_nothing(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], tmp_path: Path
) -> None:
    rows_as(lambda row: row if row["Name"] == "Door" else {**row, "nxAI": None})
    before = everything(cloud)
    result = meet(device=DOOR, prove="one")
    assert "It said that it had none" in result["stages"]["prove"]["reason"] and contract(tmp_path) is None
    assert everything(cloud) == before and len(result["cameras"]["unknown"]) == 1


def test_what_cannot_be_given_back_is_kept(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows_as(hidden_where_none)
    send, sent = Transport.send, []

    def sends(self: Transport, operation: Any, **members: Any) -> Any:
        if operation.name == "put_pipelines":
            sent.append(members["json"]["Pipelines"])
            if len(sent) > 2:
                raise Refused("PUT", "not now", status=409)
        return send(self, operation, **members)

    monkeypatch.setattr(Transport, "send", sends)
    result = meet(device=DOOR, prove="one")
    path = tmp_path / "first-contact-snapshot.json"
    assert result["failed"] and "Door did not get back what it had" in result["msg"] and str(path) in result["msg"]
    assert sent[:2] == [[PIPELINE], []]
    assert json.loads(path.read_text())["snapshot"][0]["pipelines"] == [PIPELINE]
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_taken_from_a_camera_where_it_cannot_be_kept(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], tmp_path: Path
) -> None:
    rows_as(hidden_where_none)
    (tmp_path / "first-contact-snapshot.json").write_text("my own")
    before = everything(cloud)
    result = meet(device=DOOR, prove="one")
    assert result["failed"] and "is not from first contact" in result["msg"]
    assert cloud.writes() == [] and everything(cloud) == before


def test_a_camera_that_shows_nothing_shows_what_its_row_means(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], tmp_path: Path
) -> None:
    rows_as(hidden_where_none)
    before = everything(cloud)
    result = meet(device=nxid(cloud, "Gate"), prove="one")
    assert result["stages"]["prove"]["status"] == "ok", result["stages"]
    assert "was sent the model Counter" in result["stages"]["prove"]["reason"], "which another camera runs"
    assert "is gone" in result["stages"]["prove"]["reason"]
    assert [*contract(tmp_path)] == ["no_pipelines"] and result["cameras"]["unknown"] == []
    assert len(cloud.writes()) == 2 and everything(cloud) == before and result["left_behind"] == []


def test_a_camera_that_may_lose_what_it_runs_and_shows_it_is_sent_what_it_has(meet: Meet, cloud: Served) -> None:
    before = everything(cloud)
    result = meet(device=DOOR, prove="one", model="Finder")
    assert "took what it has" in result["stages"]["prove"]["reason"]
    assert everything(cloud) == before and len(cloud.writes()) == 1, "there is nothing to find out"


def test_the_model_is_the_one_that_is_wanted(meet: Meet, cloud: Served, rows_as: Callable[..., None]) -> None:
    rows_as(hidden_where_none)
    result = meet(device=nxid(cloud, "Gate"), prove="one", model="Finder")
    assert "was sent the model Finder" in result["stages"]["prove"]["reason"]


def test_what_does_not_show_is_taken_away_again(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], tmp_path: Path
) -> None:
    """What the camera had is gone: that is why the user has to say that it may be."""
    rows_as(lambda row: {**row, "nxAI": None})
    result = meet(device=DOOR, prove="one")
    assert result["failed"] and "do not say that nothing runs" in result["msg"] and contract(tmp_path) is None
    assert everything(cloud)[0]["Door"] == [] and result["left_behind"] == []
    assert [each["offered"] for each in result["cameras"]["unknown"]] == [""]


def test_a_camera_that_takes_nothing_loses_nothing(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], tmp_path: Path
) -> None:
    rows_as(lambda row: {**row, "nxAI": None})
    before = everything(cloud)
    cloud.fault("status", "put_pipelines", status=422, times=0)
    result = meet(device=DOOR, prove="one")
    assert result["failed"] and "HTTP 422" in result["msg"] and everything(cloud) == before
    assert result["left_behind"] == []


def test_a_model_that_cannot_be_taken_away_is_named(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows_as(hidden_where_none)
    send = Transport.send

    def sends(self: Transport, operation: Any, **members: Any) -> Any:
        if operation.name == "put_pipelines" and members["json"]["Pipelines"] == []:
            raise Refused("PUT", "not now", status=409)
        return send(self, operation, **members)

    monkeypatch.setattr(Transport, "send", sends)
    result = meet(device=nxid(cloud, "Gate"), prove="one")
    assert result["left_behind"] == [{"kind": "pipeline", "name": "Counter on Gate", "uuid": MODEL}]
    assert result["failed"] and "Counter on Gate" in result["msg"] and "portal" in result["msg"]


def test_an_assignment_since_the_first_look_is_not_written_over(
    meet: Meet, cloud: Served, rows_as: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody gives the camera a pipeline between the first stage and the second."""
    rows_as(hidden_where_none)
    gate = next(each for site in cloud.world.sites.values() for each in site.devices.values() if each.name == "Gate")
    forget = Session.forget

    def changes(self: Session, name: str) -> None:
        gate.pipelines = [dict(PIPELINE)]
        forget(self, name)

    monkeypatch.setattr(Session, "forget", changes)
    result = meet(device=gate.nxid, prove="one", model="Finder")
    assert "took what it has" in result["stages"]["prove"]["reason"] and gate.pipelines == [PIPELINE]


def test_nothing_is_taken_from_a_camera_whose_keys_are_not_all_sent(
    meet: Meet, cloud: Served, rows_as: Callable[..., None]
) -> None:
    rows_as(hidden_where_none)
    before = everything(cloud)
    result = meet(device=DOOR, prove="one", contract={"assignment": {"read_only": ["Status"]}})
    assert "it was not given none" in result["stages"]["prove"]["reason"]
    assert len(cloud.writes()) == 1 and everything(cloud) == before
