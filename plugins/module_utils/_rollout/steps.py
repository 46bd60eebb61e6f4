# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a run of a rollout: read the state, take the step, and have it on disk before the next task begins."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from .._core.errors import BadInput
from .._core.files import check_trusted_file, open_regular
from .._core.wording import counted, printable, shortened
from .files import PAGE, RolloutFolder, checked
from .report import as_report, summary
from .state import Rollout, Rules, State, key, limit, pairs

Result = dict[str, Any]
_ENDED = ("finished", "rolled_back")


class RolloutRun:
    """``options``: those of the module ``nxai_rollout_state``."""

    def __init__(self, options: Mapping[str, Any], check_mode: bool) -> None:
        self.options = options
        self.check_mode = check_mode
        self.folder = RolloutFolder(options["path"], options["trusted_owner"])
        self.now = time.time()
        self.rules = Rules(**{each.name: options[each.name] for each in fields(Rules)})

    def take_step(self) -> Result:
        if self.options["step"] == "open":
            return self._open()
        further: dict[str, Callable[[Rollout], Result]] = {
            "begin": self._begin,
            "written": self._written,
            "gate": self._gate,
            "restored": self._restored,
            "close": self._close,
            "interrupt": self._interrupt,
        }
        rollout = self._mine()
        return self._end(rollout, further[self.options["step"]](rollout))

    # Open

    def _open(self) -> Result:
        for threshold in (self.rules.max_failures, self.rules.max_failures_per_wave):
            limit(threshold, 1)
        if self.options["gate_tasks"] and self.options["action"] == "rollout":
            self._check_gate(self.options["gate_tasks"])
        rollout = self._planned()
        before = rollout.state["status"]
        if self.options["action"] == "rollback" and before not in ("rolled_back", "rolling_back"):
            rollout.roll_back("Taken back on request.")
        elif before not in ("rolled_back", "rolling_back") and rollout.unfinished():
            rollout.state |= {"status": "running", "message": ""}
        result = self._what_to_do(rollout)
        if before in _ENDED and not result["todo"] and not result["restore"]:
            return self._end(rollout, result, write=False)
        rollout.state["run"] = uuid.uuid4().hex
        return self._end(rollout, result)

    def _check_gate(self, path: str) -> None:
        tried = f"Use the gate tasks {path}"
        check_trusted_file(tried, path, self.options["trusted_owner"])
        try:
            open_regular(path).close()
        except OSError as error:
            raise BadInput(tried, str(error.strerror), "Correct the path, or who may read it.") from None

    def _planned(self) -> Rollout:
        """The rollout of an earlier run, or a new one where there is none."""
        options = self.options
        state = self.folder.load_newer(options["saved"])
        if state is not None and state["name"] != options["name"]:
            answer = f"it is of the rollout {state['name']}"
            raise BadInput(f"Use {self.folder.path}", answer, "Choose another pipeline_rollout_path.")
        going_back = options["action"] == "rollback"
        if state is None and going_back:
            raise BadInput(
                f"Take back the rollout {options['name']}", f"there is none in {self.folder.path}", "Check the name."
            )
        if state is None:
            made = Rollout.new(
                options["name"], options["declaration"], options["waves"], options["left_out"], self.rules, self.now
            )
            checked(made.state, f"Plan the rollout {options['name']}")  # what cannot be read back is not begun
            return made
        rollout = Rollout(state, self.rules, self.now)
        if not going_back:
            rollout.open(options["declaration"])
            rollout.take_queue(options["left_out"])
        return rollout

    def _what_to_do(self, rollout: Rollout) -> Result:
        going_back = rollout.state["status"] in ("rolling_back", "rolled_back")
        todo = [] if going_back else (rollout.unfinished() if self.check_mode else rollout.todo())
        waves = [{name: wave[name] for name in ("number", "name", "devices")} for wave in todo]
        result: Result = {"todo": waves, "restore": self._restore(rollout)}
        if not going_back:
            result["diff"] = {"prepared": _described(rollout.unfinished())}
        return result

    # Further steps

    def _begin(self, rollout: Rollout) -> Result:
        number = self.options["wave"]
        if rollout.wave(number)["status"] == "done":
            raise BadInput(
                f"Begin wave {number}", "it is done already", "Report this: the role asks for no such thing."
            )
        devices = rollout.begin(number, self.options["devices"], self.options["refused"])
        wanted = {key(row) for row in devices}
        entries = [each for each in self.options["snapshot"] if key(each) in wanted]
        entries += rollout.proved(number, None, self.options["devices"])
        rollout.ask(self.options["proof"])
        if not self.check_mode:
            self.folder.add_snapshot(rollout.wave(number), entries)
        return {"devices": pairs(devices)}

    def _written(self, rollout: Rollout) -> Result:
        number = self.options["wave"]
        rollout.written(number, self.options["devices"], self.options["refused"])
        entries = rollout.proved(number, self.options["proof"], self.options["devices"])
        if entries and not self.check_mode:
            self.folder.add_snapshot(rollout.wave(number), entries)
        breach = rollout.judge(number, final=False)
        return {"breach": breach, "devices": pairs(rollout.good(number)), "soak": rollout.soak_left(number)}

    def _gate(self, rollout: Rollout) -> Result:
        number, options = self.options["wave"], self.options
        refused = [{**row, "status": "refused"} for row in options["refused"]]
        rollout.look(number, [*options["devices"], *refused], options["servers"], options["server_running"])
        rollout.name_failures(number, options["gate_failures"])
        return {"breach": rollout.judge(number, final=True, gate=options["reason"])}

    def _restored(self, rollout: Rollout) -> Result:
        refused = [{**row, "status": "refused"} for row in self.options["refused"]]
        return {"remaining": rollout.restored([*refused, *self.options["devices"]])}

    def _close(self, rollout: Rollout) -> Result:
        waiting = rollout.pause()
        if waiting:
            message = f"Paused before wave {waiting['number']} of {len(rollout.state['waves'])} ({waiting['name']})."
            rollout.state |= {"status": "paused", "paused_before": waiting["number"], "message": message}
        elif rollout.state["status"] == "running":
            rollout.state |= {"status": "finished", "message": "All waves are done."}
        return {}

    def _interrupt(self, rollout: Rollout) -> Result:
        """A breach has said already why it ends; anything else is an error that came in between."""
        if rollout.state["status"] == "running":
            rollout.state |= {"status": "interrupted", "message": self.options["reason"]}
        elif rollout.state["status"] == "rolling_back":
            rollout.state["message"] += f" Not all is back: {self.options['reason']}"
        return {}

    # Ends

    def _mine(self) -> Rollout:
        state = self.folder.load()
        if state is None or state["run"] != self.options["run"]:
            answer = "another run has taken over" if state else "its state is gone"
            raise BadInput(f"Go on with the rollout in {self.folder.path}", answer, "Let one run work at a time.")
        return Rollout(state, self.rules, self.now)

    def _restore(self, rollout: Rollout) -> list[Any]:
        if not rollout.state["rollback"]:
            return []
        waves = rollout.state["waves"]
        return list(rollout.to_restore({wave["number"]: self.folder.snapshot(wave) for wave in waves}))

    def _end(self, rollout: Rollout, result: Result, write: bool = True) -> Result:
        if write and not self.check_mode:
            self.folder.save(rollout.state, self.now)
        stand = summary(as_report(rollout.state))
        return {
            "changed": write,
            "breach": "",
            "run": rollout.state["run"],
            "restore": self._restore(rollout),
            "no_pipelines": rollout.state.get("no_pipelines", []),
            "summary": stand,
            "lines": _lines(stand),
            "report": str(self.folder.path / PAGE),
            "saved": self.folder.pack(rollout.state),
            **result,
        }


