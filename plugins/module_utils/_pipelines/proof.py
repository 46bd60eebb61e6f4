# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices of which the service does not say what they run: refused, unless one of them has proved what that means.

Rows are classed by their shape (``_api/assignment.py``). A class means "no pipelines" where what was sent to one device
of it has been seen to appear. Until then such a device may run something that the listing does not show.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .._api.device import DeviceApi
from .._api.records.records import Device, normalise_nxid
from .._core.errors import BadInput
from .._fleet.targets import WHERE_PIPELINES_ARE, why_unknown
from .checks import Refusal
from .reconcile import DeviceChange

PROOF_SPEC: dict[str, dict[str, Any]] = {
    "prove": {"type": "str", "choices": ["refuse", "one", "false"], "default": "refuse"},
    "prove_device": {"type": "str"},
    "no_pipelines": {"type": "list", "elements": "str", "default": []},
}
_WHAT_NOW = f"{WHERE_PIPELINES_ARE} ansible-playbook nxai.cloud.first_contact says what differs."
_TRIED = "Find out what rows without pipelines mean"


class Proof:
    """``options``: those of PROOF_SPEC. ``change`` is the one that is to prove, once it is known."""

    def __init__(self, options: Mapping[str, Any], api: DeviceApi) -> None:
        self._mode: str = options["prove"]
        self._wanted: str = options["prove_device"] or ""
        self._api = api
        api.no_pipelines |= frozenset(options["no_pipelines"])
        self.change: DeviceChange | None = None

    @property
    def shape(self) -> str:
        """The class that is to be proved."""
        return _shape(self.change) if self.change else ""

    def resolved(self, change: DeviceChange) -> Device:
        """Its device, with what is proved by now."""
        return change.device.with_proof(self._api.no_pipelines)

    def refusals(self, changes: Sequence[DeviceChange]) -> list[Refusal]:
        """Those that may lose something. Finds the one that is to prove."""
        unknown = [each for each in changes if each.device.assignment is None and not _loses_nothing(each)]
        if self._mode == "one":
            self.change = self._chosen([each for each in unknown if _shape(each)])
        free = {self.shape} if self.change else {_shape(each) for each in unknown if self._mode == "false"}
        return [
            Refusal.of(each, f"it is not known what it runs, and that would be lost: {why_unknown(each.device)}")
            for each in unknown
            if not _shape(each) or _shape(each) not in free
        ]

    @staticmethod
    def doubt(change: DeviceChange) -> str:
        """What is not known of a device that counts as unchanged."""
        return "" if change.changed or change.device.assignment is not None else why_unknown(change.device)

    def advice(self, refused: Sequence[DeviceChange]) -> str:
        """How to settle what was refused."""
        asked = next((each for each in refused if _shape(each)), None)
        if asked is None:
            return _WHAT_NOW
        other = f' The device "{self._wanted}" is none of these.' if self._mode == "one" and not self.change else ""
        return (
            "Such rows may mean that there are no pipelines, or that the service does not show them."
            f'{other} To find out, give the task prove: one and prove_device: "{asked.device.id}", or another of these'
            " devices: one that may lose what it runs. It is written to first, alone, and read back. In a rollout these"
            " are pipeline_rollout_prove and pipeline_rollout_prove_device. With a camera that loses nothing,"
            f" ansible-playbook nxai.cloud.first_contact may find it out. {WHERE_PIPELINES_ARE}"
        )

    def question(self) -> str:
        """For check mode: what would be asked."""
        change = self.change
        if change is None:
            return ""
        return (
            f"The task would first write to {change.label} alone, and go on with the other devices only if that device"
            f" then shows what was sent. What it runs now may be lost. Its row is: {self.shape}"
        )

    def passed(self) -> str:
        """The class means no pipelines from now on. Gives what the user is to keep of it."""
        self._api.no_pipelines |= {self.shape}
        return (
            "Rows of the service without pipelines were proved to mean that there are none. So that you are not asked"
            f" again, keep this line in the contract file: no_pipelines: [{json.dumps(self.shape)}]"
        )

    def failure(self) -> str:
        """What it means where the device does not show what was sent to it."""
        return (
            "it does not show what was sent to it, so rows like its row do not say that nothing runs. Nothing else was"
            f" written. {_WHAT_NOW}"
        )

    def as_result(self) -> dict[str, Any]:
        """What is to be kept of it, for the contract and for the memory of a rollout."""
        if self.change is None:
            return {}
        proved = self.shape in self._api.no_pipelines
        asked = {"site": self.change.site.id, "device": self.change.device.id, "shape": self.shape, "proved": proved}
        return {"proof": asked, "contract": {"no_pipelines": [self.shape]}} if proved else {"proof": asked}

    def _chosen(self, unknown: Sequence[DeviceChange]) -> DeviceChange | None:
        nxid = normalise_nxid(self._wanted)
        found = [each for each in unknown if each.device.id == nxid] or [
            each for each in unknown if each.device.name == self._wanted
        ]
        if len(found) > 1:
            answer = f'{len(found)} devices are called "{self._wanted}": {", ".join(each.label for each in found[:5])}'
            raise BadInput(_TRIED, answer, "Give prove_device as an NxID, and one site.")
        if found and not found[0].after:
            answer = f"{found[0].label} is to have no pipelines, so that there is nothing to be seen"
            raise BadInput(_TRIED, answer, "Name a device that gets a pipeline.")
        return found[0] if found else None


def _loses_nothing(change: DeviceChange) -> bool:
    """Where only what follows on its pipelines is not known: whether nothing is sent, or a snapshot of all of them."""
    return change.device.as_read is not None and (change.restored or not change.changed)


def _shape(change: DeviceChange) -> str:
    return change.device.unknown.shape if change.device.unknown else ""
