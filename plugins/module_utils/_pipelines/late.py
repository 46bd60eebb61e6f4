# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a device reports what was sent to it, and why it does not. Pure."""

from __future__ import annotations

from .._api.contract.lines import hint
from .._api.records.assignment import LINE
from .._api.records.records import Device
from .._core.wording import shortened
from .._fleet.targets import WHERE_PIPELINES_ARE, why_unknown
from .readback import ADDS, compare, is_added, lost_keys, side_by_side
from .reconcile import DeviceChange


def why_late(change: DeviceChange, device: Device | None) -> tuple[str, str] | None:
    """Its status and the reason; None where it just shows what it had. ``device``: as it was listed last."""
    if device is None:
        return "pending", "the site does not list this device any more"
    reported = device.as_read
    if reported is None:
        return "pending", f"it is not known what it runs now: {why_unknown(device)}"
    if lost := lost_keys(change.after, reported, change.shown):
        return "conflict", (
            f"the service does not show {shortened(lost)} any more, which"
            f" it showed before and was sent: so it is lost. {side_by_side(change.after, reported)} Set it again in"
            f" the portal. {hint(LINE)}"
        )
    if is_added(change.before, change.after, reported):
        return "conflict", f"{ADDS} {side_by_side(change.after, reported)}"
    if reported != change.before:
        return "conflict", (
            "it reports neither what it had nor what was sent: somebody else writes, or the service changed it."
            f" {side_by_side(change.after, reported)} {WHERE_PIPELINES_ARE}"
        )
    return None


def differs(change: DeviceChange, now: Device) -> bool:
    """Whether it shows something else than it had when it was planned, as far as that is known."""
    if change.restored or change.device.as_read is None or now.as_read is None:
        return False
    return compare(change.before, now.as_read) is None


def shown_as_sent(change: DeviceChange, device: Device, hidden: set[str]) -> str | None:
    """As ``compare``. A device that showed its pipelines, and shows nothing since it was sent none, has none."""
    if device.as_read is not None:
        return compare(change.after, device.as_read, hidden, change.shown)
    emptied = bool(change.device.assignment) and not change.after and device.unknown and device.unknown.shape
    return "none was sent, and nothing is shown" if emptied else None
