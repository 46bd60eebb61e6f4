# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send assignments, several sites at a time, and look at what the devices show then."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from .._api.contract.lines import hint
from .._api.device import DeviceApi
from .._api.records.pipeline import models_of
from .._api.records.records import Device
from .._core.errors import (
    AnswerLost,
    BadInput,
    NotRecorded,
    NxaiError,
    Refused,
    SignInFailed,
    Unreachable,
    may_have_worked,
)
from .._engine.polling import Deadline
from .._engine.sites import in_parallel
from .applicable import in_fewer, named_in, of_all_or_some, says_too_many, tell_apart
from .late import differs, shown_as_sent
from .readback import side_by_side
from .reconcile import Batch, DeviceChange, batches
from .strays import Strays

Key = tuple[str, str]
_FIRST_PAUSE = 2.0  # seconds; doubled at each repeat
_NO_EFFECT = (401, 403, 405, 413, 415)  # refusals that cannot come after one
_ABOUT_SOME = (400, 404, 409, 413, 422, 423, 425)  # refusals that may be about one of several devices
_AT_REST = (429, 503)  # refusals of a service that wants to be left alone for a while
_MAY_PASS = (409, 423, 425, *_AT_REST)  # those that are over when something else is
_WRITTEN = hint("operations.put_pipelines.path")
_PASSING = re.compile(
    r"busy|restart|starting|loading|in progress|not ready|try again|later|locked|temporar|maintenance"
)


def nothing(_batch: Batch) -> None:
    """For who keeps nothing before a PUT."""


