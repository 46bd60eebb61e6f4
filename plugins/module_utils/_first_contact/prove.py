# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The second stage: one camera is sent exactly what it has, and read back. Nothing changes, and the way is proved.

With ``prove=one`` the user says that the camera may lose what it runs, to find out what rows without pipelines mean.
One that shows what it runs has none for a moment: rows that look as its row does then mean "no pipelines". One that
does not show it is sent a model, and if that shows, rows like its own mean the same. Whatever happens, the one gets
back what it had, and from the other the model is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from .._api.contract.lines import hint
from .._api.contract.operations import LIST_DEVICES, PUT_PIPELINES
from .._api.device import DeviceApi
from .._api.records.assignment import LINE, core_of
from .._api.records.pipeline import Assignment, Pipeline, models_of
from .._api.records.records import Device, Model, Site
from .._core.errors import BadInput, NxaiError, Refused, Unexpected
from .._core.values import folded, mapping, text
from .._core.voice import unheard
from .._core.wording import shortened
from .._engine.lookup import Index
from .._engine.module import Task
from .._fleet.targets import WHERE_PIPELINES_ARE, snapshot, why_unknown
from .._pipelines.checks import is_doubled, thresholds_above_one
from .._pipelines.readback import compare, lost_keys, side_by_side
from .._pipelines.reconcile import DeviceChange
from .._pipelines.strays import strays
from .camera import TRIED, Camera, Finder
from .explore import explore
from .files import Files
from .inference import read_only
from .inference.cameras import Silent, cameras_of
from .inference.draft import Draft, Proposal
from .inference.paths import other_places
from .inference.pipelines import elements_of, running
from .inference.records import Row
from .inference.ways import SENT, WriteWays, missing_names, unknown_names, words_of
from .kept import Added
from .read import Seen
from .session import Session
from .shown import LOOK, NOT_SHOWN, not_as_sent, twice

_DONE = ("", "ok", "done", "success", "accepted", "updated")
_PATIENCE = 60.0  # seconds for a camera to be announced, and to show what was sent
_LATER = 10.0


class _Doubtful(Unexpected):
    """Success in words that are not known: reading back what was there before cannot tell whether it was one."""


