# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once that create the same catalogue or model."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.compute import ComputeApi
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._engine import rivals
from ansible_collections.nxai.cloud.plugins.module_utils._engine.module import Task, reconcile
from ansible_collections.nxai.cloud.plugins.module_utils._models.catalogue import CatalogueResource
from ansible_collections.nxai.cloud.plugins.module_utils._models.model import ModelResource
from simulator import catalogues, compute
from simulator.testing import Served

RESOURCES: dict[str, Any] = {"nxai_catalogue": CatalogueResource, "nxai_model": ModelResource}
FIRST, SECOND = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
Create = Callable[..., dict[str, Any]]
Rival = Callable[..., None]


@pytest.fixture
def create(cloud: Served, onnx_file: Path) -> Create:
    """Run a module's work without the module, as that may be in one thread only."""

    def run(kind: str, /, **options: Any) -> dict[str, Any]:
        module = importlib.import_module(f"ansible_collections.nxai.cloud.plugins.modules.{kind}")
        every = {each: spec.get("default") for each, spec in module.ARGUMENT_SPEC.items()}
        every |= {"file": str(onnx_file), "check_file": "off"} if kind == "nxai_model" else {}
        with Client.from_options({"api_url": cloud.url, "token": cloud.token()}) as client:
            task = Task({**every, "name": "New", **options}, client, check_mode=False)
            return reconcile(RESOURCES[kind](task), False, False)

    return run


def made(cloud: Served) -> list[str]:
    world = cloud.world
    return [uuid for table in (world.catalogues, world.models) for uuid, each in table.items() if each.name == "New"]


@pytest.fixture(params=sorted(RESOURCES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_two_at_once_make_one(cloud: Served, create: Create, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either creates, and both look again when both are there."""
    operation = kind.replace("nxai", "create")
    usual, together = getattr(ComputeApi, operation), threading.Barrier(2, timeout=30)

    def at_once(*arguments: Any) -> str:
        together.wait()
        uuid: str = usual(*arguments)
        together.wait()
        return uuid

    monkeypatch.setattr(ComputeApi, operation, at_once)
    with ThreadPoolExecutor(2) as pool:
        results = [each.result() for each in [pool.submit(create, kind) for _run in range(2)]]
    assert len(cloud.log(operation)) == 2
    uuids = made(cloud)
    assert len(uuids) == 1
    assert [each[kind.removeprefix("nxai_")]["uuid"] for each in results] == uuids * 2


@pytest.fixture
def rival(create: Create, monkeypatch: pytest.MonkeyPatch) -> Rival:
    """Between the look and the POST of the next run another one does all of its work. ``uuids`` of both, in order."""

    def arm(kind: str, uuids: list[str], **options: Any) -> None:
        monkeypatch.setattr(rivals, "PATIENCE", 0.0)
        left = list(uuids)
        for place in (catalogues, compute):
            monkeypatch.setattr(place, "new_uuid", lambda: left.pop(0))
        usual: Any = RESOURCES[kind].act

        def late(resource: Any, plan: Any) -> None:
            monkeypatch.setattr(RESOURCES[kind], "act", usual)
            create(kind, **options)
            usual(resource, plan)

        monkeypatch.setattr(RESOURCES[kind], "act", late)

    return arm


def test_the_second_takes_its_own_away(cloud: Served, create: Create, kind: str, rival: Rival) -> None:
    rival(kind, [FIRST, SECOND])
    result = create(kind)
    assert result[kind.removeprefix("nxai_")]["uuid"] == FIRST and made(cloud) == [FIRST]


def test_the_first_says_that_there_are_two(cloud: Served, create: Create, kind: str, rival: Rival) -> None:
    """The other was over before it could see both."""
    rival(kind, [SECOND, FIRST])
    with pytest.raises(Unexpected, match=f"this run {FIRST}, the other {SECOND}") as caught:
        create(kind)
    assert caught.value.result["changed"] is True and sorted(made(cloud)) == [FIRST, SECOND]


def test_one_that_cannot_be_taken_away_is_named(cloud: Served, create: Create, kind: str, rival: Rival) -> None:
    rival(kind, [FIRST, SECOND])
    cloud.fault("status", kind.replace("nxai", "delete"), status=403)
    with pytest.raises(Unexpected, match=f"this run {SECOND}, the other {FIRST}") as caught:
        create(kind)
    assert caught.value.result["changed"] is True


def test_another_model_of_that_name_is_not_taken_for_ours(
    cloud: Served, create: Create, onnx_file: Path, tmp_path: Path, rival: Rival
) -> None:
    (tmp_path / "other.onnx").write_bytes(onnx_file.read_bytes() + b"\x32\x01x")  # its doc_string
    rival("nxai_model", [FIRST, SECOND], file=str(tmp_path / "other.onnx"), check_file="off")
    with pytest.raises(Unexpected, match="at the same time"):
        create("nxai_model")
    assert sorted(made(cloud)) == [FIRST, SECOND]


def test_models_move_into_the_catalogue_that_stays(create: Create, rival: Rival) -> None:
    uuid = create("nxai_model", name="Member")["model"]["uuid"]
    rival("nxai_catalogue", [FIRST, SECOND])
    result = create("nxai_catalogue", models=["Member"])
    assert result["catalogue"]["uuid"] == FIRST and [each["uuid"] for each in result["catalogue"]["models"]] == [uuid]
