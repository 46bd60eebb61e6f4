# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the script of the page needs to open a site and to filter: the report as JSON inside of the page. Pure.

Numbers stand for what comes again and again. Names come as they are shown; the script makes text of them, never markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..._core.page.words import cut, in_order, key_of
from ..._core.wording import printable
from ..fleet.report import Camera, Report, ServerNow, SiteNow
from .colours import Colours

_RANK = {"error": 0, "warning": 1, "note": 2}
_UNKNOWN = -1
_BREAKS = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


class Numbers:
    """Texts by a number, each once."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._numbers: dict[str, int] = {}

    def of(self, text: str | None) -> int | None:
        if text is None:
            return None
        if text not in self._numbers:
            self._numbers[text] = len(self.all)
            self.all.append(text)
        return self._numbers[text]


class Data:
    def __init__(self, report: Report, colours: Colours) -> None:
        self._report = report
        self._colours = colours
        self._times = Numbers()
        self._whys = Numbers()

    def as_json(self) -> str:
        """As a script may hold it: with no character that could end it."""
        report = self._report
        places = {each.id: number for number, each in enumerate(report.sites)}
        data = {
            "sites": [self._site(each) for each in report.sites],
            "setups": [self._setup(number) for number in range(len(report.setups.all))],
            "labels": [shown(each, 160) for each in self._colours.labels],
            "findings": [self._finding(each) for each in report.findings],
            "choices": [[title, setups] for title, setups in self.choices()],
            "changes": [[places[site] for site in each.sites if site in places] for each in report.changes],
            "times": self._times.all,
            "whys": [shown(each) for each in self._whys.all],
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_BREAKS)

    def choices(self) -> Iterator[tuple[str, list[int]]]:
        """What one can look for among what runs: its title, and the numbers of the setups."""
        setups = self._report.setups
        by_model: dict[str, list[int]] = {}
        families: dict[str, dict[str, list[int]]] = {}
        for number, assignment in enumerate(setups.all):
            for name in dict.fromkeys(map(setups.name, setups.models(assignment))):
                by_model.setdefault(name, []).append(number)
                family, _at, version = name.rpartition("@")
                if family and version:
                    families.setdefault(family, {}).setdefault(name, []).append(number)
        yield "nothing", [number for number, each in enumerate(setups.all) if not each]
        yield "not known", [_UNKNOWN]
        for family, versions in families.items():
            if len(versions) > 1:
                numbers = sorted({number for each in versions.values() for number in each})
                by_model[f"{family}, any version"] = numbers
        for name in sorted(by_model, key=in_order):
            yield shown(name, 160), by_model[name]

    def _setup(self, number: int) -> list[Any]:
        setups = self._report.setups
        pipelines = [
            [shown(setups.name(each.model), 160), shown(", ".join(f"{a} {b}" for a, b in setups.settings(each)), 900)]
            for each in setups.all[number]
        ]
        return [self._colours.of(number), pipelines]

    def _finding(self, finding: Mapping[str, Any]) -> list[Any]:
        kind, rank = number_of(finding, self._report), _RANK[finding["severity"]]
        return [kind, rank, shown(finding["what"]), shown(finding["advice"])]

    def _site(self, site: SiteNow) -> dict[str, Any]:
        cameras = sorted(site.cameras, key=self._badness)
        runs = {each.then.setup if each.known else _UNKNOWN for each in cameras}
        return {
            "k": key_of(site.id),
            "n": called(site.name, site.id),
            "v": shown(site.version or "", 60),
            "w": shown(site.why),
            "a": self._times.of(site.updated_at and shown(site.updated_at, 60)),
            "x": _facts(site.facts),
            "f": site.findings,
            "o": site.own,
            "r": sorted(runs, key=lambda each: -1 if each is None else each),
            "s": [_server(each) for each in site.servers],
            "c": [self._camera(each) for each in cameras],
        }

    def _badness(self, camera: Camera) -> int:
        """Cameras that something is wrong with come first; the others stay in order."""
        return min((_RANK[self._report.findings[each]["severity"]] for each in camera.findings), default=len(_RANK))

    def _camera(self, camera: Camera) -> list[Any]:
        then, of = camera.then, self._times.of
        times = [of(then.since), of(then.after), of(then.seen_at)]
        why = None if camera.known else self._whys.of(camera.why)
        row = [called(then.name, camera.id), camera.id, camera.server, then.enabled, then.setup, *times, why]
        return [*row, camera.findings] if camera.findings else row


def number_of(one: Mapping[str, Any], report: Report) -> int:
    """Of a finding or a problem: the number of the first problem of its kind, as one kind may be several problems."""
    kind = (one["problem"], one["severity"])
    numbers = (number for number, each in enumerate(report.problems) if (each["problem"], each["severity"]) == kind)
    return next(numbers, -1)


def called(name: str, key: str) -> str:
    return shown(name or key, 120)


def shown(text: str, most: int = 300) -> str:
    """On one line, with nothing that moves the text around it."""
    return cut(printable(text), most)


def _server(server: ServerNow) -> list[Any]:
    words = [called(server.name, server.id), shown(server.status or "", 60), shown(server.plugin or "", 60)]
    return [*words, _facts(server.facts), server.findings]


def _facts(facts: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [[title, shown(value, 120)] for title, value in facts]
