# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks in this process, on a clock that is moved by waiting, and what may be said of how they ended."""

from __future__ import annotations

import importlib
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from ansible.module_utils import basic

from ansible_collections.nxai.cloud.plugins.module_utils._http.transport import Transport
from simulator.testing import Served

from .layer import Layer, Rewrite
from .world import SEED, Truth, truth

# What an error of a service that differs has to name: a line of the contract, or the option that is the way out.
LINE = re.compile(r"\b(?:(?:operations|fields|words|auth|upload|assignment)\.[a-z_]+(?:\.[a-z_]+)*|no_pipelines)\b")
OPTION = re.compile(
    r"\b(?:auth_scheme|token_scope|on_error|not_applicable|applicable_timeout|prove|prove_device|batch_size)\b"
)


class Bad(Exception):
    """The end of a scene. ``kind``: stops, obscure, silent or lost."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.text = kind, text


class _Ended(Exception):
    def __init__(self, result: dict[str, Any]) -> None:
        self.result = result


class Play:
    """One scene: a fresh world behind the rewrites of a variant, and the tasks of a user."""

    def __init__(
        self, served: Served, layer: Layer, rewrites: tuple[Rewrite, ...], folder: Path, contract: str
    ) -> None:
        served.reset()
        layer.play(rewrites)
        self.served, self.layer, self.folder = served, layer, folder
        self.before = self.truth()
        self._slept = 0.0
        self._environment = {
            "NXAI_API_URL": served.url,
            "NXAI_CLOUD_URL": served.url,
            "NXAI_USERNAME": "demo@example.com",
            "NXAI_PASSWORD": "pass-word",
            "NXAI_TIMEOUT": "10",
            **({"NXAI_CONTRACT": contract} if contract else {}),
        }

    def truth(self) -> Truth:
        return truth(self.served.world)

    def task(self, module: str, check: bool = False, **options: Any) -> dict[str, Any]:
        """The result of a task that succeeds. Raises ``Bad`` for one that does not, or that is not true to its word."""
        result, changes = self._run(module, check, options)
        if result.get("failed"):
            raise Bad(*judged(module, result))
        if check or module.endswith("_info"):
            return self._true(module, result, changes, unchanged=True)
        return self._true(module, result, changes, unchanged=not result["changed"])

    def attempt(self, module: str, check: bool = False, **options: Any) -> dict[str, Any]:
        """The result of a task that may fail."""
        return self._run(module, check, options)[0]

    def _true(self, module: str, result: dict[str, Any], changes: list[str], unchanged: bool) -> dict[str, Any]:
        """Nothing may happen without a word. That something is reported and nothing happened is looked at by scenes."""
        if unchanged and changes:
            raise Bad("silent", f"{module} changed {', '.join(changes)} and did not say so")
        told = json.dumps(result.get("diff", {}))
        unsaid = [each for each in changes if each not in told and self.nxid(each) not in told.lower()]
        if unsaid:
            raise Bad("silent", f"the diff of {module} does not show {', '.join(unsaid)}")
        return result

    def nxid(self, camera: str) -> str:
        """Of a camera, without braces; of anything else its name."""
        devices = (each for site in self.served.world.sites.values() for each in site.devices.values())
        return next((each.nxid.strip("{}") for each in devices if each.name == camera), camera)

    def _run(self, module: str, check: bool, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        before = self.truth()
        arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True}
        name = f"ansible_collections.nxai.cloud.plugins.modules.{module}"
        result: dict[str, Any] = {}
        with self._patched(arguments) as warned:
            try:
                importlib.import_module(name).main()
            except _Ended as ended:
                result = ended.result
            except Exception as error:
                raise Bad("obscure", f"{module}: traceback of {type(error).__name__}: {error}") from error
        if "exception" in result:
            raise Bad("obscure", f"{module}: traceback: {result['exception']}")
        return {**result, "warnings": warned}, _changes(before, self.truth())

    @contextmanager
    def _patched(self, arguments: dict[str, Any]) -> Iterator[list[str]]:
        warned: list[str] = []
        began = time.time()

        def end(_module: Any, **result: Any) -> None:
            raise _Ended(result)

        def sleep(seconds: float) -> None:
            self._slept += seconds
            self.served.advance(seconds)

        module = basic.AnsibleModule
        clocks = {"sleep": sleep, "clock": lambda: began + self._slept, "jitter": lambda: 1.0}
        with (
            mock.patch.object(module, "exit_json", end),
            mock.patch.object(module, "fail_json", lambda own, **result: end(own, failed=True, **result)),
            mock.patch.object(module, "warn", lambda _own, text: warned.append(text)),
            mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),
            mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()),
            mock.patch.dict(Transport.__init__.__kwdefaults__, clocks),
            mock.patch.dict("os.environ", self._environment),
        ):
            yield warned


def _changes(before: Truth, now: Truth) -> list[str]:
    """The names of the cameras, models and catalogues that are not what they were."""
    found = [name for name, had in before.cameras.items() if had != now.cameras[name]]
    uuids = {*before.models, *now.models}
    for uuid in uuids:
        one, other = before.models.get(uuid), now.models.get(uuid)
        if one != other:
            found.append((other or one or {})["name"])
    found += [name for name in {*before.catalogues, *now.catalogues} if before.catalogues[name] != now.catalogues[name]]
    return found


def judged(module: str, result: dict[str, Any]) -> tuple[str, str]:
    """What an error is worth: ``stops`` with what it names, or ``obscure``."""
    words = str(result.get("msg", ""))
    places = [words, *(str(row.get("reason", "")) for row in result.get("devices", []) + result.get("refused", []))]
    named = sorted({found.group() for place in places for found in [*LINE.finditer(place), *OPTION.finditer(place)]})
    if named:
        return "stops", f"{module} names {', '.join(named)}: {words}"
    return "obscure", f"{module}: {words}"


__all__ = ["SEED", "Bad", "Play", "judged"]
