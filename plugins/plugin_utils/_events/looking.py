# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One look at an account: its lists, and of some sites in turn what they hold. Sends only GETs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeVar

from ...module_utils._api.client import Client
from ...module_utils._api.records.records import Site
from ...module_utils._core.errors import NxaiError, SignInFailed, Unexpected
from ...module_utils._core.values import identity
from ...module_utils._core.wording import counted, printable
from ...module_utils._engine.sites import is_off_line
from .comparison import Event, compare_catalogues, compare_devices, compare_models, compare_servers, compare_sites
from .kinds import CATALOGUES, DEVICES, MODELS, SERVERS, needs
from .snapshot import Snapshot

MOST_SAID = 1000
MANY = 3  # sites, one after the other, that cannot be read: then the service is at fault
Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """``sites``: names, ids or globs over names; none for all. ``requests``: of one look, about."""

    kinds: Collection[str]
    sites: Sequence[str] = ()
    requests: int = 120


@dataclass
class Looker:
    """``turn``: when each site was read last, counted in sites: who waits longest comes first."""

    wanted: Wanted
    warn: Callable[[str], None]
    turn: dict[str, int] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)

    def look(self, client: Client, then: Snapshot) -> tuple[Snapshot, list[Event]]:
        """What is known now, and the events. Raises NxaiError where the service does not answer: then nothing is."""
        before = client.transport.requests_sent
        sites = self._listed(client, then)
        now, events = compare_sites(then, sites)
        now, more = self._models(client, now)
        events += more
        back = {each["site_id"] for each in events if each["kind"] in ("site_online", "site_added")}
        chosen = [each for each in self._chosen(sites) if each.online is not False]
        chosen.sort(key=lambda each: (each.id not in back, self.turn.get(each.id, -1)))
        failed: list[NxaiError] = []
        for number, site in enumerate(chosen):
            if number and client.transport.requests_sent - before >= self.wanted.requests:
                break
            self.turn[site.id] = max(self.turn.values(), default=0) + 1
            try:
                now, more = self._held(client, now, site)
            except NxaiError as error:
                if isinstance(error, SignInFailed):
                    raise
                failed += [] if is_off_line(site, error) else [error]
                if len(failed) > number and len(failed) >= min(MANY, len(chosen)):
                    raise failed[0] from None
                self._say(f"{printable(site.label)} could not be read, so no event is sent for it. {error}")
                continue
            events += more
        return now, [each for each in events if self._is_wanted(each)]

    def _listed(self, client: Client, then: Snapshot) -> list[Site]:
        sites = client.device.list_sites()
        doubt = client.device.doubt_of_no_sites
        if not sites and (doubt or any(each.listed for each in (then.sites or {}).values())):
            advice = "If it is so, move the state file away. Else check the token and act_as."
            raise Unexpected("List the sites", f"there is none, and there were some before. {doubt}".strip(), advice)
        return sites

    def _models(self, client: Client, then: Snapshot) -> tuple[Snapshot, list[Event]]:
        """Models are read for their names, too. What cannot be read stays as it is known."""
        kinds, now, events = self.wanted.kinds, then, list[Event]()
        if needs(kinds, (*MODELS, *CATALOGUES, "assignment_changed")):
            some = any(each.listed for each in (then.models or {}).values())
            models = self._part("models", client.compute.list_own_and_available, some)
            if models is not None:
                now, events = compare_models(then, models)
        if needs(kinds, CATALOGUES):
            catalogues = self._part("catalogues", client.compute.list_catalogues, bool(then.catalogues))
            if catalogues is not None:
                now, more = compare_catalogues(now, catalogues, then.models)
                events += more
        return now, events

    def _part(self, what: str, listing: Callable[[], list[Row]], some: bool) -> list[Row] | None:
        """None where it ends with an error, or is empty although there were some; either is said once."""
        try:
            found = listing()
        except SignInFailed:
            raise
        except NxaiError as error:
            self._say(f"The {what} could not be read, so no event is sent for them. {error}")
            return None
        if some and not found:
            self._say(f"No {what} are listed, and there were some before. So no event is sent for them.")
            return None
        return found

    def _held(self, client: Client, then: Snapshot, site: Site) -> tuple[Snapshot, list[Event]]:
        now, events = then, list[Event]()
        if needs(self.wanted.kinds, SERVERS):
            now, events = compare_servers(now, site.id, client.device.list_servers(site.id))
        if needs(self.wanted.kinds, DEVICES):
            now, more = compare_devices(now, site.id, client.device.list_devices(site.id))
            events += more
        return now, events

    def _chosen(self, sites: Sequence[Site]) -> list[Site]:
        for pattern in self.wanted.sites:
            if not any(_means(pattern, each.id, each.name) for each in sites):
                self._say(f"None of {counted(len(sites), 'site')} matches {pattern!a}, an entry of the option sites.")
        return [each for each in sites if self._is_chosen(each.id, each.name)]

    def _is_chosen(self, site_id: str, name: str) -> bool:
        return not self.wanted.sites or any(_means(each, site_id, name) for each in self.wanted.sites)

    def _is_wanted(self, event: Event) -> bool:
        at_chosen = "site_id" not in event or self._is_chosen(event["site_id"], event["site_name"])
        return at_chosen and event["kind"] in self.wanted.kinds

    def _say(self, text: str) -> None:
        """Once: the next look comes in a minute."""
        if text not in self.said:
            self.said = {text} if len(self.said) > MOST_SAID else {*self.said, text}
            self.warn(text)


def _means(pattern: str, site_id: str, name: str) -> bool:
    return identity(site_id) == identity(pattern) or pattern == name or fnmatchcase(name, pattern)
