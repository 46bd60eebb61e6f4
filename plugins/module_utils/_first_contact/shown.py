# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a camera shows that does not show what was sent to it. Pure."""

from __future__ import annotations

from collections.abc import Collection

from .._api.records.pipeline import Assignment, models_of
from .._api.records.records import Device
from .._pipelines.readback import ADDS, compare, is_added, side_by_side

LOOK = "Look at it in the portal."
NOT_SHOWN = (
    "So rows like this do not say that nothing runs. It was given none again. Look at the camera in the portal: what it"
    " ran before is gone."
)


def not_as_sent(sent: Assignment, shown: Assignment | None, gone: Collection[str], lost: Collection[str] = ()) -> str:
    """``gone``: keys that it showed and was not sent. ``lost``: those that it was sent."""
    if gone:
        return f"what was left out of the request is gone: the camera does not show {', '.join(sorted(gone))} any more"
    if shown and lost and compare(sent, shown) is not None:
        return (
            f"the camera does not show {', '.join(sorted(lost))} any more, which it showed and was sent: so it is lost"
        )
    if shown and is_added(sent, sent, shown):
        return ADDS
    answer = side_by_side(sent, shown) if shown is not None else "it no longer shows what it runs"
    return f"the camera does not show what was sent. {answer}"


def twice(device: Device | None, sent: Assignment) -> list[dict[str, str]]:
    """What a service that adds in place of replacing has left: a second pipeline of each that the camera had."""
    if device is None or not is_added(sent, sent, device.assignment or ()):
        return []
    name = f"a second pipeline of that model on {device.label}"
    return [{"kind": "pipeline", "name": name, "uuid": model} for model in models_of(sent)]
