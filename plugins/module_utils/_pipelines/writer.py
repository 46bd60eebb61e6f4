# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send assignments, several sites at a time, and follow each device until it reports what was sent."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._api.device import DeviceApi
from .._api.pipeline import Assignment, models_of
from .._core.errors import AnswerLost, BadInput, NxaiError, Refused, SignInFailed, Unreachable
from .._engine.polling import Deadline
from .._engine.sites import in_parallel
from .reconcile import AssignmentPlan, Batch, DeviceChange, batches

Key = tuple[str, str]
_FIRST_PAUSE = 2.0  # seconds; doubled at each repeat
_MOST_SPLITS = 64  # requests to find out which devices of a batch are not applicable
_MOST_ALONE = 32  # devices of a site that are sent again one by one; more of them have another reason in common


class PipelineWriter:
    """``status`` holds (status, reason) of each device that something was tried for, by site and NxID.

    Each site is the work of one thread at a time, and writes only the entries of its own devices.
    """

    def __init__(self, api: DeviceApi, options: Mapping[str, Any], deadline: Callable[[float], Deadline]) -> None:
        if options["batch_size"] < 1:
            answer = f"batch_size is {options['batch_size']}"
            raise BadInput("Read the option batch_size", answer, "Give a number of 1 or more.")
        self.status: dict[Key, tuple[str, str]] = {}
        self.errors: list[NxaiError] = []
        self._api = api
        self._options = options
        self._deadline = deadline
        self._signed_out = threading.Event()
        self._seen: dict[Key, Assignment | None] = {}  # what a device that has not followed reported last

    # Send

    def send(self, plan: AssignmentPlan) -> None:
        self._send_sites(batches(plan.changes, self._options["batch_size"]), self._options["applicable_timeout"])

    def _send_sites(self, by_site: Mapping[str, Sequence[Batch]], patience: float) -> None:
        in_parallel(lambda its: self._send_site(its, patience), by_site.values(), self._options["concurrency"])

    def _send_site(self, site_batches: Sequence[Batch], patience: float) -> None:
        """A site that cannot be reached is given up; after any other failure its next request may still do."""
        for batch in site_batches:
            if self._signed_out.is_set():
                return
            try:
                self._send(batch, patience)
            except NxaiError as error:
                self.errors.append(error)
                open_ones = [each for each in batch.changes if self.status.get(each.key, ("", ""))[0] in ("", "again")]
                # Lost is not failed: the device may have got it, and is asked.
                lost = isinstance(error, AnswerLost) and self._options["wait"]
                self._note(open_ones, "sent" if lost else "failed", str(error))
                if isinstance(error, SignInFailed):
                    self._signed_out.set()
                if isinstance(error, (Unreachable, AnswerLost)):
                    return

    def _send(self, batch: Batch, patience: float) -> None:
        refusal = self._put_patiently(batch, patience)
        if refusal is None:
            self._note(batch.changes, "sent", "")
        elif len(batch.changes) == 1:
            self._note(batch.changes, "not_applicable", refusal.answer)
        else:
            self._split(batch)

    def _split(self, batch: Batch) -> None:
        """Halve until it is known which devices are not applicable. Larger parts go first: most devices are good."""
        parts, left = _halves(batch), _MOST_SPLITS
        while parts:
            part = parts.pop(0)
            if left == 0:
                self._note(part.changes, "not_applicable", "refused together with others, and not tried alone")
                continue
            left -= 1
            refusal = self._put(part)
            if refusal is None:
                self._note(part.changes, "sent", "")
            elif len(part.changes) == 1:
                self._note(part.changes, "not_applicable", refusal.answer)
            else:
                parts += _halves(part)

    def _put_patiently(self, batch: Batch, patience: float) -> Refused | None:
        """None, or the last answer that no device is applicable: it can mean that they are not announced yet."""
        deadline, pause = self._deadline(patience), _FIRST_PAUSE
        while True:
            refusal = self._put(batch)
            if refusal is None or pause > deadline.left:
                return refusal
            deadline.pause(pause)
            pause *= 2

    def _put(self, batch: Batch) -> Refused | None:
        try:
            self._api.put_pipelines(
                batch.site.id,
                [each.device.id for each in batch.changes],
                models_of(batch.after),
                [each.to_wire() for each in batch.after],
            )
        except Refused as error:
            if not self._api.says_not_applicable(error):  # contract F3
                raise
            return error
        return None

    # Follow

    def follow(self, plan: AssignmentPlan) -> None:
        """Read back. A device that still reports what it had is sent to once more, alone, and then given up."""
        late = self._wait([each for each in plan.changes if self._is_sent(each)])
        again = [each for each in late if self._seen.get(each.key) == each.before]
        if again:
            self._send_again(again)
            self._wait([each for each in again if self._is_sent(each)])
        for each in late:
            if self.status[each.key][0] in ("sent", "again"):
                self._note_laggard(each)

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

    def _look(self, changes: Iterable[DeviceChange]) -> list[DeviceChange]:
        by_site: dict[str, list[DeviceChange]] = {}
        for each in changes:
            by_site.setdefault(each.site.id, []).append(each)
        late = in_parallel(lambda item: self._look_at_site(*item), by_site.items(), self._options["concurrency"])
        return [each for site in late for each in site]

    def _look_at_site(self, site_id: str, changes: Sequence[DeviceChange]) -> list[DeviceChange]:
        try:
            now = {each.id: each.pipelines for each in self._api.list_devices(site_id)}
        except NxaiError as error:
            self._note(changes, "sent", f"could not be read back: {error}")
            return list(changes)
        late = []
        for each in changes:
            reported = now.get(each.device.id)
            if reported is not None and each.reached_by(reported):
                self._note([each], "applied", "")
            else:
                self._seen[each.key] = reported
                late.append(each)
        return late

    def _note_laggard(self, change: DeviceChange) -> None:
        seen = self._seen.get(change.key, change.before)
        status, reason = "pending", self.status[change.key][1]
        if seen is None:
            reason = "the site does not list this device any more"
        elif seen != change.before:
            status, reason = "conflict", "it reports neither what it had nor what was sent: somebody else writes, too"
        elif not reason:
            reason = f"not reported by the device within {self._options['wait_timeout']:g} s, nor when sent again"
        self._note([change], status, reason)

    def _is_sent(self, change: DeviceChange) -> bool:
        return self.status.get(change.key, ("", ""))[0] == "sent"

    def _note(self, changes: Iterable[DeviceChange], status: str, reason: str) -> None:
        for each in changes:
            self.status[each.key] = (status, reason)


def _halves(batch: Batch) -> list[Batch]:
    return batch.parts((len(batch.changes) + 1) // 2)
