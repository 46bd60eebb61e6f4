# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A comparison for people and for other programs: equal differences share one line, which counts their cameras."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from .._core.redaction import one_line
from .._core.wording import counted, printable, shortened
from .compare import Comparison, Difference, Subject
from .words import shown

_EXAMPLES = 3


def as_result(comparison: Comparison) -> dict[str, Any]:
    """The return value ``comparison``."""
    differences, unseen = _grouped(comparison.differences), _grouped(comparison.unseen)
    return {
        "drift": bool(differences),
        "summary": [each["line"] for each in differences],
        "not_known": [each["line"] for each in unseen],
        "differences": differences,
        "unseen": unseen,
        "assignments": comparison.assignments(),
    }


def _grouped(differences: Iterable[Difference]) -> list[dict[str, Any]]:
    """Models and catalogues first, then sites, then what most cameras have in common."""
    groups: dict[tuple[str, ...], list[Difference]] = defaultdict(list)
    for each in differences:
        about = each.about
        groups[each.kind, each.what, "" if about.site else about.uuid or about.name].append(each)
    told = sorted(groups.values(), key=lambda group: (_rank(group[0]), -len(group), group[0].about.name, group[0].what))
    return [_group(group) for group in told]


def _rank(difference: Difference) -> int:
    return 2 if difference.about.device else 1 if difference.about.site else 0


def _group(group: list[Difference]) -> dict[str, Any]:
    first = group[0]
    found: dict[str, Any] = {"kind": first.kind, "line": _line(group), "what": first.what}
    if first.about.site:
        found["places"] = [_place(each.about) for each in group]
    else:
        found.update(name=first.about.name, uuid=first.about.uuid or None, own=first.own)
    if first.option:
        found["option"] = first.option
    if first.option and (first.declared is not None or first.found is not None):
        found.update(declared={first.option: first.declared}, found={first.option: first.found})
    return found


def _place(about: Subject) -> dict[str, str]:
    site = {"site": about.site, "site_name": about.site_name}
    return {**site, "device": about.device, "name": about.device_name} if about.device else site


def _line(group: list[Difference]) -> str:
    return one_line(printable(_told(group)))


def _told(group: list[Difference]) -> str:
    first = group[0]
    if not first.about.site:
        return f"{first.kind.split('_')[0]} {shown(first.about.name)}: {first.what}"
    labels = [each.about.label for each in group]
    if len(group) == 1:
        return f"{labels[0]}: {first.what}"
    sites = counted(len({each.about.site for each in group}), "shop")
    about = f"{counted(len(group), 'camera')} at {sites}" if first.about.device else sites
    return f"{about}: {first.what} ({shortened(labels, _EXAMPLES)})"


def lines_of_unknown(
    sites: Iterable[Mapping[str, str]], devices: Iterable[Mapping[str, str]], missing: Iterable[Difference]
) -> list[str]:
    """For people, of what the service says nothing: one line for each reason."""
    unread = [Difference("site", Subject(site=each["site"], site_name=each["name"]), each["reason"]) for each in sites]
    unknown = [
        Difference(
            "device",
            Subject(site=each["site"], site_name=each["site_name"], device=each["device"], device_name=each["name"]),
            f"it is not known what it runs: {each['unknown']}",
        )
        for each in devices
    ]
    return [each["line"] for each in _grouped([*unread, *unknown, *missing])]
