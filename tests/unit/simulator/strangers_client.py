# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client as somebody writes it for the live service, from public knowledge only; nothing of this project is used.

Only the three base URLs say where it works. It signs in with a password, sends the identity provider's token as it is,
without a scheme word, uploads a model, waits for it, and assigns it to the cameras of a site.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import requests

COMPUTE = "https://api.sclbl.nxvms.com/cpt"
DEVICE = "https://api.sclbl.nxvms.com/dev"
CLOUD = "https://meta.nxvms.com"
BRAND = "metavms"
ALL_MODELS = "00000000-0000-0000-0000-000000000000"


class Client:
    def __init__(self, compute: str = COMPUTE, device: str = DEVICE, cloud: str = CLOUD) -> None:
        self.compute, self.device, self.cloud = compute, device, cloud
        self.http = requests.Session()

    def login(self, username: str, password: str) -> None:
        answer = self.http.post(
            f"{self.cloud}/cdb/oauth2/token",
            json={
                "grant_type": "password",
                "response_type": "token",
                "client_id": "3rdParty",
                "username": username,
                "password": password,
            },
            timeout=15,
        )
        answer.raise_for_status()
        tokens = answer.json()
        if tokens.get("error"):
            raise RuntimeError(tokens["error"])
        self.http.headers["Authorization"] = tokens["access_token"]

    def upload(self, path: Path, name: str) -> str:
        data = {
            "Name": name,
            "Customization": BRAND,
            "InputDriver": "vision",
            "InputDriverDetails": {"channels": 3, "width": 320, "height": 320, "means": [0, 0, 0], "vars": [1, 1, 1]},
            "OutputDriver": "vision",
            "OutputDriverDetails": {"postProcessing": None},
            "EnableConversions": [],
        }
        with path.open("rb") as file:
            parts: dict[str, tuple[str | None, Any, str]] = {
                "data": (None, json.dumps(data), "application/json"),
                "file": (path.name, file, "application/octet-stream"),
            }
            answer = self.http.post(f"{self.compute}/functions", files=parts, timeout=60)
        if answer.status_code not in (200, 201):
            raise RuntimeError(f"upload: {answer.status_code} {answer.text}")
        return str(answer.json()["UUID"])

    def wait_until_converted(self, uuid: str, tries: int = 120, pause: float = 5.0) -> None:
        for _try in range(tries):
            answer = self.http.get(
                f"{self.compute}/functions", params={"Catalogue": ALL_MODELS, "Customization": BRAND}, timeout=15
            )
            row = next((row for row in answer.json() if row["UUID"] == uuid), None)
            if row and row["Status"] == "ok" and (row.get("Code") or {}).get("Status") == "ok":
                return
            time.sleep(pause)
        raise RuntimeError(f"{uuid} is not converted")

    def cameras(self, site: str) -> list[dict[str, Any]]:
        answer = self.http.get(f"{self.device}/system/{site}/devices", timeout=15)
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()
        return rows

    def assign(self, site: str, cameras: list[str], model: str) -> None:
        pipeline = {
            "modelUUID": model,
            "modelNMS": 0.42,
            "resizingMethod": "Letterbox",
            "Preprocessor": "",
            "Postprocessor": "",
            "chains": [],
        }
        body = {"Devices": cameras, "Functions": [model], "Pipelines": [pipeline]}
        answer = self.http.put(f"{self.device}/system/{site}/devices/pipelines", json=body, timeout=30)
        if not answer.ok:
            raise RuntimeError(f"assign: {answer.status_code} {answer.text}")
