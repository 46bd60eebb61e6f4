# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was found, one finding for each thing; and problems, which are findings of one kind together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from .._api.records.records import Device, Model, Server, Site
from .._core.redaction import one_line
from .._core.wording import visible
from .kinds import KINDS, SEVERITIES, Kind

EXAMPLES = 3
Camera = tuple[str, str]  # its site and its NxID
Users = Collection[tuple[Site, Device]]


@dataclass(frozen=True)
class Finding:
    """``where``: what it is about, in words. ``cause``: why, where findings of one kind may have several causes.

    ``model``: an id where the model itself is not known. ``users``: the cameras that it concerns, besides ``device``.
    ``severity`` and ``check``: where they are not those of the kind. ``apart``: findings that differ here are not one
    problem.
    """

    kind: Kind
    where: str
    what: str
    advice: str = ""
    cause: str = ""
    site: Site | None = None
    server: Server | None = None
    device: Device | None = None
    model: Model | str | None = None
    users: Users = field(default=(), repr=False)
    severity: str = ""
    check: str = ""
    apart: str = ""

    @property
    def level(self) -> str:
        return self.severity or self.kind.severity

    @property
    def found_by(self) -> str:
        return self.check or self.kind.check

    @property
    def cameras(self) -> set[Camera]:
        own = {(self.site.id, self.device.id)} if self.site and self.device else set()
        return own | {(site.id, device.id) for site, device in self.users}

    def as_result(self) -> dict[str, Any]:
        model = (self.model.uuid, self.model.name) if isinstance(self.model, Model) else (self.model, None)
        told = {"where": self.where, "what": self.what, "advice": self.advice or self.kind.advice}
        about = {
            "site": self.site.id if self.site else None,
            "site_name": self.site.name if self.site else None,
            "server": self.server.id if self.server else None,
            "server_name": self.server.name if self.server else None,
            "device": self.device.id if self.device else None,
            "device_name": self.device.name if self.device else None,
            "model": model[0],
            "model_name": model[1],
        }
        return {
            "check": self.found_by,
            "problem": self.kind.name,
            "severity": self.level,
            **{key: one_line(value) for key, value in told.items()},
            **{key: one_line(value) if value else None for key, value in about.items()},
            "cameras": len(self.cameras),
        }


@dataclass(frozen=True)
class Outcome:
    """Of a check. ``status``: error, warning, ok or unknown. ``findings``: how many it has."""

    check: str
    status: str
    findings: int


@dataclass(frozen=True)
class Problem:
    """Findings of one kind and severity. ``causes``: each with how many findings have it, the most common first."""

    kind: Kind
    severity: str
    checks: tuple[str, ...]
    found: list[Finding]
    causes: list[tuple[str, int]]
    cameras: int
    sites: int

    @classmethod
    def of(cls, found: list[Finding]) -> Problem:
        cameras = set().union(*(each.cameras for each in found))
        sites = {site for site, _device in cameras} | {each.site.id for each in found if each.site}
        causes = Counter(each.cause for each in found if each.cause).most_common()
        checks = tuple(dict.fromkeys(each.found_by for each in found))
        return cls(found[0].kind, found[0].level, checks, found, causes, len(cameras), len(sites))

    @property
    def what(self) -> str:
        return self.kind.many if len(self.found) > 1 else self.found[0].what

    @property
    def advice(self) -> str:
        return self.found[0].advice or self.kind.advice

    @property
    def examples(self) -> list[str]:
        """Of as many sites as there are."""
        first: dict[str, Finding] = {}
        for each in self.found:
            first.setdefault(each.site.id if each.site else each.where, each)
        mixed = [*first.values()][:EXAMPLES] + self.found[: 2 * EXAMPLES]
        return list(dict.fromkeys(visible(one_line(each.where)) for each in mixed))[:EXAMPLES]

    def as_result(self) -> dict[str, Any]:
        return {
            "problem": self.kind.name,
            "check": self.checks[0],
            "severity": self.severity,
            "what": one_line(self.what),
            "causes": [one_line(cause) for cause, _count in self.causes[:EXAMPLES]],
            "findings": len(self.found),
            "cameras": self.cameras,
            "sites": self.sites,
            "examples": self.examples,
            "advice": one_line(self.advice),
        }


def problems_of(findings: Iterable[Finding]) -> list[Problem]:
    """The worst first, and of equal ones in the order of the kinds."""
    grouped: dict[tuple[int, int, str], list[Finding]] = {}
    order = {name: place for place, name in enumerate(KINDS)}
    for each in findings:
        key = (SEVERITIES.index(each.level), order[each.kind.name], each.apart)
        grouped.setdefault(key, []).append(each)
    return [Problem.of(grouped[key]) for key in sorted(grouped)]
