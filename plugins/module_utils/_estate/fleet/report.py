# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet as the report has it: what was read, what the doctor found there, and what the last report knew. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from ..._api.records.records import Device, Model, Server, Site
from ..._core.page.words import cameras, in_order, sites
from ..._core.values import first_text, folded
from ..._core.wording import printable
from ..._doctor.kinds import KINDS
from ..._engine.sites import SILENT
from ..._fleet.reading import Fleet
from ..._fleet.targets import why_unknown
from .memory import CameraThen, Memory, ProblemThen, ServerThen, SiteThen
from .problems import Problems, blind_checks
from .setups import Setups
from .since import Change, Since

Finding = Mapping[str, Any]
# How a site stands, the worst first.
WRONG, GONE, WARNED, WELL = "wrong", "gone", "warned", "well"
STATES = (WRONG, GONE, WARNED, WELL)


@dataclass
class Camera:
    """``then``: what is known of it over time. ``why``: why it is not known now what it runs."""

    id: str
    server: int | None
    then: CameraThen
    why: str
    findings: list[int] = field(default_factory=list)

    @property
    def known(self) -> bool:
        return self.then.known


@dataclass
class ServerNow:
    id: str
    name: str
    status: str | None
    plugin: str | None
    facts: list[tuple[str, str]]
    findings: list[int] = field(default_factory=list)


@dataclass
class SiteNow:
    """``why``: why its cameras could not be read, "" where they were. ``findings``: all, with those of its cameras."""

    id: str
    name: str
    online: bool | None
    version: str | None
    facts: list[tuple[str, str]]
    updated_at: str | None
    why: str = ""
    servers: list[ServerNow] = field(default_factory=list)
    cameras: list[Camera] = field(default_factory=list)
    findings: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    state: str = WELL


@dataclass
class Report:
    """``lost``: why what the last report knew cannot be used, "" where it can be, or where there is nothing."""

    made_at: str
    before_at: str | None
    sites: list[SiteNow]
    findings: Sequence[Finding]
    problems: Sequence[Mapping[str, Any]]
    setups: Setups
    memory: Memory
    changes: list[Change]
    changed: bool
    lost: str = ""

    def totals(self) -> dict[str, int]:
        states = Counter(each.state for each in self.sites)
        every = [camera for site in self.sites for camera in site.cameras]
        running = sum(each.known and bool(self.setups.all[each.then.setup or 0]) for each in every)
        unknown = sum(not each.known for each in every)
        numbers = {"cameras": len(every), "running": running, "idle": len(every) - running - unknown}
        return {"sites": len(self.sites), **{each: states[each] for each in STATES}, **numbers, "unknown": unknown}

    def change_lines(self) -> list[str]:
        return [printable(str(each)) for each in self.changes]

    def problem_lines(self) -> list[str]:
        """For people, without what is only good to know."""
        return [printable(sentence_of(each)) for each in self.problems if each["severity"] != "note"]


def where_of(problem: Mapping[str, Any]) -> str:
    """At how many cameras and sites a problem is, to be put before it."""
    numbers = [(problem["cameras"], cameras), (problem["sites"], sites)]
    words = " at ".join(put(number) for number, put in numbers if number)
    return f"{words}: " if words else ""


def kind_words(problem: str) -> str:
    """A kind of finding in a few everyday words."""
    return KINDS[problem].short


def sentence_of(problem: Mapping[str, Any]) -> str:
    """What is wrong, and with what: by its name where it is one, or where it is about no camera and no site."""
    number, named = problem["findings"], problem["examples"]
    if number > 1 and where_of(problem):
        return f"{where_of(problem)}{problem['what']}"
    more = f" and {number - len(named):,} more" if number > len(named) else ""
    return f"{', '.join(named)}{more}: {problem['what']}"


def as_report(
    fleet: Fleet,
    found: Mapping[str, Any],
    before: Memory | None,
    scope: Sequence[str],
    now: str,
) -> Report:
    """``found``: what the doctor found. ``before``: what the last report knew, if there is one. ``now``: ISO 8601."""
    return _Making(fleet, found, before, tuple(scope), now).report()