def _described(waves: list[State]) -> str:
    """The plan for people: each wave with its devices by site."""
    lines = ["waves:"] if waves else []
    for wave in waves:
        sites: dict[str, list[str]] = {}
        for row in wave["devices"]:
            site = printable(row["site_name"] or row["site"])
            sites.setdefault(site, []).append(printable(row["name"] or row["device"]))
        devices = counted(len(wave["devices"]), "device")
        lines.append(f"{wave['number']} ({printable(wave['name'])}): {devices} at {counted(len(sites), 'site')}")
        for site, names in sorted(sites.items()):
            lines.append(f"    {site}: {shortened(names)}")
    return "\n".join([*lines, ""]) if lines else ""


def _lines(stand: Mapping[str, Any]) -> list[str]:
    """Where the rollout stands, for the log of a run."""
    said = [f"{stand['name']}: {stand['status'].replace('_', ' ')}.", stand["message"], stand["how_to_go_on"]]
    lines = [" ".join(filter(None, said))]
    for wave in stand["waves"]:
        parts = [f"{number} {kind}" for kind, number in wave["totals"].items() if number and kind != "devices"]
        status = wave["status"].replace("_", " ")
        lines.append(
            f"wave {wave['number']} of {len(stand['waves'])} ({printable(wave['name'])}): {status}; {', '.join(parts)}"
        )
    return lines
