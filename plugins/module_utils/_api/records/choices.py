# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models that are named beside an empty list of pipelines: those that run, or those to choose from. Pure.

One row does not say which. The devices of a server have the same choice, whatever they run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .assignment import Unknown, names_more_in, offered_in
from .records import Device


def without_choices(devices: Sequence[Device]) -> list[Device]:
    """The devices of a listing; those have no pipelines that show an empty list and beside it what is only a choice.

    It is one where all devices of the server name the same models, and one of them shows that it runs something. Where
    they do not, the models are what runs: then a device that names more than its pipelines use does not show them all.
    """
    more = {each.id for each in devices if each.assignment and names_more_in(each.raw, each.assignment)}
    if not more and not any(each.unknown and each.unknown.choice for each in devices):
        return list(devices)
    named: dict[str, set[frozenset[str]]] = {}
    for each in devices:
        named.setdefault(_server(each), set()).add(offered_in(each.raw))
    shown = {_server(each) for each in devices if each.assignment}
    choices = {server for server, models in named.items() if len(models) == 1 and server in shown}
    own = {server for server, models in named.items() if len(models) > 1}
    devices = [_partly_shown(each) if each.id in more and _server(each) in own else each for each in devices]
    return [
        replace(each, assignment=(), unknown=None)
        if each.unknown and each.unknown.choice and _server(each) in choices
        else each
        for each in devices
    ]


def _partly_shown(device: Device) -> Device:
    reason = "nxAI.pipelines may not be all: models that none of them uses stand beside them, and other ones elsewhere"
    return replace(device, assignment=None, unknown=Unknown(reason, partial=True))


def _server(device: Device) -> str:
    return device.server.id or device.server.name