class _Making:
    def __init__(
        self, fleet: Fleet, found: Mapping[str, Any], before: Memory | None, scope: tuple[str, ...], now: str
    ) -> None:
        self._fleet, self._found, self._before, self._scope, self._now = fleet, found, before, scope, now
        names = {**(before.setups.names if before else {}), **_names(fleet.models or ())}
        self._setups = Setups(names)
        self._servers = _by_site(fleet.servers or ())
        self._devices = _by_site(fleet.devices or ())

    def report(self) -> Report:
        sites = [self._site(each) for each in self._fleet.sites or ()]
        self._give_findings(sites)
        sites.sort(key=_badness)
        problems = self._found["problems"]
        memory = Memory(
            made_at=self._now,
            scope=self._scope,
            digest=self._digest(sites),
            problems=self._problems(sites),
            blind=blind_checks(self._found),
            has_models=self._fleet.models is not None and self._fleet.catalogues is not None,
            setups=self._setups,
            sites={**self._kept(), **{each.id: self._then(each) for each in sites}},
        )
        before = self._before
        if before:
            memory = replace(memory, problems={**memory.problems, **Problems(before, memory).kept()})
        changes = Since(before, memory).changes() if before else []
        changed = before is None or before.digest != memory.digest
        before_at = before.made_at if before else None
        findings = self._found["findings"]
        return Report(self._now, before_at, sites, findings, problems, self._setups, memory, changes, changed)

    def _site(self, site: Site) -> SiteNow:
        facts = [("Version", site.version), ("Organisation", site.organisation.label), ("Id", site.id)]
        seen_at = site.updated_at if site.online else None  # off-line, it is the zero time
        made = SiteNow(site.id, site.name, site.online, site.version, _told(facts), seen_at)
        made.servers = [_server(each) for each in self._servers.get(site.id, ())]
        then = self._before.sites.get(site.id) if self._before else None
        devices = self._devices.get(site.id, ())
        if devices:
            made.cameras = self._cameras(devices, made, then.cameras if then else {})
        else:
            made.why = self._why_unread(site)
            if made.why:
                made.cameras = [
                    Camera(key, None, replace(self._known_before(camera), known=False), made.why)
                    for key, camera in (then.cameras if then else {}).items()
                ]
        made.cameras.sort(key=lambda each: (in_order(each.then.name), each.id))
        return made

    def _why_unread(self, site: Site) -> str:
        """A site without devices is empty, or still loading: nobody can know which."""
        if site.online is False:
            return "the site is off-line"
        for part, place, error in self._fleet.unread:
            if part == "devices" and place.id == site.id:
                return str(error)
        if self._fleet.devices is None:
            return "cameras could not be read"
        return SILENT

    def _cameras(self, devices: Sequence[Device], site: SiteNow, then: Mapping[str, CameraThen]) -> list[Camera]:
        places: dict[str, int] = {}
        for number, server in enumerate(site.servers):
            places.setdefault(server.name, number)
        places.update({server.id: number for number, server in enumerate(site.servers)})
        return [
            Camera(
                id=each.id,
                server=places.get(each.server.id or each.server.name),
                then=self._follow(each, then.get(each.id)),
                why=why_unknown(each),
            )
            for each in devices
        ]

    def _follow(self, device: Device, then: CameraThen | None) -> CameraThen:
        """What was known of it, and what is seen of it now."""
        was = self._known_before(then) if then else CameraThen(device.name)
        server, known = device.server.id or device.server.name or was.server, device.assignment is not None
        was = replace(was, name=device.name, enabled=device.enabled, known=known, server=server)
        if device.assignment is None:
            return was
        setup = self._setups.add(device.assignment)
        if was.setup is not None and self._setups.all[was.setup] == device.assignment:
            return replace(was, setup=setup, seen_at=self._now)
        return replace(was, setup=setup, since=self._now, after=was.seen_at, seen_at=self._now)

    def _known_before(self, then: CameraThen) -> CameraThen:
        """With the number that its setup has in this report."""
        if then.setup is None or self._before is None:
            return then
        return replace(then, setup=self._setups.add(self._before.setups.all[then.setup]))

    # What is wrong, in its place

    def _give_findings(self, sites: Sequence[SiteNow]) -> None:
        by_id = {each.id: each for each in sites}
        users = self._users(sites)
        for number, finding in enumerate(self._found["findings"]):
            site = by_id.get(finding["site"] or "")
            if site is not None:
                self._give(number, finding, site)
            elif finding["model"] and not finding["site"]:
                for place, camera in users.get(finding["model"], ()):
                    camera.findings.append(number)
                    place.findings += [] if number in place.findings[-1:] else [number]
        for each in sites:
            each.state = self._state(each)

    def _give(self, number: int, finding: Finding, site: SiteNow) -> None:
        site.findings.append(number)
        cameras = [each for each in site.cameras if finding["device"] and each.id == finding["device"]]
        named = (finding["server"], finding["server_name"])
        servers = [each for each in site.servers if each.id == named[0] or (not named[0] and each.name == named[1])]
        for one in cameras or servers[:1]:
            one.findings.append(number)
        site.own += [] if cameras or servers else [number]

    def _users(self, sites: Iterable[SiteNow]) -> dict[str, list[tuple[SiteNow, Camera]]]:
        models = [self._setups.models(each) for each in self._setups.all]
        found: dict[str, list[tuple[SiteNow, Camera]]] = {}
        for site in sites:
            for camera in site.cameras:
                for model in models[camera.then.setup] if camera.known and camera.then.setup is not None else ():
                    found.setdefault(model, []).append((site, camera))
        return found

    def _state(self, site: SiteNow) -> str:
        severities = {self._found["findings"][each]["severity"] for each in site.findings}
        if "error" in severities:
            return WRONG
        if site.online is False or site.why:
            return GONE
        return WARNED if "warning" in severities else WELL

    # What the next report is to know

    def _problems(self, sites: Iterable[SiteNow]) -> dict[str, ProblemThen]:
        keys = list(map(_kind_of, self._found["findings"]))
        places: dict[str, list[str]] = {}
        for site in sites:
            for key in dict.fromkeys(keys[number] for number in site.findings):
                places.setdefault(key, []).append(site.id)
        made = {}
        for each in self._found["problems"]:
            key = _kind_of(each)
            made[key] = ProblemThen(kind_words(each["problem"]), each["check"], tuple(places.get(key, ())))
        return made

    def _kept(self) -> dict[str, SiteThen]:
        """Sites that are not listed now, as they were known."""
        sites = self._before.sites if self._before else {}
        return {
            key: replace(
                site, listed=False, cameras={each: self._known_before(one) for each, one in site.cameras.items()}
            )
            for key, site in sites.items()
        }

    def _then(self, site: SiteNow) -> SiteThen:
        before = (self._before.sites.get(site.id) if self._before else None) or SiteThen("", None, None, False)
        servers = {each.id: ServerThen(each.name, each.status, each.plugin) for each in site.servers}
        counts = Counter(each.id for each in site.cameras)
        return SiteThen(
            name=site.name,
            online=site.online,
            version=site.version,
            listed=True,
            servers_read=bool(servers),
            cameras_read=not site.why,
            servers=servers or before.servers,
            cameras={each.id: self._then_of(each, counts[each.id], before) for each in site.cameras},
        )

    def _then_of(self, camera: Camera, rows: int, before: SiteThen) -> CameraThen:
        """Of several rows with one NxID nobody knows which is which: only that it is there, and what it was before."""
        if rows == 1:
            return camera.then
        was = before.cameras.get(camera.id)
        return replace(self._known_before(was) if was else CameraThen(camera.then.name), known=False)

    def _digest(self, sites: Sequence[SiteNow]) -> str:
        """Of all that is said but times."""
        keys = self._setups.keys()
        facts: list[Any] = [self._scope, self._setups.used_names()]
        facts += sorted(json.dumps(each, sort_keys=True) for each in self._found["findings"])
        for site in sorted(sites, key=_id):
            servers = [[each.id, each.name, each.status, each.facts] for each in sorted(site.servers, key=_id)]
            facts.append([site.id, site.name, site.state, site.why, site.facts, servers])
            for each in site.cameras:
                then = each.then
                runs = None if then.setup is None else keys[then.setup]
                facts.append([each.id, then.name, then.enabled, then.server, runs, each.known, each.why])
        return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _kind_of(one: Mapping[str, Any]) -> str:
    """Of a finding or a problem."""
    return f"{one['problem']} {one['severity']}"


