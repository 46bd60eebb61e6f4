# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a run of a rollout. Each is whole: when it ends, what it did is in the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._core.errors import BadInput
from .._core.files import check_trusted_file, open_regular
from .._core.wording import counted, printable, shortened
from .._engine.module import Task
from .artefact import text_of, unpack
from .beside import needed_models, rollouts_at
from .book import PAGE, Book
from .carry import Carrier
from .giving_up import given_up
from .judge import Rules, breach, limit, named, soak_left
from .ledger import DONE, Camera, Ledger, Wave
from .lines import Judged, LetGo, Outcome, WaveBegun, groups, packed, said
from .opening import Opening
from .report import failed_lines, failures_in_short, lines_of, summary
from .scope import numbers_of, pauses_of, texts_of

Result = dict[str, Any]
_CHECKED = "Nothing was written. Run the same command without --check to do it."


class RolloutRun:
    """``task.options``: those of the module ``nxai_rollout``."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._options = options = task.options
        self._check_mode = task.check_mode
        self._rules = Rules(
            max_failures=options["max_failures"],
            max_failures_per_wave=options["max_failures_per_wave"],
            on_breach=options["on_breach"],
            unavailable=options["unavailable"],
            soak=numbers_of(options["soak"], "pipeline_rollout_soak"),
            pause_before_wave=pauses_of(options["pause_before_wave"], "pipeline_rollout_pause_before_wave"),
        )
        self._running = [each.lower() for each in texts_of(options["server_running"], "server_running")] or ["running"]
        self._book = Book(
            options["path"] or ".", options["trusted_owner"], task.check_mode, task.client.transport.clock
        )

    @property
    def _ledger(self) -> Ledger:
        return self._book.ledger

    def take_step(self) -> Result:
        step: str = self._options["step"]
        if step == "needed":
            return self._needed()
        further: dict[str, Callable[[], Result]] = {
            "open": self._open, "wave": self._wave, "gate": self._gate, "restore": self._restore,
            "give_up": self._give_up, "close": self._close, "interrupt": self._interrupt,
        }  # fmt: skip
        if step == "open":
            self._check_options()
        with self._book.locked():
            if step != "open":
                self._check_run()
            lines = self._ledger.lines
            try:
                result = further[step]()
            finally:
                report = self._book.publish()
            return self._end(result, report, self._ledger.lines > lines)

    def _check_run(self) -> None:
        """Another run that has opened the rollout since goes on, and this one does not."""
        if self._check_mode:
            raise BadInput(f"Take the step {self._options['step']}", "this is check mode", "O(step=open) plans all.")
        if not self._book.exists or self._ledger.run != self._options["run"]:
            answer = "another run has taken over" if self._book.exists else "its journal is gone"
            raise BadInput(f"Go on with the rollout in {self._book.folder}", answer, "Let one run work at a time.")

    # Open

    def _check_options(self) -> None:
        for threshold in (self._rules.max_failures, self._rules.max_failures_per_wave):
            limit(threshold, 1)
        if self._options["part"] and self._options["prove"] == "one":
            answer, advice = "pipeline_rollout_part is set", "Prove it in a rollout without parts, on one site."
            raise BadInput("Let one camera prove how cameras are shown", answer, advice)
        path = self._options["gate_tasks"]
        if path and self._options["action"] == "rollout":
            tried = f"Use the gate tasks {path}"
            check_trusted_file(tried, path, self._options["trusted_owner"])
            try:
                open_regular(path).close()
            except OSError as error:
                raise BadInput(tried, str(error.strerror), "Correct the path, or who may read it.") from None

    def _open(self) -> Result:
        opening = Opening(self._task, self._book, self._rules)
        opening.begin()
        self._book.adopt()
        self._warn_of_pauses()
        going_back = self._ledger.status in ("rolling_back", "rolled_back")
        waves = [] if going_back else self._todo()
        result: Result = {"todo": [_described(each) for each in waves], "said": opening.said}
        if self._check_mode:
            result["todo"], result["diff"] = [], {"prepared": self._planned(going_back)}
        elif not going_back:
            result["diff"] = {"prepared": _plan_text(self._ledger.unfinished())}
        return result

    def _warn_of_pauses(self) -> None:
        """One wave more may come, for what is queued."""
        planned = len(self._ledger.waves)
        beyond = [each for each in self._rules.pause_before_wave if each != "all" and int(each) > planned + 1]
        if beyond:
            self._task.warn(
                f"The rollout has {counted(planned, 'wave')}. So it never pauses before wave {shortened(beyond)}, as"
                " pipeline_rollout_pause_before_wave has it."
            )

    def _todo(self) -> list[Wave]:
        """The waves of this run, up to the next pause."""
        found = []
        for wave in self._ledger.unfinished():
            if self._rules.pauses_before(wave, self._ledger.passed):
                break
            found.append(wave)
        return found

    def _planned(self, going_back: bool) -> str:
        """In check mode, what each wave would change, or what would be taken back."""
        if going_back:
            carrier = self._carrier(self._ledger.to_restore(), 0)
            carrier.restore()
            return carrier.diff
        texts = [_plan_text(self._ledger.unfinished())]
        for wave in self._ledger.unfinished():
            carrier = self._carrier(_open_ones(wave), wave.number)
            carrier.assign(self._options["retiring"])
            texts.append(carrier.diff)
        return "\n".join(filter(None, texts))

    # A wave

    def _wave(self) -> Result:
        wave = self._number()
        if not wave.unfinished:
            answer = "it is done already"
            raise BadInput(f"Begin wave {wave.number}", answer, "Report this: the role asks for no such thing.")
        self._book.add(WaveBegun(at=self._book.now(), wave=wave.number, attempt=wave.attempt + 1))
        self._book.publish()
        carrier = self._carrier(_open_ones(wave), wave.number)
        carrier.assign(self._options["retiring"])
        self._settle_proof(wave, carrier)
        reason = breach(self._ledger, wave, self._rules)
        soak = self._rules.soak_of(wave.number)
        if reason:
            self._fail(wave, reason)
        else:
            self._book.add(self._judged(wave, "written", soak=soak))
        left = soak_left(wave, soak, self._book.now())
        return {"breach": reason, "soak": left, "written": carrier.written(), **_shown(carrier)}

    def _settle_proof(self, wave: Wave, carrier: Carrier) -> None:
        """A run may have been killed when a camera had been asked. It reports by now what was sent to it."""
        asked = self._ledger.asked
        if asked is not None:
            camera = self._ledger.cameras[asked.camera]
            if camera.wave == wave.number and camera.status in DONE and camera.back is not None:
                carrier.prove(asked.camera, asked.shape)

    def _gate(self) -> Result:
        wave, options = self._number(), self._options
        good = [each for each in wave.cameras if each.status in DONE and each.open]
        failures = named(wave, options["gate_failures"])
        self._carrier(good, wave.number).look(self._running)
        rows = [(each.number, "gate", reason, False) for each, reason in failures]
        if rows:
            self._book.add(Outcome(at=self._book.now(), wave=wave.number, action="gate", groups=groups(rows)))
        reason = breach(self._ledger, wave, self._rules, said(options["reason"]))
        if reason:
            self._fail(wave, reason)
        else:
            self._book.add(self._judged(wave, "done"))
        return {"breach": reason}

    def _fail(self, wave: Wave, reason: str) -> None:
        message = f"Stopped in wave {wave.number} ({wave.name}): {reason}."
        back = {"rollback_wave": wave.number, "rollback_all": 0}.get(self._rules.on_breach)
        status = "stopped" if back is None else "rolling_back"
        self._book.add(self._judged(wave, "failed", said(reason)), self._book.stands(status, message, back or 0))

    # Back

    def _restore(self) -> Result:
        if self._ledger.back is None:
            return {"remaining": 0, "written": {}, "overwritten": []}
        carrier = self._carrier(self._ledger.to_restore(), self._ledger.back)
        foreign = {each.number: len(each.foreign) for each in self._ledger.cameras}
        carrier.restore()
        unknown = [each for each in self._ledger.owed() if each.back and each.back.pipelines is None]
        if unknown:
            rows = [(each.number, "no_way_back", "what it had was not known", False) for each in unknown]
            self._book.add(Outcome(at=self._book.now(), wave=self._ledger.back, action="restore", groups=groups(rows)))
        remaining = self._ledger.to_restore()
        if not remaining:
            self._all_is_back()
        overwritten = [each for each in self._ledger.cameras if len(each.foreign) > foreign[each.number]]
        return {
            "remaining": len(remaining),
            "written": carrier.written(),
            "overwritten": [f"{each.label} (line {each.foreign[-1]} of the journal)" for each in overwritten],
            **_shown(carrier),
        }

    def _all_is_back(self) -> None:
        ledger, back = self._ledger, self._ledger.back
        waves = [each for each in ledger.waves if back in (0, each.number) and each.status != "waiting"]
        left = [each for each in ledger.cameras if each.back and each.back.pipelines is not None and each.excluded]
        whole = back == 0 and not left
        message = ledger.message
        if back == 0 and left:
            message += f" {counted(len(left), 'camera')} outside the hosts or the limit of this run stay as they are."
        self._book.add(
            *(self._judged(each, "rolled_back", each.reason) for each in waves),
            self._book.stands("rolled_back" if whole else "stopped", message.strip()),
        )

    def _give_up(self) -> Result:
        new = given_up(self._ledger, texts_of(self._options["give_up"], "pipeline_rollout_give_up"))
        if new:
            self._book.add(LetGo(at=self._book.now(), cameras=packed(each.number for each in new)))
        return {"said": [f"Let go: {shortened([each.label for each in new])}."] if new else []}

    # Ends

    def _close(self) -> Result:
        ledger = self._ledger
        waiting = [each for each in ledger.unfinished() if self._rules.pauses_before(each, ledger.passed)]
        if waiting:
            message = f"Paused before wave {waiting[0].number} of {len(ledger.waves)} ({waiting[0].name})."
            self._book.add(self._book.stands("paused", message, pause=waiting[0].number))
        elif ledger.status == "running":
            self._book.add(self._book.stands("finished", _ended(ledger)))
        return {"saved": self._book.saved()}

    def _interrupt(self) -> Result:
        """A breach has said already why it ends; anything else is an error that came in between."""
        ledger, reason = self._ledger, said(self._options["reason"])
        if ledger.status == "running":
            self._book.add(self._book.stands("interrupted", reason))
        elif ledger.status == "rolling_back" and "Not all is back" not in ledger.message:
            message = f"{ledger.message} Not all is back."
            self._book.add(self._book.stands("rolling_back", message, back=ledger.back or 0))
        return {"saved": self._book.saved()}

    def _needed(self) -> Result:
        """The models that unfinished rollouts may have to give back to cameras."""
        found: dict[str, list[str]] = {}
        ledgers = [each for _path, each in rollouts_at(texts_of(self._options["rollouts"], "rollouts"), self._trusted)]
        saved = self._options["saved"]
        texts = saved.values() if isinstance(saved, Mapping) else [saved] if saved else []
        ledgers += [unpack(text_of(each, "")).ledger for each in texts]
        for ledger in ledgers:
            for model in needed_models(ledger):
                found.setdefault(model, []).append(ledger.rollout)
        needed = [{"model": model, "rollouts": sorted(set(names))} for model, names in sorted(found.items())]
        return {"changed": False, "needed": needed}

    # What all steps have

    def _judged(self, wave: Wave, verdict: str, reason: str = "", soak: float = 0.0) -> Judged:
        return Judged(at=self._book.now(), wave=wave.number, verdict=verdict, reason=reason, soak=soak)

    @property
    def _trusted(self) -> str | None:
        owner: str | None = self._options["trusted_owner"]
        return owner

    def _number(self) -> Wave:
        number: int = self._options["wave"]
        if not 1 <= number <= len(self._ledger.waves):
            raise BadInput(f"Use wave {number}", f"there are {len(self._ledger.waves)} waves", "Correct it.")
        return self._ledger.wave(number)

    def _carrier(self, cameras: Sequence[Camera], wave: int) -> Carrier:
        return Carrier(self._task, self._book, cameras, wave, self._rules)

    def _end(self, result: Result, report: Mapping[str, Any], changed: bool) -> Result:
        stand = {**summary(report), "failed": [], "causes": []}
        if self._options["step"] in ("close", "interrupt"):  # once for each run
            stand.update(failures_in_short(report))
            result["failures"] = failed_lines(stand)
        shown = {**stand, "status": "check", "how_to_go_on": _CHECKED} if self._check_mode else stand
        more = result.pop("said", [])
        return {
            "changed": changed,
            "breach": "",
            "run": "" if self._check_mode else self._ledger.run,
            "summary": stand,
            "lines": [*lines_of(shown), *more, *result.get("failures", ())],
            "report": str(self._book.folder / PAGE),
            **result,
        }


def _shown(carrier: Carrier) -> Result:
    return {"diff": {"prepared": carrier.diff}} if carrier.diff else {}


def _open_ones(wave: Wave) -> list[Camera]:
    """Where a wave that is done has cameras that are back in the scope, these alone."""
    again = wave.status == "done"
    return [each for each in wave.cameras if each.open and (not again or each.status == "waiting")]


def _described(wave: Wave) -> Result:
    return {"number": wave.number, "name": wave.name, "size": sum(each.open for each in wave.cameras)}


def _ended(ledger: Ledger) -> str:
    """How a rollout ends, and what that does not say."""
    parts = ["All waves are done."]
    cameras = [each for each in ledger.cameras if each.wave]
    swap = ledger.plan.declaration.get("swap") if ledger.plan else None
    if not ledger.cameras:
        parts.append("No camera was in it.")
    if cameras and all(each.shown == "unchanged" for each in cameras):
        what = "no camera runs another release of this model" if swap else "every camera has what is declared already"
        parts.append(f"{what[0].upper()}{what[1:]}: nothing was assigned.")
    outside = sum(each.left_out for each in ledger.cameras)
    if outside:
        parts.append(f"{counted(outside, 'camera')} outside the hosts or the limit of this run had no turn.")
    return " ".join(parts)


def _plan_text(waves: Sequence[Wave]) -> str:
    """The plan for people: each wave with its cameras by site."""
    lines = ["waves:"] if waves else []
    for wave in waves:
        sites: dict[str, list[str]] = {}
        for each in _open_ones(wave):
            site = printable(each.site_name or each.site)
            sites.setdefault(site, []).append(printable(each.name or each.nxid))
        cameras = counted(sum(map(len, sites.values())), "device")
        lines.append(f"{wave.number} ({printable(wave.name)}): {cameras} at {counted(len(sites), 'site')}")
        for site, names in sorted(sites.items()):
            lines.append(f"    {site}: {shortened(names)}")
    return "\n".join([*lines, ""]) if lines else ""
