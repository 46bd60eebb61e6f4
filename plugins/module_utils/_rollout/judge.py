# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a wave has failed: how many cameras may, and what its gates find. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._api.contract.lines import hint
from .._api.records.pipeline import Assignment
from .._api.records.records import Device
from .._core.errors import BadInput
from .._core.wording import counted
from .._fleet.targets import why_unknown
from .._pipelines.readback import compare
from .ledger import DONE, Camera, Key, Ledger, Wave, camera_key

NO_LONGER = f"it no longer reports what was sent, or the listings are behind. {hint('operations.list_devices.path')}"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The options that count anew in each run; the cameras, waves and pipelines are decided once."""

    max_failures: str = "0"
    max_failures_per_wave: str = "0"
    on_breach: str = "stop"  # stop | rollback_wave | rollback_all
    unavailable: str = "fail"  # fail | skip | queue
    soak: Sequence[float] = (0.0,)  # seconds for each wave; the last for all further ones
    pause_before_wave: Sequence[str] = ()  # numbers, or "all"

    def soak_of(self, number: int) -> float:
        return max(0.0, self.soak[min(number, len(self.soak)) - 1]) if self.soak else 0.0

    def pauses_before(self, wave: Wave, passed: Iterable[int]) -> bool:
        named = "all" in self.pause_before_wave or str(wave.number) in self.pause_before_wave
        return named and wave.status == "waiting" and wave.number not in passed


def limit(text: str, total: int) -> int:
    """How many failures are allowed: a number, or a share of ``total`` such as ``2%``, rounded down."""
    number, percent, rest = text.strip().partition("%")
    try:
        allowed = total * float(number) / 100 if percent else int(number)
        if allowed < 0 or rest:
            raise ValueError
        return int(allowed + 1e-9)
    except (ValueError, OverflowError):
        advice = "Write a number such as 3, or a share such as 2%."
        raise BadInput("Read a threshold", f"{text!r} is not a number of failures", advice) from None


def breach(ledger: Ledger, wave: Wave, rules: Rules, gate: str = "") -> str:
    """Why the wave has failed, or an empty text. ``gate``: why the user's own gate has."""
    here = [each for each in wave.cameras if each.failed]
    total = [each for each in ledger.cameras if each.wave and each.failed]
    cameras = sum(each.wave > 0 for each in ledger.cameras)
    allowed = limit(rules.max_failures_per_wave, len(wave.cameras))
    allowed_in_all = limit(rules.max_failures, cameras)
    if len(here) > allowed:
        return f"{len(here)} of {counted(len(wave.cameras), 'camera')} failed ({allowed} allowed){_why(here)}"
    if len(total) > allowed_in_all:
        return f"{len(total)} of all {counted(cameras, 'camera')} failed ({allowed_in_all} allowed){_why(here)}"
    return gate and f"the gate tasks failed: {gate}"


def _why(failed: Sequence[Camera]) -> str:
    """The most frequent reason, and a camera that it is for."""
    reasons = Counter(each.reason.rstrip(".") for each in failed)
    if not reasons:
        return ""
    reason = reasons.most_common(1)[0][0]
    example = next(each for each in failed if each.reason.rstrip(".") == reason)
    return f": {reason} ({example.label}{_and_more(reasons[reason] - 1)})"


def _and_more(number: int) -> str:
    return f" and {number} more" if number else ""


def looked_at(sent: Assignment, device: Device, running: Sequence[str]) -> str:
    """What is wrong with a camera that was well when it was written; empty for nothing. ``sent``: what it should have.

    What the service does not show, or shows in another form, is no fault.
    """
    if device.as_read is None:
        return f"it is not known what it runs now: {why_unknown(device)}"
    if compare(sent, device.as_read) is None:
        return NO_LONGER
    status = device.server.status
    if status and status.lower() not in running:
        return f"its server is {status}. {hint('words.running')}"
    return ""


def named(wave: Wave, failures: Iterable[Mapping[str, Any]]) -> list[tuple[Camera, str]]:
    """Cameras that the user's own gate found wanting. One that is not of the wave is an error, not to be missed."""
    cameras: dict[Key, Camera] = {each.key: each for each in wave.cameras}
    found = []
    for row in failures:
        key = camera_key(row.get("site"), row.get("device"))
        camera = cameras.get(key)
        if camera is None:
            answer = f"{key[1] or 'an entry without device'} at site {key[0]} is no camera of wave {wave.number}"
            advice = "Take the values of site and device from pipeline_rollout_wave.devices."
            raise BadInput("Read pipeline_rollout_gate_failures", answer, advice)
        if camera.status in DONE:
            found.append((camera, str(row.get("reason") or "named by the gate tasks")))
    return found


def soak_left(wave: Wave, soak: float, now: float) -> float:
    """Seconds until the gates of a wave: its soak time counts from when it was written, over restarts.

    A clock that was set back can make it begin again, and never longer than was asked for.
    """
    passed = max(0.0, now - (wave.written_at or now))
    return max(0.0, soak - passed)