def _id(each: SiteNow | ServerNow) -> str:
    return each.id


def _names(models: Iterable[Model]) -> dict[str, str]:
    """By UUID. Of several with one name, each has the beginning of its UUID as well."""
    named = {each.uuid: each.name for each in models if each.name}
    counts = Counter(named.values())
    return {uuid: name if counts[name] == 1 else f"{name} ({uuid[:8]})" for uuid, name in named.items()}


def _by_site(rows: Iterable[tuple[Site, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for site, row in rows:
        found.setdefault(site.id, []).append(row)
    return found


def _server(server: Server) -> ServerNow:
    row = folded(server.raw)
    facts = [
        ("Plugin", server.plugin_version),
        ("Runtime", server.runtime),
        ("Version", first_text(row, "version")),
        ("Platform", first_text(row, "platform")),
        ("System", " ".join(filter(None, (first_text(row, "os"), first_text(row, "osversion"))))),
        ("Pipelines", {None: "", True: "", False: "not supported"}[server.supports_pipelines]),
    ]
    return ServerNow(server.id, server.name, server.status, server.plugin_version, _told(facts))


def _told(facts: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    return [(title, value) for title, value in facts if value]


def _badness(site: SiteNow) -> tuple[int, int, list[tuple[int, str]], str]:
    return STATES.index(site.state), -len(site.findings), in_order(site.name), site.id