class Proof:
    """``left``: what could not be taken away again, as {kind, name, uuid}."""

    def __init__(self, task: Task, session: Session, seen: Seen, files: Files) -> None:
        self._task = task
        self._session = session
        self._seen = seen
        self._files = files
        self.left: list[dict[str, str]] = []
        self._beside: list[Device] = []  # all cameras of its site, before anything was sent
        self._last: dict[str, Device] = {}  # and as they were listed last after that
        self._set_by_service: list[str] = []  # keys of pipelines
        self._touched = False  # whether a write may have had its effect
        self._strange_words = ""  # of a refusal that was none a moment later

    def run(self) -> str:
        """What was proved, in words. Raises what it ended with; nothing else was changed then."""
        self._session.forget(LIST_DEVICES.name)
        options = self._task.options
        camera = Finder(self._session, self._seen, options["device"], options["site"]).find()
        device = camera.device(self._session.draft)
        self._files.kept.check(camera.site.id, device, TRIED)
        if device.assignment is None:
            return self._prove_none(camera, device)
        high = next(thresholds_above_one(device.assignment), None)
        if high is not None:
            answer = f"{device.label} shows a threshold of {high:g}, and they are known to go from 0 to 1"
            raise BadInput(TRIED, answer, f"Nothing was sent. {hint('fields.pipeline.nms')}")
        if is_doubled(device.assignment):
            answer = f"{device.label} shows each of its pipelines more than once, and would be sent them so"
            raise BadInput(TRIED, answer, f"Nothing was sent. Choose another camera. {hint(LINE)}")
        device = self._look_again(camera, device)
        self._send_what_it_has(camera, device.assignment or ())
        if not device.assignment:
            return f"{device.label} took an empty assignment. It proves more with a camera that runs something."
        unknown = cameras_of(self._seen.cameras, self._session.draft.contract).unknown
        if unknown and self._task.options["prove"] == "one":
            return self._prove_by_none(camera, unknown)
        return f"{device.label} took what it has, and shows it."

    def _send_what_it_has(self, camera: Camera, has: Assignment) -> None:
        """What all cameras of the site have is kept until it is seen there again: one that has lost it may show it for
        a while, and another may be written to in its place."""
        before, kept = self._session.draft, self._files.kept
        given = before.contract.assignment.read_only
        added = kept.add(snapshot([(camera.site, each) for each in self._beside], unheard))
        self._files.keep()
        try:
            self._send(camera, None)
            self._read_back(camera, has, given)
            self._look_later(camera, has, given)
        except NxaiError as error:
            if self._session.draft.value(read_only.LINE) != before.value(read_only.LINE):
                self._session.keep(before)  # what does not come back is not the service's own
            raise self._with_what_is_lost(camera, error, added) from None
        self._close(added)

    def _with_what_is_lost(self, camera: Camera, error: NxaiError, added: Added) -> NxaiError:
        """After a request that may have had an effect, whatever it was answered with."""
        with suppress(NxaiError):
            if not self._last:
                self._task.deadline(_LATER).pause(_LATER)
                self._now(camera)
        lost = self._close(added)
        if not lost:
            return error
        answer = f"{error.answer}. Not seen to have what they had before: {shortened(lost)}"
        return replace(error, answer=answer, advice=f"{error.advice} {self._files.kept.advice}".strip())

    def _close(self, added: Added) -> list[str]:
        """The names of those that were not seen to have what they had."""
        return self._files.kept.close_seen(added, self._last, self._session.draft.contract.assignment.read_only)

    def _look_again(self, camera: Camera, device: Device) -> Device:
        """Nothing has been written: what differs now is what the service says anew at each look."""
        session = self._session
        listed = session.device(session.draft).list_devices(camera.site.id)
        now = next((each.assignment for each in listed if each.id == device.id), None)
        keys = read_only.volatile(device.assignment, now)
        if keys:
            session.propose(Proposal({read_only.LINE: keys}, "they differ at each look, and nothing was written"))
        self._beside = [each.without(session.draft.contract.assignment.read_only) for each in listed]
        return camera.device(session.draft)

    # Write, and look

    def _send(self, camera: Camera, pipelines: Assignment | None) -> None:
        """``pipelines``: None for what it has, as each draft reads it."""
        session, name = self._session, PUT_PIPELINES.name
        refresh: bool = self._task.options["try_refresh"]
        described, brand = self._seen.described.get(name, ()), session.settings.brand
        known = WriteWays(name, session.free, refresh, described, session.proved, brand)
        doubts: list[_Doubtful] = []

        def attempt(draft: Draft) -> None:
            device = camera.device(draft)
            wanted = device.assignment if pipelines is None else pipelines
            if wanted is None:
                raise Unexpected(TRIED, f"it is not known what {device.label} runs: {why_unknown(device)}")
            self._put(session.device(draft), camera.site, device, wanted)
            said = text(folded(mapping(session.heard)).get("message")) or ""
            if said.strip().lower().rstrip(".") not in _DONE:
                raise _Doubtful(TRIED, f"the service answered with success, and said: {said[:200]!a}")

        def ways(draft: Draft, error: NxaiError) -> Iterator[Proposal]:
            if isinstance(error, _Doubtful):
                doubts.append(error)
                yield from (Proposal(lines, error.answer) for lines in other_places(name, draft.contract))
            elif not doubts:
                yield from known(draft, error)
                if isinstance(error, Refused) and error.status in (400, 422):
                    yield from self._without_refused(camera.device(draft).assignment or (), draft, error)

        with session.noted(name):
            try:
                draft, _none = explore(session.draft, session.insisting(attempt), ways)
                session.keep(draft)
            except Refused as error:
                self._ask_for(unknown_names(name, error) if error.status in (400, 422) else ())
                raise
            except _Doubtful as doubt:
                session.use(session.draft)
                session.questions.append(f"operations.put_pipelines.path: {doubt.answer}. Was it one?")
        session.proved |= {*SENT[name]}
        if self._strange_words:
            why = "so was a write refused that went well a moment later"
            session.propose(Proposal({"words.not_applicable": [self._strange_words]}, why))

    def _ask_for(self, names: Iterable[str]) -> None:
        for each in names:
            question = f"assignment.extra: the service asks for {each} in the request. What is it to hold?"
            if question not in self._session.questions:
                self._session.questions.append(question)

    def _without_refused(self, sent: Assignment, draft: Draft, error: Refused) -> Iterator[Proposal]:
        """Only a camera that may lose them is sent what it has without some of its keys."""
        elements = elements_of(self._seen.rows.get("device", ()), draft.contract)
        keys = read_only.refused_keys(error, sent) or read_only.that_may_be_meant(error, elements)
        if self._task.options["prove"] == "one":
            yield from read_only.without_refused(draft, error, sent, elements)
        elif keys:
            self._session.questions.append(read_only.question(keys, read_only.added_by_service(elements)))

    def _put(self, api: DeviceApi, site: Site, device: Device, wanted: Assignment) -> None:
        """A camera that is not announced yet is waited for."""
        deadline, pause = self._task.deadline(_PATIENCE), 2.0
        while True:
            try:
                api.put_pipelines(site.id, [device.nxid], models_of(wanted), [each.to_sent() for each in wanted])
                self._touched = True
                return
            except Refused as error:
                self._touched = self._touched or (error.status or 500) >= 500
                known = api.says_not_applicable(error)
                may_pass = known or (error.status in (409, 422, 423, 425) and not missing_names(error))
                if not may_pass or pause > deadline.left:
                    raise
                self._strange_words = "" if known or error.status in (423, 425) else words_of(error)
            except NxaiError:
                self._touched = True
                raise
            deadline.pause(pause)
            pause *= 2

    def _read_back(
        self, camera: Camera, sent: Assignment, given: Sequence[str] | None = None, patience: float = _PATIENCE
    ) -> None:
        """Where none was sent, a camera that shows nothing is as it should be.

        ``given``: the only keys that need not be there again, where not those of the contract as it is found.
        """
        deadline, contract = self._task.deadline(patience), self._session.draft.contract
        left_out = set() if given is None else set(contract.assignment.read_only) - set(given)
        while True:
            device = self._now(camera, given)
            shown = device.assignment if device else None
            hidden: set[str] = set()
            same = shown is not None and compare(sent, shown, hidden) is not None
            lost = lost_keys(sent, shown or (), sent)
            if same and not lost and not hidden & left_out:
                return
            if not sent and device and device.unknown and device.unknown.shape:
                return
            if deadline.left <= 0 and shown is not None and self._is_set_by_service(sent, shown, left_out):
                return
            if deadline.left <= 0:
                self.left += twice(device, sent)
                raise Unexpected(TRIED, not_as_sent(sent, shown, hidden & left_out, lost), LOOK)
            deadline.pause(3.0)

    def _look_later(self, camera: Camera, sent: Assignment, given: Sequence[str]) -> None:
        """What was there looks like what was sent. That it is gone, came twice or went elsewhere shows later."""
        self._task.deadline(_LATER).pause(_LATER)
        given = [*given, *self._set_by_service]
        sent = tuple(each.without(given) for each in sent)
        self._read_back(camera, sent, given, patience=0.0)
        own = camera.device(self._session.draft).id
        others = [
            DeviceChange(camera.site, each, had, had)
            for each in self._beside
            for had in [each.assignment or ()]
            if each.id != own
        ]
        deadline = self._task.deadline(_PATIENCE)  # for a server that starts
        while (found := strays([sent], others, self._last)) and deadline.left > 0:
            deadline.pause(3.0)
            self._now(camera, given)
        if found:
            labels = shortened([each.label for each, _shown in found])
            answer = (
                f"{labels}, to which nothing was sent, lost what they had and show what the camera was sent, or less"
            )
            raise Unexpected(TRIED, answer, f"{LOOK} {hint('fields.assignment.devices')}")

    def _is_set_by_service(self, sent: Assignment, shown: Assignment, left_out: set[str]) -> bool:
        """Whether all that is not as it was sent is in keys that each pipeline has, and that no request sets."""
        elements = elements_of(self._seen.rows.get("device", ()), self._session.draft.contract)
        keys = read_only.volatile(sent, shown)
        if not keys or not set(keys) <= set(read_only.added_by_service(elements)) - left_out:
            return False
        why = "each was sent as it was, and shows otherwise: the service sets it"
        self._session.propose(Proposal({read_only.LINE: keys}, why))
        self._set_by_service += keys
        return True

    def _now(self, camera: Camera, given: Sequence[str] | None = None) -> Device | None:
        session = self._session
        listed = session.showing(session.draft, given).list_devices(camera.site.id)
        self._last = {each.id: each for each in listed}
        return self._last.get(camera.device(session.draft).id)

    # A camera that shows what it runs, and then has none

    def _prove_by_none(self, camera: Camera, unknown: Iterable[Silent]) -> str:
        device = camera.device(self._session.draft)
        if self._session.draft.contract.assignment.read_only:  # with nothing there, what is not sent may not come back
            return f"{device.label} took what it has, and shows it. As {read_only.LINE} differs, it was not given none."
        self._files.kept.add(snapshot([(camera.site, device)], self._task.warn))
        self._files.keep()
        had = device.assignment or ()
        try:
            self._send(camera, ())
            none = self._without(camera, had)
        finally:
            self._give_back(camera, device, had)
        done = f"{device.label} took what it has, and shows it. It had none for a moment, and has again what it had."
        if none.unknown is None:
            return f"{done} It said that it had none. So other rows, which do not say so, are still a question."
        shape, core = none.unknown.shape, core_of(none.raw)
        if any(each.apart and each.shape == shape for each in unknown):
            return f"{done} Other rows that look so are of a server that shows no pipelines: they are still a question."
        shapes = [shape, *(each.shape for each in unknown if each.core == core and each.offered)]
        why = "so looked the place of the pipelines of a camera that had none for a moment"
        self._session.propose(Proposal({"no_pipelines": shapes}, why))
        return f"{done} Rows in which the place of the pipelines looks as it did then mean that nothing runs."

    def _without(self, camera: Camera, had: Assignment) -> Device:
        """How it is listed without pipelines; where it does not say that it has none, twice in turn."""
        deadline, before = self._task.deadline(_PATIENCE), ""
        while True:
            device = self._now(camera)
            shape = device.unknown.shape if device and device.unknown else ""
            if device is not None and (device.assignment == () or (shape and shape == before)):
                return device
            if deadline.left <= 0:
                answer = side_by_side((), device.assignment or had) if device else "it is not listed any more"
                raise Unexpected(TRIED, f"the camera does not show that it has none. {answer}", LOOK)
            before = shape
            deadline.pause(3.0)

    def _give_back(self, camera: Camera, device: Device, had: Assignment) -> None:
        try:
            self._send(camera, had)
            self._read_back(camera, had)
        except NxaiError as error:
            answer = f"{device.label} did not get back what it had: {error.answer}"
            raise replace(error, answer=answer, advice=self._files.kept.advice) from None
        self._files.kept.close(camera.site.id, device.id)

    # A camera that shows nothing

    def _prove_none(self, camera: Camera, device: Device) -> str:
        shape = device.unknown.shape if device.unknown else ""
        reason = f"it is not known what {device.label} runs: {why_unknown(device)}"
        if not shape:
            raise BadInput(TRIED, reason, f"Nothing was sent. Choose another camera. {WHERE_PIPELINES_ARE}")
        if self._task.options["prove"] != "one":
            advice = (
                "Nothing was sent. Choose another camera; or, if this one may lose what it runs, set"
                " first_contact_prove=one: it is sent a model, and given none again at the end."
            )
            raise BadInput(TRIED, reason, advice)
        uuid, name = self._model(camera.site)
        sent = (Pipeline.new({"model": uuid}),)
        try:
            self._send(camera, sent)
            self._read_back(camera, sent)
        except NxaiError as error:
            if not self._touched:
                raise
            with suppress(NxaiError):
                self._take_away(camera, device, uuid, name)
            raise replace(error, advice=NOT_SHOWN) from None
        self._session.propose(Proposal({"no_pipelines": [shape]}, "a camera of this kind showed what was sent to it"))
        self._take_away(camera, device, uuid, name)
        return (
            f"{device.label} was sent the model {name}, showed it, and has none again. So such rows mean that nothing"
            " runs. What it ran before, if the service did not show it, is gone."
        )

    def _take_away(self, camera: Camera, device: Device, uuid: str, name: str) -> None:
        try:
            self._send(camera, ())
            self._read_back(camera, ())
        except NxaiError:
            self.left.append({"kind": "pipeline", "name": f"{name} on {device.label}", "uuid": uuid})
            raise

    def _model(self, site: Site) -> tuple[str, str]:
        """UUID and name of the one that is wanted, or of one that cameras run, best at this site, or of a ready one."""
        contract, seen = self._session.draft.contract, self._seen
        models = [*_models(contract.known("model", seen.rows.get("model", [])))]
        wanted = self._task.options["model"]
        if wanted:
            found = Index(models, "model").find(wanted)
            return found.uuid, found.name
        names = {each.uuid: each.name for each in models}
        ready = {each.uuid for each in models if each.state == "ready"}
        here = running(seen.cameras.get(site.id, []), contract)
        anywhere = running(seen.rows.get("device", []), contract)
        for group in (here, ready & anywhere, ready, anywhere):
            for uuid in (*names, *sorted(anywhere)):
                if uuid in group:
                    return uuid, names.get(uuid, uuid)
        raise BadInput(TRIED, "there is no model that could be sent", "Name one with first_contact_model.")


def _models(rows: Iterable[Row]) -> Iterator[Model]:
    for row in rows:
        with suppress(NxaiError):
            yield Model.from_api(row)
