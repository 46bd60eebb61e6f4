# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run in this process, against a simulator over loopback."""

from __future__ import annotations

import importlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from module_runs import QUICK, Calls, RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator import views
from simulator.testing import Served, serve
from tools.demo_model import model
from tools.return_docs import differences

WORLD = """
times: {record: 0, code: 0, assignment: 0}
accounts:
  - {email: demo@example.com, password: demo, organisations: [Retail]}
organisations:
  - name: Retail
sites:
  - name: Shop 001
    organisation: Retail
    servers:
      - name: Server A
        devices: [Entrance, Till 1, Till 2, Twin, Twin]
      - name: Server B
        supports_pipelines: false
        devices: [Old camera]
  - name: Shop 002
    organisation: Retail
    servers:
      - name: Server C
        devices: [Entrance]
"""


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    with serve(seed=WORLD) as served:
        yield served


@pytest.fixture
def cloud(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A simulator with two small shops, and an environment that signs in to it."""
    served.reset(seed=WORLD)
    for name in [name for name in os.environ if name.startswith("NXAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NXAI_API_URL", served.url)
    monkeypatch.setenv("NXAI_CLOUD_URL", served.url)
    monkeypatch.setenv("NXAI_TOKEN", served.token())
    served.clear_log()
    return served


@pytest.fixture(scope="session")
def onnx_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "brightness.onnx"
    path.write_bytes(model().SerializeToString())
    return path


@pytest.fixture
def hurried(cloud: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting takes no time: the clocks of client and simulator are moved instead."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        cloud.advance(seconds)

    monkeypatch.setitem(Transport.__init__.__kwdefaults__, "sleep", sleep)
    monkeypatch.setitem(Transport.__init__.__kwdefaults__, "clock", lambda: time.time() + sum(slept))


@pytest.fixture
def run_module(
    cloud: Served, hurried: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> RunModule:
    """Run a module with options and give its result, as the controller gets it.

    Any warning fails the test, unless the test asks for them: then they are in ``result["warnings"]``. With None, there
    may be some.
    """

    def run(module_name: str, /, check: bool = False, warns: bool | None = False, **options: Any) -> dict[str, Any]:
        arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        heard: list[str] = []  # core keeps warnings for the whole process, which here runs many modules
        monkeypatch.setattr(basic.AnsibleModule, "warn", lambda _module, text: heard.append(text))
        module = importlib.import_module(f"ansible_collections.nxai.cloud.plugins.modules.{module_name}")
        capsys.readouterr()
        with pytest.raises(SystemExit):
            module.main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        # As the controller of ansible-core 2.22 does: it masks them from then on.
        result.pop("_ansible_new_secrets", None)
        result.update({"warnings": heard} if heard else {})
        assert warns in (None, "warnings" in result) and "deprecations" not in result, result
        assert "exception" not in result, result["exception"]
        wrong = differences(module_name, result)
        assert not wrong, "\n".join(wrong)
        return result

    return run


@pytest.fixture
def upload(run_module: RunModule, onnx_file: Path) -> RunModule:
    """Run ``nxai_model`` with the model of the demonstration."""
    usual = {"name": "Detector", "file": str(onnx_file), **QUICK}
    return lambda **options: run_module("nxai_model", **{**usual, **options})


@pytest.fixture
def rows_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[dict[str, Any]], dict[str, Any]]], None]:
    """Let the simulator show each device in another form."""
    usual = views.device

    def change(rewrite: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        monkeypatch.setattr(views, "device", lambda world, item: rewrite(usual(world, item)))

    return change


class Captured(Exception):
    """Ends a module before it begins."""


@pytest.fixture
def specs(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, Any]]:
    """The argument spec that a module gives to AnsibleModule."""

    def capture(_self: Any, argument_spec: dict[str, Any], **_rules: Any) -> None:
        raise Captured(argument_spec)

    def spec_of(module_name: str) -> dict[str, Any]:
        module = importlib.import_module(f"ansible_collections.nxai.cloud.plugins.modules.{module_name}")
        with monkeypatch.context() as patch:
            patch.setattr(basic.AnsibleModule, "__init__", capture)
            with pytest.raises(Captured) as captured:
                module.main()
        found: dict[str, Any] = captured.value.args[0]
        return found

    return spec_of


@pytest.fixture
def writes(cloud: Served) -> Calls:
    """The requests so far that could have changed something."""
    return lambda: [f"{each.method} {each.path}" for each in cloud.log() if each.method != "GET"]


@pytest.fixture
def reads(cloud: Served) -> Calls:
    return lambda: [each.path for each in cloud.log() if each.method == "GET"]
