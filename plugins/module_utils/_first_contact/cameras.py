# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cameras say of the pipelines that they run, and how it is found out what it means that some say nothing. Pure.

A camera is offered for that only where everything speaks for it that it runs nothing: others show what they run, none
says by an empty list that there is nothing, and its own row names no pipeline that is selected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .._api.assignment import names_a_selected_pipeline
from .._api.contract import Contract
from .._api.records import Device
from .._core.errors import NxaiError
from .._core.wording import counted
from .records import Rows

_MOST_CLASSES = 20
_PROVE = "first_contact_prove=one"


class Silent(NamedTuple):
    """Cameras whose rows have one shape, and do not say what runs. ``device`` at ``site`` is one of them."""

    shape: str
    cameras: int
    device: str
    site: str
    offered: bool
    advice: str

    @property
    def question(self) -> str:
        seen = counted(self.cameras, "camera")
        return (
            f"no_pipelines: do cameras run nothing whose rows have these members ({seen}): {self.shape}? {self.advice}"
        )


@dataclass(frozen=True)
class Cameras:
    """How many are ``running`` something, have ``none`` or say so in a way that is not understood, and the others."""

    running: int = 0
    none: int = 0
    not_understood: int = 0
    unknown: tuple[Silent, ...] = ()

    def as_result(self) -> dict[str, Any]:
        counts = {"running": self.running, "none": self.none, "not_understood": self.not_understood}
        return {**counts, "unknown": [each._asdict() for each in self.unknown]}


def cameras_of(listings: Mapping[str, Rows], contract: Contract) -> Cameras:
    """``listings``: the rows of devices, raw, by the id of their site."""
    read = [(site, device) for site, rows in listings.items() for device in _devices(rows, contract)]
    running = sum(bool(device.assignment) for _site, device in read)
    said_none = sum(device.assignment == () for _site, device in read)
    read = [(site, device.with_proof(contract.no_pipelines)) for site, device in read]
    classes: dict[str, list[tuple[str, Device]]] = {}
    for site, device in read:
        if device.unknown is not None and device.unknown.shape:
            classes.setdefault(device.unknown.shape, []).append((site, device))
    groups = sorted(classes.items(), key=lambda group: -len(group[1]))[:_MOST_CLASSES]
    return Cameras(
        running=running,
        none=sum(device.assignment == () for _site, device in read),
        not_understood=sum(device.unknown is not None and not device.unknown.shape for _site, device in read),
        unknown=tuple(_silent(shape, group, running, said_none) for shape, group in groups),
    )


def _devices(rows: Rows, contract: Contract) -> Iterator[Device]:
    known = []
    for row in contract.known("device", list(rows)):
        try:
            Device.from_api(row)
        except NxaiError:
            continue
        known.append(row)
    yield from {each.id: each for each in Device.listed(known)}.values()


def _silent(shape: str, group: list[tuple[str, Device]], running: int, said_none: int) -> Silent:
    """One that is not switched off comes first, as it can show what it gets."""
    site, device = min(group, key=lambda each: each[1].enabled is False)
    doubt = _doubt(device, running, said_none)
    if doubt:
        advice = (
            f"{doubt} Nothing is written to such a camera until you know. If the portal shows you one that runs"
            f" nothing, run this again with it as first_contact_device, and with {_PROVE}: it is sent a model and then"
            " none, so what it does run would be lost."
        )
    else:
        advice = (
            f"Of the others that were read, {running} show what they run, and none says that nothing runs, so this may"
            " be how that looks. Nothing is written to such a camera until you know. To find out, choose one that may"
            f" lose what it runs, and run this again with first_contact_device={device.id}, first_contact_site={site}"
            f" and {_PROVE}: it is sent a model, and none again at the end. What it runs now, if the service does not"
            " show it, is lost."
        )
    return Silent(shape, len(group), device.id, site, not doubt, advice)


def _doubt(device: Device, running: int, said_none: int) -> str:
    """Why it may well run something, "" for no reason."""
    if names_a_selected_pipeline(device.raw):
        return "The row names a pipeline that is selected, so it may well run one that is not shown."
    if said_none:
        return (
            f"Where nothing runs, the service shows an empty list ({said_none} of them were read), so such a camera may"
            " well run something that is not shown."
        )
    if not running:
        return (
            "No camera that was read shows what it runs, so the service may not show it, or in another place, for which"
            " there is fields.device.pipelines."
        )
    return ""
