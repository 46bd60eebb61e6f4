# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices: where they are listed, and in what form."""

from __future__ import annotations

from .layer import Asked, Told
from .rewrites import (
    DEVICE,
    Row,
    after,
    answers,
    dropped,
    elsewhere,
    member,
    moved,
    rows,
    wrapped,
)
from .variant import ADAPTED, STOPS, WORKS, row_of


def _by_server(data: list[Row]) -> list[Row]:
    names = dict.fromkeys(row["Server"]["Name"] for row in data)
    return [{"Server": name, "Devices": [row for row in data if row["Server"]["Name"] == name]} for name in names]


def _differing(data: list[Row]) -> list[Row]:
    """A second row of each camera, as it was before somebody assigned models."""
    return [*data, *({**row, "nxAI": {"pipelines": []}} for row in data)]


def _server_twice(asked: Asked, answer: Told) -> None:
    """Also a module for inputs and outputs is in the list, which is no camera and has no NxID."""
    answer.data = [*answer.data, {"Name": "IO module", "Type": "io"}] if answer.data else []


_device = row_of("devices")
VARIANTS = (
    _device(
        "devices-path",
        "devices at /dev/systems/{id}/devices",
        elsewhere("GET /dev/systems/{site_id}/devices", "GET /dev/system/{site_id}/devices"),
        outcome=ADAPTED,
        operations={"list_devices": {"path": "/systems/{site_id}/devices"}},
    ),
    _device(
        "devices-path-405",
        "devices at /dev/site/{id}/cameras, 405 where they were",
        elsewhere("GET /dev/site/{site_id}/cameras", "GET /dev/system/{site_id}/devices", 405),
        outcome=ADAPTED,
        operations={"list_devices": {"path": "/site/{site_id}/cameras"}},
    ),
    _device("devices-wrapped", "devices inside devices", wrapped("devices", DEVICE), outcome=WORKS),
    _device("devices-by-server", "devices in groups, one for each server", answers(DEVICE, _by_server), outcome=WORKS),
    _device(
        "device-name",
        "the name is DeviceName",
        moved(DEVICE, "Name", "DeviceName"),
        outcome=ADAPTED,
        fields={"device": {"name": "DeviceName"}},
    ),
    _device(
        "device-nameless",
        "one camera has no name",
        rows(DEVICE, lambda row: {**row, "Name": None} if row["Name"] == "Till" else row),
        outcome=WORKS,
    ),
    _device("device-enabled-text", "Enabled is a text", member(DEVICE, "Enabled", str), outcome=WORKS),
    _device(
        "device-enabled-absent",
        "nothing says whether a camera is enabled",
        dropped(DEVICE, "Enabled", "Group"),
        outcome=WORKS,
    ),
    _device(
        "device-rows-equal",
        "a camera is listed twice, equal",
        answers(DEVICE, lambda data: [*data, *data]),
        outcome=WORKS,
    ),
    _device(
        "device-rows-differ",
        "a camera is listed twice, once without what it runs",
        answers(DEVICE, _differing),
        outcome=STOPS,
    ),
    _device(
        "device-rows-differ-first",
        "the same, in the other order",
        answers(DEVICE, lambda data: _differing(data)[::-1]),
        outcome=STOPS,
    ),
    _device(
        "device-no-camera", "the list also has a thing without an NxID", after(DEVICE, _server_twice), outcome=WORKS
    ),
)
