# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices are sent to before others, and how each is followed until it reports what was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from .._api.records.pipeline import Assignment
from .._core.errors import NxaiError
from .._engine.sites import in_parallel
from .._fleet.targets import WHERE_PIPELINES_ARE
from .first import (
    MOST_TRIES,
    SEEN_OTHERWISE,
    first_of_many,
    held_back,
    is_only_less,
    seen_otherwise,
    silent_sites,
    to_keep,
    why_held_back,
    why_stopped,
)
from .late import why_late
from .reconcile import AssignmentPlan, Batch, DeviceChange, batches
from .sender import Sender

_MOST_ALONE = 32  # devices of a site that are sent again one by one; more of them have another reason in common


class PipelineWriter(Sender):
    """Writes a plan: what devices keep is seen to be kept by one, before others are sent to."""

    # Send

    def send(self, plan: AssignmentPlan) -> None:
        """All changes that nothing was tried for. What may lose something, after what was seen, keeps what it has."""
        changes = [each for each in plan.changes if each.key not in self.status]
        self._look_again(silent_sites(changes, self.strays.listed))
        changes = self._tried_in_turn(changes) if self._options["wait"] else self._after_one_look(changes)
        self._send_all(self._as_planned(changes))

    def _look_again(self, sites: Sequence[str]) -> None:
        """What is shown a moment later counts as well: see ``_as_planned``."""
        if sites:
            self._deadline(self._options["wait_interval"]).pause(self._options["wait_interval"])
            in_parallel(lambda site: self._look_at_site(site, ()), sites, self._options["concurrency"])

    def _tried_in_turn(self, changes: list[DeviceChange]) -> list[DeviceChange]:
        """Those that may be sent to at once, as what they keep was seen to be kept by others, each sent to alone."""
        kept: set[str] = set()
        tried: list[DeviceChange] = []
        while len(tried) < MOST_TRIES and not self._over.is_set():
            first = first_of_many(changes, kept, tried)
            if first is None:
                break
            changes = _others(changes, [first])
            self._send_all(self._as_planned([first]))
            self.follow(AssignmentPlan((first,)))
            if self._state(first) == "applied":
                kept |= to_keep(first)
                self._look(each for each in tried if self._state(each) == "failed")
            else:
                tried.append(first)
            lost = next((each for each in (first, *tried) if self._state(each) == "conflict"), None)
            if lost is not None:
                self._put_back(lost)
                self._note((each for each in changes if each.changed), "not_sent", why_stopped(lost))
                return []
        held = held_back(changes, kept, (each for each in tried if each.key in self.reached))
        if held and not self._over.is_set():
            self._note(held, "not_sent", why_held_back(tried))
        return _others(changes, held)

    def _after_one_look(self, changes: list[DeviceChange]) -> list[DeviceChange]:
        """Where nothing is waited for: those that are left after the first request at whose site others have something.
        A look says whether these still have it."""
        by_site = batches(self._as_planned(changes), self._options["batch_size"])
        first = next((each for its in by_site.values() for each in its if self.strays.may_be_at(each)), None)
        if first is None:
            return changes
        self._send_sites({first.site.id: [first]}, self._options["applicable_timeout"])
        self._look_again([first.site.id] if any(self._state(each) == "sent" for each in first.changes) else [])
        changes = _others(changes, first.changes)
        if self.strays.lost:
            self._note(first.changes, "conflict", self.strays.as_reason())
            self._note((each for each in changes if each.changed), "not_sent", why_stopped(first.changes[0]))
            return []
        return changes

    def _as_planned(self, changes: Iterable[DeviceChange]) -> list[DeviceChange]:
        """Without those that were seen to run something else by now."""
        changes = [each for each in changes if each.changed]
        other = seen_otherwise(changes, self._listed)
        self._note(other, "not_sent", SEEN_OTHERWISE)
        return _others(changes, other)

    def _put_back(self, change: DeviceChange) -> None:
        """Send what it had, where it reports a part of what was sent. What somebody else gave it stays."""
        status, reason = self.status[change.key]
        back = replace(change, before=change.after, after=change.before)
        reported = self._reports(change)
        if reported is None or reported == change.before or not is_only_less(change.after, reported):
            return
        with suppress(NxaiError):
            self._put(Batch(change.site, (back,)))
        self._wait([back])
        is_back = self._state(change) == "applied"
        told = "What it had was sent again, and is back." if is_back else "What it had was sent again: it is not back."
        self._note([change], status, f"{reason} {told}")

    def prove(self, change: DeviceChange, failure: str) -> bool:
        """Send to one device alone; whether it then reports what was sent. ``failure``: what it means if not."""
        self._send_sites(batches([change], 1), self._options["applicable_timeout"])
        self.follow(AssignmentPlan((change,)))
        status, reason = self.status[change.key]
        if status in ("pending", "conflict"):
            self._note([change], status, f"{failure} ({reason})")
        return status == "applied"

    # Follow

    def follow(self, plan: AssignmentPlan) -> None:
        """Read back. A device that still reports what it had is sent to once more, alone, and then given up."""
        late = self._wait([each for each in plan.changes if self._state(each) == "sent"])
        again = [each for each in late if self._reports(each) == each.before]
        if again:
            self._send_again(again)
            self._wait([each for each in again if self._state(each) == "sent"])
        for each in late:
            if self._state(each) in ("sent", "again"):
                self._note_laggard(each)
        self._follow_others([each for each in plan.changes if self._state(each) == "applied"])

    def _follow_others(self, applied: Sequence[DeviceChange]) -> None:
        """Others that show less since one has what it was sent: while their server starts, or for good."""
        sites = self.strays.less_at({each.site.id: None for each in applied})
        deadline = self._deadline(self._options["wait_timeout"])
        while self.strays.less_at(sites) and deadline.left > 0:
            self._look_again(self.strays.less_at(sites))
        certain = self.strays.believe_less(sites)
        if certain:
            self._over.set()
            lossy = [each for each in applied if each.site.id in certain]
            self._note(lossy, "conflict", self.strays.as_reason())

    def follow_again(self, changes: Iterable[DeviceChange]) -> None:
        """Look once more, later, at those that are well: something that was sent before may have arrived after all."""
        well = [each for each in changes if self._state(each) == "applied"]
        if well:
            self._note(well, "sent", "")
            self.follow(AssignmentPlan(tuple(well)))

    def _send_again(self, changes: Sequence[DeviceChange]) -> None:
        self._note(changes, "again", "")
        count = Counter(each.site.id for each in changes)
        alone = batches((each for each in changes if count[each.site.id] <= _MOST_ALONE), 1)
        others = (each for each in changes if count[each.site.id] > _MOST_ALONE)
        self._send_sites({**alone, **batches(others, self._options["batch_size"])}, patience=0.0)

    def _wait(self, changes: Sequence[DeviceChange]) -> list[DeviceChange]:
        """Those that have not followed in time. A look is a listing for each site, and begins with a pause."""
        deadline = self._deadline(self._options["wait_timeout"])
        waiting = list(changes)
        while waiting:
            deadline.pause(self._options["wait_interval"])
            waiting = self._look(waiting)
            if deadline.left <= 0:
                break
        return waiting

    def _reports(self, change: DeviceChange) -> Assignment | None:
        """What a device that has not followed reported last; None where it is not known."""
        device = self._seen.get(change.key)
        return device.as_read if device else None

    def _note_laggard(self, change: DeviceChange) -> None:
        if change.key not in self._seen:
            self._note([change], "pending", self.status[change.key][1])  # it could not be read back
            return
        found = why_late(change, self._seen[change.key])
        self._note([change], *(found or ("pending", self.status[change.key][1] or self._not_in_time())))

    def _not_in_time(self) -> str:
        waited = self._options["wait_timeout"]
        return f"not reported by the device within {waited:g} s, nor when sent again. {WHERE_PIPELINES_ARE}"


def _others(changes: Iterable[DeviceChange], these: Iterable[DeviceChange]) -> list[DeviceChange]:
    keys = {each.key for each in these}
    return [each for each in changes if each.key not in keys]
