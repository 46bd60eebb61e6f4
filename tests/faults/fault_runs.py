# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks in this process against a simulator over loopback, on a clock that is moved by waiting."""

from __future__ import annotations

import importlib
import json
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from fault_scenes import CONTENT, FILE, WORLD, Scene
from fault_table import Trouble

from ansible_collections.nxai.cloud.plugins.module_utils._api import client
from ansible_collections.nxai.cloud.plugins.module_utils._core.voice import Voice
from ansible_collections.nxai.cloud.plugins.module_utils._http.operation import Operation
from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served, serve


class Ended(Exception):
    """The end of a module, with what it would give to the controller, before AnsibleModule hides secrets in it."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.result = result


@pytest.fixture(scope="session")
def running() -> Iterator[Served]:
    with serve(WORLD) as served:
        yield served


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Served]:
    """Another host, as a redirect sees it, to which nothing may be sent."""
    with serve() as served:
        yield served


@pytest.fixture(scope="session")
def closed_port() -> Iterator[int]:
    """A port that is taken, but on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("models") / "model.onnx"
    path.write_bytes(CONTENT)
    return str(path)


@pytest.fixture
def cloud(running: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The world as it was, and an environment that signs in to it with a token that can be renewed."""
    running.clear_faults()
    running.reset()
    running.clear_log()
    for name in [name for name in os.environ if name.startswith("NXAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NXAI_API_URL", running.url)
    monkeypatch.setenv("NXAI_CLOUD_URL", running.url)
    return running


@dataclass
class Outcome:
    """What a task gave; how often each operation was sent, and where to."""

    result: dict[str, Any] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    paths: dict[str, str] = field(default_factory=dict)


Run = Callable[..., Outcome]


@pytest.fixture
def run(cloud: Served, closed_port: int, model_file: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the task of a scene while a trouble lasts. Any exception but that of the end is a traceback, and fails."""

    def end(_module: Any, **result: Any) -> None:
        raise Ended(result)

    monkeypatch.setattr(basic.AnsibleModule, "exit_json", end)
    monkeypatch.setattr(basic.AnsibleModule, "fail_json", lambda module, **result: end(module, failed=True, **result))
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)

    def run_scene(operation: str, scene: Scene, trouble: Trouble | None, check: bool = False) -> Outcome:
        outcome = Outcome()
        began, slept = time.time(), [0.0]
        # A request that is late in the simulator is late by real time, so there waiting has to take some.
        share = 0.1 if trouble and trouble.timeout < 1 else 0.0

        def sleep(seconds: float) -> None:
            slept[0] += seconds
            time.sleep(seconds * share)

        def clock() -> float:
            return began + slept[0]

        class Watched(Transport):
            def __init__(
                self, settings: Any, read_only: bool, operations: Mapping[str, Operation], voice: Voice
            ) -> None:
                if trouble and trouble.timeout < 1:  # uploads wait for the service's own limit, however long that is
                    limited = (replace(each, time_limit=trouble.timeout) for each in operations.values())
                    operations = {each.name: each for each in limited}
                super().__init__(settings, read_only, operations, voice, sleep=sleep, clock=clock, jitter=lambda: 1.0)

            def _once(self, call: Any, url: Any, header: str | None) -> Any:
                name = call.operation.name
                outcome.sent[name] += 1
                outcome.paths[name] = url.target.partition("?")[0]
                if trouble and name == operation and outcome.sent[name] <= trouble.refused:
                    url = replace(url, port=closed_port)
                return super()._once(call, url, header)

        monkeypatch.setattr(client, "Transport", Watched)
        monkeypatch.setenv("NXAI_TIMEOUT", str(trouble.timeout if trouble else 5.0))
        options = {name: model_file if value == FILE else value for name, value in scene.options.items()}
        arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        module = importlib.import_module(f"ansible_collections.nxai.cloud.plugins.modules.{scene.module}")
        with pytest.raises(Ended) as ended:
            module.main()
        outcome.result = ended.value.result
        return outcome

    return run_scene