class Sender:
    """``status`` holds (status, reason) of each device that something was tried for, by site and NxID.

    Each site is the work of one thread at a time, and writes only the entries of its own devices.
    """

    def __init__(
        self,
        api: DeviceApi,
        options: Mapping[str, Any],
        deadline: Callable[[float], Deadline],
        before_put: Callable[[Batch], None] = nothing,
    ) -> None:
        """``before_put`` returns when what the devices of a PUT had is kept. Where it raises, nothing is sent."""
        if options["batch_size"] < 1:
            answer = f"batch_size is {options['batch_size']}"
            raise BadInput("Read the option batch_size", answer, "Give a number of 1 or more.")
        self.status: dict[Key, tuple[str, str]] = {}
        self.reached: set[Key] = set()  # devices to which something was, or may have been, sent
        self.hidden: set[str] = set()  # keys of what was sent that a device does not show
        self.errors: list[NxaiError] = []
        self.strays = Strays()
        self._api = api
        self._options = options
        self._deadline = deadline
        self._at_once = api.devices_at_once  # of one request; 0: as many as are wanted
        self._answers: dict[Key, str] = {}  # what a request that failed was answered with
        self._before_put = before_put
        self._over = threading.Event()  # nothing more can be sent
        self._listed: dict[Key, Device] = {}  # what is still to be sent to, as it was listed while the task waited
        self._seen: dict[Key, Device | None] = {}  # a device that has not followed, as it was listed last

    def _send_all(self, changes: Iterable[DeviceChange]) -> None:
        self._send_sites(batches(changes, self._options["batch_size"]), self._options["applicable_timeout"])

    def _send_sites(self, by_site: Mapping[str, Sequence[Batch]], patience: float) -> None:
        in_parallel(lambda its: self._send_site(its, patience), by_site.values(), self._options["concurrency"])

    def _send_site(self, site_batches: Sequence[Batch], patience: float) -> None:
        """What may have had an effect is looked up, by one read, before it is called failed."""
        doubtful: list[DeviceChange] = []
        self._send_batches(site_batches, patience, doubtful)
        if doubtful and not self._over.is_set():
            self._deadline(self._options["wait_interval"]).pause(self._options["wait_interval"])
            self._look_at_site(doubtful[0].site.id, doubtful)

    def _send_batches(self, waiting: Iterable[Batch], patience: float, doubtful: list[DeviceChange]) -> None:
        """A site that cannot be reached is given up; after any other failure its next request may still do."""
        for batch in (part for each in waiting for part in each.parts(self._at_once or len(each.changes))):
            if self._over.is_set():
                return
            try:
                self._send(batch, patience, doubtful)
            except NxaiError as error:
                open_ones = [each for each in batch.changes if self._state(each) in ("", "again")]
                self._note_error(open_ones, error, doubtful)
                if isinstance(error, (SignInFailed, NotRecorded)):
                    self._over.set()
                if isinstance(error, (Unreachable, AnswerLost)):
                    return

    def _note_error(self, changes: Sequence[DeviceChange], error: NxaiError, doubtful: list[DeviceChange]) -> None:
        self.errors.append(error)
        told = [each for each in changes if not each.unseen]  # by a look; of the others nothing else says it
        if isinstance(error, AnswerLost) and self._options["wait"]:
            self._note(told, "sent", str(error))  # followed like any other
            self._note([each for each in changes if each.unseen], "failed", str(error))
            return
        self._note(changes, "not_sent" if isinstance(error, NotRecorded) else "failed", str(error))
        self._answers.update((each.key, error.answer.rstrip(".")) for each in changes)
        if may_have_worked(error) or (isinstance(error, Refused) and error.status not in _NO_EFFECT):
            doubtful += told

    def _send(self, batch: Batch, patience: float, doubtful: list[DeviceChange]) -> None:
        refusal = self._put_patiently(batch, patience)
        if refusal is None:
            self._note(batch.changes, "sent", "")
            return
        taken = []
        for part, answer in self._settled(batch, refusal):
            if answer is None:
                self._note(part.changes, "sent", "")
                taken.append(len(part.changes))
            elif self._says_not_applicable(answer, refusal):
                reason = f"{answer.answer}. That is read from words.not_applicable of the contract"
                self._note(part.changes, "not_applicable", reason)
            else:
                self._note_error(part.changes, self._after_waiting(answer), doubtful)
        if sum(taken) == len(batch.changes) and self._is_too_many(refusal):  # not for any of them
            self._at_once = max(taken)
            self._api.takes_at_once(self._at_once)

    def _says_not_applicable(self, answer: Refused, of_all: Refused) -> bool:
        """Also where these are the words for one device, from an answer that says it of several."""
        of_one = answer.answer in answer.fields.values()
        return self._api.says_not_applicable(answer) or (of_one and self._api.says_not_applicable(of_all))

    def _after_waiting(self, answer: Refused) -> Refused:
        if not self._may_pass(answer):
            return answer
        waited = "It was asked again until applicable_timeout had passed."
        return replace(answer, advice=f"{answer.advice} {waited}".strip())

    def _settled(self, batch: Batch, refusal: Refused) -> Iterator[tuple[Batch, Refused | None]]:
        """All devices of a refused batch, those that were taken with None."""
        if refusal.status in _AT_REST:
            return iter([(batch, refusal)])
        if self._is_too_many(refusal):
            return in_fewer(batch, refusal, self._put)
        if self._may_pass(refusal):
            return tell_apart(batch, refusal, self._put)
        return of_all_or_some(batch, refusal, self._put)

    def _is_too_many(self, refusal: Refused) -> bool:
        return says_too_many(refusal) and not self._api.says_not_applicable(refusal)

    def _may_pass(self, refusal: Refused) -> bool:
        """Whether it is of the state of devices, which is another one a moment later."""
        said = refusal.answer.lower()
        about_device = refusal.status == 404 and any(word in said for word in ("device", "camera"))
        return (
            about_device
            or _PASSING.search(said) is not None
            or refusal.status in _MAY_PASS
            or self._api.says_not_applicable(refusal)
        )

    def _put_patiently(self, batch: Batch, patience: float) -> Refused | None:
        """None, or the last refusal: that no device is applicable can mean that they are not announced yet."""
        deadline, pause = self._deadline(patience), _FIRST_PAUSE
        while True:
            refusal = self._put(batch)
            if refusal is None or pause > deadline.left or not self._may_pass(refusal):
                return refusal
            deadline.pause(pause)
            pause *= 2

    def on_the_way(self, key: Key) -> bool:
        """Whether something may still arrive at the device."""
        return key in self.reached and self.status[key][0] != "applied"

    def _put(self, batch: Batch) -> Refused | None:
        """Raises what cannot be about some of the devices alone."""
        self._before_put(batch)
        keys = {each.key for each in batch.changes}
        known = keys & self.reached
        self.reached |= keys  # until it is known that nothing came of it
        self.strays.sends(batch.changes[0])
        try:
            self._api.put_pipelines(
                batch.site.id,
                [each.device.nxid for each in batch.changes],
                models_of(batch.after),
                [each.to_sent() for each in batch.after],
            )
        except NxaiError as error:
            self.reached -= self._untouched(batch, error) - known
            if not isinstance(error, Refused) or (
                error.status not in (*_ABOUT_SOME, *_AT_REST) and not says_too_many(error)
            ):
                raise
            return error
        return None

    def _untouched(self, batch: Batch, error: NxaiError) -> Set[Key]:
        """For certain: it never arrived, or was refused in words or for a reason that leave no doubt.

        Words that name some of the devices say nothing of the others: these may have been taken.
        """
        keys = {each.key for each in batch.changes}
        if may_have_worked(error):
            return set()
        if not isinstance(error, Refused) or error.status in _NO_EFFECT:
            return keys
        return (named_in(batch, error).keys() or keys) if self._api.says_not_applicable(error) else set()

    def _look(self, changes: Iterable[DeviceChange]) -> list[DeviceChange]:
        by_site: dict[str, list[DeviceChange]] = {}
        for each in changes:
            by_site.setdefault(each.site.id, []).append(each)
        late = in_parallel(lambda item: self._look_at_site(*item), by_site.items(), self._options["concurrency"])
        return [each for site in late for each in site]

    def _look_at_site(self, site_id: str, changes: Sequence[DeviceChange]) -> list[DeviceChange]:
        try:
            now = {each.id: each for each in self._api.list_devices_without_rows(site_id)}
        except NxaiError as error:
            for each in changes:
                status, reason = self.status[each.key]
                told = f"{reason} " if status == "failed" else ""
                self._note([each], status, f"{told}It could not be read back: {error}")
            return list(changes)
        keyed = (((site_id, each.id), each) for each in now.values())
        self._listed.update((key, each) for key, each in keyed if self._is_untried(key))
        late = [each for each in changes if not self._has_followed(each, now.get(each.device.id))]
        if self.strays.look(site_id, self.reached, now):
            self._over.set()
            self._note(changes, "conflict", self.strays.as_reason())
            return []
        return late

    def _has_followed(self, change: DeviceChange, device: Device | None) -> bool:
        """Says so of one that has. One that shows something else after a refusal has lost what it had all the same."""
        failed = self._state(change) == "failed"
        answer = f"though the answer was {self._answers.get(change.key, 'lost')}" if failed else ""
        said = shown_as_sent(change, device, self.hidden) if device else None
        if said is not None:
            told = f"it shows what was sent, {answer}" if answer else ""
            self._note([change], "applied", "; ".join(filter(None, (told, said))))
            return True
        self._seen[change.key] = device
        if answer and device and differs(change, device):
            sides = side_by_side(change.after, device.as_read or ())
            self._note([change], "conflict", f"it shows something else than it had, {answer}. {sides} {_WRITTEN}")
        return False

    def _is_untried(self, key: Key) -> bool:
        return key not in self.status and not self.strays.is_beside(key)

    def _state(self, change: DeviceChange) -> str:
        """Its status; "" where nothing was tried for it."""
        return self.status.get(change.key, ("", ""))[0]

    def _note(self, changes: Iterable[DeviceChange], status: str, reason: str) -> None:
        for each in changes:
            self.status[each.key] = (status, reason)
