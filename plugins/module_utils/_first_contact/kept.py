# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cameras had before it was taken from them: kept in a file until it is seen on them again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from .._api.records.records import Device, normalise_nxid
from .._core.errors import BadInput, NxaiError
from .._core.values import identity
from .._fleet.targets import Target, snapshot_targets
from .._pipelines.readback import compare
from .evidence import MARK

Added: TypeAlias = "Sequence[Mapping[str, Any]]"  # entries of a snapshot
_SURE_AFTER = 120.0  # seconds: so long a camera may still show what it has lost already


class Earlier(NamedTuple):
    """What an earlier run has left, and what to do about it. ``kind``: camera, model or catalogue."""

    kind: str
    name: str
    uuid: str
    advice: str

    @property
    def words(self) -> str:
        return f"left by an earlier run: {self.kind} {self.name} ({self.uuid}). {self.advice}"


class Kept:
    """The snapshot at ``path``. ``age``: how many seconds ago it was written. ``contract``: the path of what adapts the
    command that gives it back. Raises ``BadInput`` where it is broken.

    An entry is never replaced: what a camera had first is what it is to get back.
    """

    def __init__(self, path: str, content: str, age: float, contract: str = "") -> None:
        self.path = path
        self._contract = contract
        self._content = content
        self._old = age > _SURE_AFTER
        self._before: list[dict[str, Any]] = []
        if content:
            try:
                self._before = [dict(each) for each in json.loads(content)["snapshot"]]
                snapshot_targets(self._before)
            except (ValueError, TypeError, LookupError, AttributeError, NxaiError):
                answer = f"{path} cannot be read. It holds what a camera had before an earlier run"
                advice = "Give that back as far as you can tell what it was, and move the file away."
                raise BadInput("Find out what an earlier run has left", answer, advice) from None
        self._entries = list(self._before)

    def add(self, entries: Sequence[Mapping[str, Any]]) -> Added:
        """Gives those that were not kept before."""
        added = [dict(each) for each in entries if self.of(each["site"], each["device"]) is None]
        self._entries += added
        return added

    def close_seen(self, added: Added, now: Mapping[str, Device], keys: Collection[str]) -> list[str]:
        """Close those that a camera has, but for these keys. ``now``: by NxID. Gives the names of the others."""
        lost = []
        for each in added:
            device = now.get(normalise_nxid(each["device"]))
            (target,) = snapshot_targets([each])
            if device is not None and is_there(target, device, keys):
                self.close(each["site"], each["device"])
            else:
                lost.append(str(each.get("name") or each["device"]))
        return lost

    def of(self, site: str, device: str) -> Target | None:
        """What this camera is to get back."""
        here = (identity(site), identity(device))
        return next((each for each in self.targets if (identity(each.site), identity(each.device)) == here), None)

    @property
    def targets(self) -> list[Target]:
        return snapshot_targets(self._entries)

    def close(self, site: str, device: str) -> None:
        """It was seen that this camera has it again."""
        here = (identity(site), identity(device))
        self._entries = [each for each in self._entries if (identity(each["site"]), identity(each["device"])) != here]

    def looked_at(self, site: str, device: Device | None) -> None:
        """Close what an earlier run has left, if the camera shows it, and can have had the time to show otherwise."""
        target = self.of(site, device.id) if device else None
        if self._old and target and device and is_there(target, device):
            self.close(site, device.id)

    def check(self, site: str, device: Device, tried: str) -> None:
        """Raises where this camera is to get back something that it does not show."""
        target = self.of(site, device.id)
        if target and not is_there(target, device):
            answer = f"{device.label} does not show what it had before an earlier run"
            raise BadInput(tried, answer, f"Nothing was sent. {self.advice}")

    def as_text(self) -> str:
        """The content of the file, "" where nothing is to be given back."""
        if self._entries == self._before and self._entries:
            return self._content
        document = {"written_by": MARK, "snapshot": self._entries}
        return json.dumps(document, indent=1) + "\n" if self._entries else ""

    @property
    def advice(self) -> str:
        with_contract = f"NXAI_CONTRACT={shlex.quote(self._contract)} " if self._contract else ""
        from_file = f"-e {shlex.quote(f'@{self.path}')}"
        options = "restore={{ snapshot }} prove=false"  # the row of a camera that was given none may not say so
        return (
            f"It may not have got back what it had. Give it back: {with_contract}ansible localhost"
            f" -m nxai.cloud.nxai_pipeline {from_file} -a '{options}'"
            f" ({self.path} is removed by a run, two minutes later at the earliest, that sees it on the camera)."
        )

    @property
    def left(self) -> list[Earlier]:
        return [
            Earlier("camera", str(each.get("name") or each["device"]), each["device"], self.advice)
            for each in self._entries
        ]


def is_there(target: Target, device: Device, keys: Collection[str] = ()) -> bool:
    """Whether the device shows what it is to get back, but for these keys."""
    had, shown = (tuple(each.without(keys) for each in found or ()) for found in (target.restore, device.assignment))
    return device.assignment is not None and compare(had, shown, None, had) is not None
