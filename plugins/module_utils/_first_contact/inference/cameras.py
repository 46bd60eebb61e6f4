# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cameras say of the pipelines that they run, and how it is found out what it means that some say nothing. Pure.

What is offered for that loses nothing: a camera that shows what it runs, and but for that looks like those. It has none
for a moment, and gets back what it had. It is offered only where everything speaks for it that those run nothing: no
camera says so by an empty list, and their own rows name no pipeline that is selected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from ..._api.contract.contract import Contract
from ..._api.records.assignment import core_of, names_a_selected_pipeline, rest_of
from ..._api.records.following import lines_shown, read_of
from ..._api.records.listed import devices_listed, with_settings
from ..._api.records.records import Device
from ..._core.errors import NxaiError
from ..._core.wording import counted
from .records import Rows

_At: TypeAlias = "tuple[str, Device]"  # the id of its site
_MOST_CLASSES = 20
_PROVE = "first_contact_prove=one"


class Silent(NamedTuple):
    """Cameras whose rows have one shape, and do not say what runs. ``device`` at ``site`` is one of them.

    ``offered`` at ``offered_site`` shows what it runs, and may prove what that means; "" for none.
    ``core``: their shape without what is beside the place of the pipelines. ``apart``: one is of a server that shows no
    pipelines on any of several cameras, so that another server proves nothing for it.
    """

    shape: str
    cameras: int
    device: str
    site: str
    offered: str
    offered_site: str
    advice: str
    core: str
    apart: bool

    def as_result(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if name not in ("core", "apart")}

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
        return {**counts, "unknown": [each.as_result() for each in self.unknown]}


def cameras_of(listings: Mapping[str, Rows], contract: Contract) -> Cameras:
    """``listings``: the rows of devices, raw, by the id of their site."""
    read = [(site, device) for site, rows in listings.items() for device in _devices(rows, contract)]
    running = [(site, device) for site, device in read if device.assignment]
    said_none = sum(device.assignment == () for _site, device in read)
    read = [(site, device.with_proof(contract.no_pipelines)) for site, device in read]
    classes: dict[str, list[_At]] = {}
    for site, device in read:
        if device.unknown is not None and device.unknown.shape:
            classes.setdefault(device.unknown.shape, []).append((site, device))
    several = Counter(map(_server, read))
    hidden = {each for each, count in several.items() if count > 1}.difference(map(_server, running))
    groups = sorted(classes.items(), key=lambda group: -len(group[1]))[:_MOST_CLASSES]
    return Cameras(
        running=len(running),
        none=sum(device.assignment == () for _site, device in read),
        not_understood=sum(device.unknown is not None and not device.unknown.shape for _site, device in read),
        unknown=tuple(_silent(shape, group, running, said_none, hidden) for shape, group in groups),
    )


def _devices(rows: Rows, contract: Contract) -> Iterator[Device]:
    known = []
    for row in contract.known("device", list(rows)):
        try:
            Device.from_api(row)
        except NxaiError:
            continue
        known.append(row)
    listed = devices_listed(known, contract)
    shown = lines_shown(read_of(listed))
    yield from {each.id: with_settings(each, contract, shown) for each in listed}.values()


def _silent(shape: str, group: list[_At], running: list[_At], said_none: int, hidden: set[tuple[str, str]]) -> Silent:
    """``hidden``: the servers that show no pipelines on any of several cameras."""
    apart = not hidden.isdisjoint(map(_server, group))
    site, device = min(group, key=lambda each: (apart and _server(each) not in hidden, _is_off(each)))
    alike = [each for each in running if rest_of(each[1].raw) == rest_of(device.raw)]
    doubt = _doubt(device, len(running), said_none, apart)
    offered, at = "", ""
    words = [doubt] if doubt else []
    if not doubt:
        words.append(
            f"Of the others that were read, {len(running)} show what they run, and none says that nothing runs, so this"
            " may be how that looks."
        )
    words.append("Nothing is written to such a camera until you know.")
    if alike and not doubt:
        at, best = min(alike, key=lambda each: (_is_off(each), each[0] != site, len(each[1].assignment or ())))
        offered = best.id
        words.append(
            f"To find out, run this again with first_contact_device={offered}, first_contact_site={at} and {_PROVE}."
            " That camera shows what it runs: it is given none for a moment, to see how its row looks then, and gets"
            " back what it had. Or do so with one of this kind that may lose what it runs:"
        )
    else:
        words.append(f"To find out, run this again with {_PROVE} and one of this kind that may lose what it runs:")
    words.append(
        "it is sent a model, and none again at the end. What it runs now, if the service does not show it, is lost. The"
        " portal may show you one that runs nothing."
    )
    return Silent(shape, len(group), device.id, site, offered, at, " ".join(words), core_of(device.raw), apart)


def _server(camera: _At) -> tuple[str, str]:
    """With its site; of cameras that name no server, the site is one."""
    return camera[0], camera[1].server.label


def _is_off(camera: _At) -> bool:
    """One that is not switched off comes first, as it can show what it gets."""
    return camera[1].enabled is False


def _doubt(device: Device, running: int, said_none: int, apart: bool) -> str:
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
    if apart:
        return (
            "None of several cameras of its server shows what it runs, and others do. So that server may not show it,"
            " or runs nothing yet."
        )
    return ""
