# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain calls for the tests of the simulator: no client of the project, so that the two can disagree."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import requests

from simulator.testing import Served

ONNX = b"\x08\x07" + bytes(2000)


def eventually(condition: Callable[[], Any], seconds: float = 10.0) -> bool:
    """Whether the condition comes true in time: for what happens in the server after its answer, or without one."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


class Calls:
    """Requests as one account, with or without act-as headers."""

    def __init__(self, served: Served, email: str = "", act_as: tuple[str, str] | None = None) -> None:
        self.served = served
        self.headers = {"Authorization": f"Bearer {served.token(email)}"}
        if act_as:
            self.headers.update({"X-Act-As-Kind": act_as[0], "X-Act-As-ID": act_as[1]})

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return requests.request(method, self.served.url + path, headers=headers, **{"timeout": 20, **options})

    def get(self, path: str, **query: Any) -> Any:
        answer = self.send("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def upload(
        self, data: dict[str, Any], content: bytes = ONNX, method: str = "POST", path: str = "/cpt/functions"
    ) -> Any:
        parts = {"data": (None, json.dumps(data)), "file": ("model.onnx", content, "application/octet-stream")}
        answer = self.send(method, path, files=parts)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def model(self, uuid: str) -> Any:
        return self.get(f"/cpt/function/{uuid}")

    def put(self, site: str, devices: list[str], *models: str, **members: Any) -> requests.Response:
        pipelines = [{"modelUUID": model, **members} for model in models]
        body = {"Devices": devices, "Functions": list(models), "Pipelines": pipelines}
        return self.send("PUT", f"/dev/system/{site}/devices/pipelines", json=body)

    def pipelines(self, site: str) -> dict[str, list[str]]:
        """The models of each device, by the device's name."""
        rows = self.get(f"/dev/system/{site}/devices")
        return {row["Name"]: [item["modelUUID"] for item in row["nxAI"]["pipelines"]] for row in rows}
