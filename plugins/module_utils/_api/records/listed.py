# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The devices of a listing, with what only all of its rows together, or the contract, say of one of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..._core.values import is_uuid
from ..contract.contract import Contract
from .assignment import IsModel
from .choices import without_choices
from .following import as_shown, lines_of, without_hidden
from .records import Device
from .secrets import without_secrets


def devices_listed(rows: Iterable[Mapping[str, Any]], contract: Contract, is_model: IsModel = is_uuid) -> list[Device]:
    """``rows``: in the known names. Their pipelines come without what the service says of them by itself."""
    read_only, shown_whole = contract.assignment.read_only, contract.assignment.shown_whole
    devices = [each.without(read_only) for each in without_choices(Device.listed(rows, is_model))]
    return without_hidden(without_secrets(devices, shown_whole))


def with_settings(device: Device, contract: Contract, lines: Collection[str] = ()) -> Device:
    """The same device, with what is known of pipelines that do not show all of their settings.

    ``lines``: of the contract, for those that one was seen to show, anywhere (see ``following.py``).
    """
    if device.unknown is None:
        return device
    return as_shown(device, {*lines, *lines_of(contract.assignment.left_out)})
