# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cameras get it when: waves that are fair samples. Pure, and the same whatever the order of the inventory."""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._core.errors import BadInput
from .._core.values import identity

Row = Mapping[str, Any]  # host, site, site_name, device, name, unavailable
_COUNT = re.compile(r"\d{1,9}")
_SHARE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?%")
_PART = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_TRIED = "Divide the cameras into waves"


def divided(
    devices: Sequence[Row],
    waves: Sequence[Any],
    groups: Mapping[str, Sequence[str]] | None = None,
    canary: str | None = None,
    first: str | None = None,
    in_part: bool = False,
) -> list[dict[str, Any]]:
    """Raises BadInput where an entry means nothing, a group gives no device, or devices are left over.

    ``in_part``: a group may have its devices in other parts, and makes no wave here.
    """
    entries = [str(each).strip() for each in [*([canary] if canary else []), *waves]]
    left = fair_order(devices)
    made: list[dict[str, Any]] = []
    if first:
        made.append({"name": "proof", "devices": _only(first, left)})
        left = _without(left, made[0]["devices"])
    for place, entry in enumerate(entries):
        last = place == len(entries) - 1
        if canary and place == 0 and made and {*(groups or {}).get(entry, ())} == {made[0]["devices"][0]["host"]}:
            continue  # the canary is the device that proves
        size = _size(entry, len(devices))
        if size is None or (canary and place == 0):
            chosen = _of_group(entry, left, groups or {}, in_part)
            made += [{"name": entry, "devices": chosen}] if chosen else []
            left = _without(left, chosen)
            continue
        for start in range(0, len(left) if last else min(size, len(left)), size):
            made.append({"name": entry, "devices": left[start : start + size]})
        left = [] if last else left[size:]
    if left:
        answer = f"the waves leave {len(left)} of {len(devices)} devices over"
        raise BadInput(_TRIED, answer, "End them with '100%'.")
    return made


def part_of(part: str) -> Callable[[str], bool]:
    """Whether a site, by its id, is in a part such as 3/8 of all sites. Raises BadInput for what is none.

    Which sites are in a part follows from their ids alone, so that each is in one, whatever a run can see. It is
    another number than the place of a site in the fair order, which has to differ within a part.
    """
    found = _PART.fullmatch(part)
    number, count = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    if not 1 <= number <= count:
        answer = f"{part!r} is no part of all sites"
        raise BadInput("Read pipeline_rollout_part", answer, "Give one such as 3/8, the third of eight.")
    return lambda site: int(_fraction(f"part {identity(site)}") * count) == number - 1


def fair_order(devices: Sequence[Row]) -> list[Row]:
    """Every stretch of it holds each site in proportion to its devices, as nearly as whole devices allow.

    A site's devices, in the order of their hashes, are spread evenly over the range from 0 to 1, beginning at a place
    of the site's own.
    """
    sites: dict[str, list[tuple[float, Row]]] = defaultdict(list)
    for each in devices:
        sites[str(each["site"])].append((_fraction(f"{each['site']} {each['device']}"), each))
    placed = []
    for site, members in sites.items():
        members.sort(key=lambda member: (member[0], str(member[1]["device"])))
        shift = _fraction(site)
        placed += [((rank + shift) / len(members), number, each) for rank, (number, each) in enumerate(members)]
    placed.sort(key=lambda place: (place[0], place[1], str(place[2]["site"]), str(place[2]["device"])))
    return [each for _place, _number, each in placed]


def _fraction(text: str) -> float:
    """A number from 0 to 1 that is always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.lower().encode()).digest()[:6], "big") / 2.0**48


def _size(entry: str, total: int) -> int | None:
    """A number of devices, or None where the entry is the name of a group."""
    share = _SHARE.fullmatch(entry)
    if not share and not _COUNT.fullmatch(entry):
        return None
    size = math.ceil(total * float(share.group(1)) / 100 - 1e-9) if share else int(entry)
    if size < 1 and total:
        raise BadInput(_TRIED, f"a wave of {entry} holds no device", "Give a larger number or share.")
    return max(size, 1)


def _of_group(entry: str, left: Sequence[Row], groups: Mapping[str, Sequence[str]], in_part: bool) -> list[Row]:
    if entry not in groups:
        answer = f"the wave {entry!r} is neither a number, nor a share such as 5%, nor a group of the inventory"
        raise BadInput(_TRIED, answer, "Correct it.")
    hosts = set(groups[entry])
    chosen = [each for each in left if each["host"] in hosts]
    if not chosen and not in_part:
        answer = f"the group {entry!r} has no device that is not in an earlier wave already"
        raise BadInput(_TRIED, answer, "Leave it out, or choose other hosts.")
    return chosen


def _only(wanted: str, devices: Sequence[Row]) -> list[Row]:
    """The one device of that NxID, with or without braces, or of that name."""
    bare = wanted.strip("{}").lower()
    found = [each for each in devices if str(each["device"]).strip("{}").lower() == bare]
    found = found or [each for each in devices if each["name"] == wanted]
    if len(found) != 1:
        answer = f"{len(found)} devices that take pipelines now are called {wanted!r}"
        raise BadInput(_TRIED, answer, "Give an NxID.")
    return found


def _without(devices: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    gone = {(each["site"], each["device"]) for each in others}
    return [each for each in devices if (each["site"], each["device"]) not in gone]
