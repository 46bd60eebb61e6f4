# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of what is sent: some of it is kept, or written to some devices, or it comes on top of what is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, told
from .rewrites import before
from .variant import STOPS, WORKS, row_of

_PUT = ("put_pipelines",)
Pipelines = list[dict[str, Any]]


def _kept(choice: Callable[[Pipelines], Pipelines]) -> Rewrite:
    def change(asked: Asked) -> None:
        asked.data = {**asked.data, "Pipelines": choice(asked.data["Pipelines"])}

    return before(_PUT, change)


def _written_to(choice: Callable[[list[str]], list[str]]) -> Rewrite:
    def change(asked: Asked) -> None:
        asked.data = {**asked.data, "Devices": choice(asked.data["Devices"])}

    return before(_PUT, change)


def _last_left() -> Rewrite:
    """The last one of several is not written to, and the answer says so."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in _PUT or len(asked.data["Devices"]) == 1:
            return await ask(asked)
        devices, one = asked.data["Devices"], asked.copy()
        one.data = {**asked.data, "Devices": devices[:-1]}
        answer = await ask(one)
        failed = [{"NxID": devices[-1], "Reason": "locked"}]
        return told(200, {"Message": "Ok", "Failed": failed}) if answer.good else answer

    return rewrite


def _added() -> Rewrite:
    """A PUT is for each device alone, and holds what it had, too."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        has: dict[str, Pipelines] = asked.memory.setdefault("has", {})
        if asked.operation == "list_devices":
            answer = await ask(asked)
            has.update({_plain(row["NxID"]): row["nxAI"]["pipelines"] for row in answer.data} if answer.good else {})
            return answer
        if asked.operation not in _PUT:
            return await ask(asked)
        for device in asked.data["Devices"]:
            pipelines = [*has.get(_plain(device), []), *asked.data["Pipelines"]]
            one, models = asked.copy(), sorted({each["modelUUID"] for each in pipelines})
            one.data = {**asked.data, "Devices": [device], "Functions": models, "Pipelines": pipelines}
            answer = await ask(one)
            has.update({_plain(device): pipelines} if answer.good else {})
        return answer

    return rewrite


def _plain(nxid: str) -> str:
    return nxid.strip("{}").lower()


def _first(items: list[Any]) -> list[Any]:
    return items[:1]


def _last(items: list[Any]) -> list[Any]:
    return items[-1:]


_written = row_of("pipelines written")
VARIANTS = (
    _written("first-pipeline-only", "only the first pipeline is kept", _kept(_first), outcome=STOPS),
    _written("all-added", "what is sent is added, also what is there already", _added(), outcome=STOPS),
    _written("first-device-only", "of several devices the first is written to", _written_to(_first), outcome=WORKS),
    _written("last-device-only", "of several devices the last is written to", _written_to(_last), outcome=WORKS),
    _written("last-device-left", "of several devices the last is not, with 200", _last_left(), outcome=WORKS),
)
