# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a rollout, and what each step makes of it. Pure: what is on disk is the business of ``files.py``.

The state is JSON: the waves with their devices, what became of each, and who may write to the file. A wave goes
``waiting -> writing -> written -> done``; where it fails it becomes ``failed``, and ``rolled_back`` where it was taken
back. Each device of a wave has the status that ``nxai_pipeline`` gave it, or one of those below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._api.contract.lines import hint
from .._core.errors import BadInput
from .._core.values import identity, mapping
from .._core.wording import shortened

FORMAT = 1
GOOD = ("applied", "unchanged")
ASIDE = {"skip": "skipped", "queue": "queued"}  # what becomes of devices that cannot be written to now
NOT_FAILED = (*GOOD, *ASIDE.values(), "waiting", "rolled_back")
# For sure; of one that is not applicable, an earlier request may have been accepted.
NOT_WRITTEN = ("refused", "not_sent")
State = dict[str, Any]
Row = Mapping[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The options that count anew in each run; the devices, waves and pipelines are decided once."""

    max_failures: str = "0"
    max_failures_per_wave: str = "0"
    on_breach: str = "stop"  # stop | rollback_wave | rollback_all
    unavailable: str = "fail"  # fail | skip | queue
    soak: Sequence[float] = (0.0,)  # seconds for each wave; the last for all further ones
    pause_before_wave: Sequence[str] = ()  # numbers, or "all"

    def soak_of(self, number: int) -> float:
        return self.soak[min(number, len(self.soak)) - 1] if self.soak else 0.0


def limit(text: str, total: int) -> int:
    """How many failures are allowed: a number, or a share of ``total`` such as ``2%``, rounded down."""
    number, percent, rest = text.strip().partition("%")
    try:
        allowed = total * float(number) / 100 if percent else int(number)
        if allowed < 0 or rest:
            raise ValueError
        return int(allowed + 1e-9)
    except (ValueError, OverflowError):
        advice = "Write a number such as 3, or a share such as 2%."
        raise BadInput("Read a threshold", f"{text!r} is not a number of failures", advice) from None


def key(row: Row) -> Key:
    return identity(row["site"]), identity(row["device"])


def snapshot_name(wave: Row) -> str:
    """The file with what the devices of a wave had before it."""
    return f"snapshot-wave-{wave['number']:03}-{wave['snapshots']}.json"


def pairs(rows: Iterable[Row]) -> list[dict[str, str]]:
    """Devices as ``nxai_pipeline`` takes them."""
    return [{"site": row["site"], "device": row["device"]} for row in rows]


class Rollout:
    """A state with the rules of this run. ``now`` is seconds since 1970."""

    def __init__(self, state: State, rules: Rules, now: float) -> None:
        self.state = state
        self.rules = rules
        self.now = now

    @classmethod
    def new(
        cls, name: str, declaration: Row, waves: Sequence[Row], left_out: Sequence[Row], rules: Rules, now: float
    ) -> Rollout:
        """``waves`` and ``left_out``: as the filters give them, the latter with the reason as ``unavailable``."""
        if left_out and rules.unavailable == "fail":
            some = shortened([f"{row['name'] or row['device']} ({row['unavailable']})" for row in left_out], most=5)
            advice = "Set pipeline_rollout_unavailable to skip or queue, or choose other hosts."
            raise BadInput("Plan the rollout", f"these devices cannot take pipelines now: {some}", advice)
        if not any(wave["devices"] for wave in waves) and not left_out:
            advice = "Give an inventory of nxai.cloud.nxai_devices with -i, and check pipeline_rollout_hosts."
            raise BadInput("Plan the rollout", "no host of the inventory is a device", advice)
        state: State = {"format": FORMAT, "name": name, "declaration": dict(declaration), "revision": 0, "run": ""}
        state |= {"status": "running", "message": "", "started_at": now, "updated_at": now}
        state |= {"passed": [], "rollback": None, "waves": []}
        state["aside"] = [_row(row, ASIDE[rules.unavailable], row["unavailable"]) for row in left_out]
        made = cls(state, rules, now)
        for wave in waves:
            made._add_wave(wave["name"], wave["devices"])
        return made

    # What is there to do

    def wave(self, number: int) -> State:
        found: State = self.state["waves"][number - 1]
        return found

    def open(self, declaration: Row) -> None:
        """Go on with a state of an earlier run: check that it is the same rollout, and give the queue its wave."""
        tried = f"Go on with the rollout {self.state['name']}"
        differing = sorted(name for name, value in declaration.items() if self.state["declaration"].get(name) != value)
        if differing:
            answer = f"it was started with another value of {', '.join(differing)}"
            raise BadInput(tried, answer, "Choose another pipeline_rollout_name, or give what it was started with.")
        if self.state["status"] == "rolled_back":
            raise BadInput(tried, "it was rolled back", "Choose another pipeline_rollout_name to start again.")
        if self.state["status"] == "paused":
            self.state["passed"].append(self.state["paused_before"])

    def take_queue(self, left_out: Sequence[Row]) -> bool:
        """A wave for the queued devices, once all others are done: those that the inventory knows nothing against."""
        if self.rules.unavailable != "queue" or self.unfinished():
            return False
        still = {key(row) for row in left_out}
        ready = [row for row in self.state["aside"] if row["status"] == "queued" and key(row) not in still]
        if not ready:
            return False
        gone = {key(row) for row in ready}
        self.state["aside"] = [row for row in self.state["aside"] if key(row) not in gone]
        self._add_wave("queue", ready)
        queue = {key(row): row for row in self.state["waves"][-1]["devices"]}
        for wave in self.state["waves"][:-1]:  # a device is in one wave, and a killed run may have written to it
            for row in wave["devices"]:
                if row["written"] and key(row) in queue:
                    queue[key(row)] |= {"written": 1, "snapshot_of": row.get("snapshot_of", wave["number"])}
            wave["devices"] = [row for row in wave["devices"] if key(row) not in gone]
        return True

    def unfinished(self) -> list[State]:
        return [wave for wave in self.state["waves"] if wave["status"] != "done"]

    def todo(self) -> list[State]:
        """The waves of this run, up to the next pause."""
        found = []
        for wave in self.unfinished():
            if self._pauses_before(wave):
                break
            found.append(wave)
        return found

    def pause(self) -> State | None:
        """The wave before which this run stops, if any."""
        return next((wave for wave in self.unfinished() if self._pauses_before(wave)), None)

    def _pauses_before(self, wave: State) -> bool:
        wanted = self.rules.pause_before_wave
        named = "all" in wanted or str(wave["number"]) in wanted
        return named and wave["status"] == "waiting" and wave["number"] not in self.state["passed"]

    # A wave

    def begin(self, number: int, planned: Sequence[Row], refused: Sequence[Row]) -> list[State]:
        """What the plan says of each device; gives those that are to be written to."""
        wave = self.wave(number)
        if wave["status"] == "rolled_back":
            for row in wave["devices"]:
                row |= {"status": "waiting", "reason": "", "written": 0}
        wave["attempt"] += 1
        wave["status"] = "writing"
        wave["reason"] = ""
        wave.setdefault("begun_at", self.now)
        reasons: dict[Key, list[str]] = {}
        for row in refused:
            reasons.setdefault(key(row), []).append(row["reason"])
        results = {key(row): row for row in planned}
        for row in wave["devices"]:
            if key(row) in reasons:
                row |= {"status": "refused", "reason": "; ".join(reasons[key(row)])}
                continue
            result = results.get(key(row), {"status": "failed", "reason": "nothing is known of it"})
            written = result["status"] == "planned"
            if written:
                row["written"] = row["written"] or wave["attempt"]  # said before it is done: a kill may come in between
            status = "applied" if result["status"] == "unchanged" and row["written"] else result["status"]
            row |= {"status": "waiting" if written else status, "reason": result["reason"]}
        return [row for row in wave["devices"] if row["status"] == "waiting"]

    def ask(self, proof: Row | None) -> None:
        """Keep which device is to prove what rows like its own mean: a kill may come before its answer is kept."""
        if proof and not proof["proved"]:
            self.state["proof"] = {name: proof[name] for name in ("site", "device", "shape")}

    def proved(self, number: int, proof: Row | None, results: Sequence[Row]) -> list[State]:
        """Keep what was proved, by this run or by one that was killed. Gives the snapshot of the device that did it."""
        asked = self.state.get("proof")
        if proof and proof["proved"]:
            asked = proof
        elif asked is None or not self._shows(number, asked, results):
            return []
        known = self.state.setdefault("no_pipelines", [])
        if asked["shape"] not in known:
            known.append(asked["shape"])
        self.state.pop("proof", None)
        return [
            {**{name: row[name] for name in ("site", "device", "name")}, "pipelines": []}
            for row in self.wave(number)["devices"]
            if key(row) == key(asked)
        ]

    def _shows(self, number: int, asked: Row, results: Sequence[Row]) -> bool:
        """Whether a device that was written to reports what was sent."""
        good = {key(row) for row in results if row["status"] in GOOD}
        written = {key(row) for row in self.wave(number)["devices"] if row["written"]}
        return key(asked) in good & written

    def written(self, number: int, results: Sequence[Row], refused: Sequence[Row]) -> None:
        """What the writing task says of each device. Without a result, it was refused as a whole."""
        wave = self.wave(number)
        found = {key(row): row for row in results}
        whole = {key(row): {"status": "refused", "reason": row["reason"]} for row in refused}
        for row in wave["devices"]:
            if row["status"] == "waiting":
                other = {"status": "not_sent", "reason": "other devices of the wave were refused"}
                result = found.get(key(row)) or whole.get(key(row)) or other
                row |= {"status": result["status"], "reason": result["reason"]}
                if row["status"] == "unchanged":
                    row["status"] = "applied"  # by an earlier attempt that had not arrived when the plan was made
                if row["status"] in NOT_WRITTEN and row["written"] == wave["attempt"] and "snapshot_of" not in row:
                    row["written"] = 0
        if results or "written_at" not in wave:
            wave["written_at"] = self.now
        wave["status"] = "written"
        self._put_aside(wave)

    def soak_left(self, number: int) -> float:
        """Seconds until the gates of a wave: its soak time counts from when it was written, over restarts."""
        written_at: float = self.wave(number)["written_at"]
        return max(0.0, written_at + self.rules.soak_of(number) - self.now)

    def good(self, number: int) -> list[State]:
        return [row for row in self.wave(number)["devices"] if row["status"] in GOOD]

    def look(self, number: int, reported: Sequence[Row], servers: Sequence[Row], running: Sequence[str]) -> None:
        """The built-in gates: each device reports its pipelines, and its server runs."""
        reports = {key(row): row for row in reported}
        stopped = {key(row): row["server"]["status"] for row in servers if row.get("server")}
        for row in self.good(number):
            report = reports.get(key(row)) or {"status": "failed", "reason": "nothing is known of it"}
            server = stopped.get(key(row))
            if report["status"] == "planned" and not _hides_only(report):
                row |= {"status": "gate", "reason": "it no longer reports what was sent"}
            elif report["status"] not in ("planned", "unchanged"):
                row |= {"status": "gate", "reason": report["reason"]}
            elif server and server.lower() not in running:
                row |= {"status": "gate", "reason": f"its server is {server}. {hint('words.running')}"}

    def name_failures(self, number: int, failures: Sequence[Row]) -> None:
        """Devices that the user's own gate found wanting. One that is not of the wave is an error, not to be missed."""
        named = {key(row): str(row.get("reason") or "named by the gate tasks") for row in failures}
        rows = {key(row): row for row in self.wave(number)["devices"]}
        for each, reason in named.items():
            if each not in rows:
                answer = f"{each[1]} at site {each[0]} is no device of wave {number}"
                advice = "Take the values of site and device from pipeline_rollout_wave.devices."
                raise BadInput("Read pipeline_rollout_gate_failures", answer, advice)
            if rows[each]["status"] in GOOD:
                rows[each] |= {"status": "gate", "reason": reason}

    def judge(self, number: int, final: bool, gate: str = "") -> str:
        """Why the wave failed, or an empty text; ``final``: it is done then. ``gate``: why the user's gate failed."""
        wave = self.wave(number)
        here, total = self.failures(wave), sum(map(self.failures, self.state["waves"]))
        devices = sum(len(each["devices"]) for each in self.state["waves"])
        allowed = limit(self.rules.max_failures_per_wave, len(wave["devices"]))
        allowed_in_all = limit(self.rules.max_failures, devices)
        if here > allowed:
            reason = f"{here} of {len(wave['devices'])} devices failed ({allowed} allowed){self._why(wave)}"
        elif total > allowed_in_all:
            reason = f"{total} of all {devices} devices failed ({allowed_in_all} allowed){self._why(wave)}"
        else:
            reason = gate and f"the gate tasks failed: {gate}"
        if reason:
            wave |= {"status": "failed", "reason": reason}
            self._breach(wave)
        elif final:
            wave |= {"status": "done", "done_at": self.now}
        return reason

    @staticmethod
    def failures(wave: State) -> int:
        return sum(row["status"] not in NOT_FAILED for row in wave["devices"])

    @staticmethod
    def _why(wave: State) -> str:
        reasons = Counter(row["reason"].rstrip(".") for row in wave["devices"] if row["status"] not in NOT_FAILED)
        return f": {reasons.most_common(1)[0][0]}" if reasons else ""

    def _put_aside(self, wave: State) -> None:
        if self.rules.unavailable == "fail":
            return
        status = ASIDE[self.rules.unavailable]
        kept = {key(row) for row in self.state["aside"]}
        for row in wave["devices"]:
            if row["status"] == "not_applicable":
                row["status"] = status
                if key(row) not in kept:
                    self.state["aside"].append(_row(row, status, row["reason"]))

    # Back

    def _breach(self, wave: State) -> None:
        self.state["status"] = "stopped"
        self.state["message"] = f"Stopped in wave {wave['number']} ({wave['name']}): {wave['reason']}."
        if self.rules.on_breach == "rollback_wave":
            self.roll_back(self.state["message"], wave["number"])
        elif self.rules.on_breach == "rollback_all":
            self.roll_back(self.state["message"])

    def roll_back(self, reason: str, number: int | None = None) -> None:
        """Decide to take back one wave, or all. From now on every run does this first, until all is back."""
        numbers = [number] if number else [wave["number"] for wave in self.state["waves"]]
        self.state["status"] = "rolling_back"
        self.state["message"] = reason
        self.state["rollback"] = {"waves": numbers, "all": number is None}

    def to_restore(self, snapshots: Mapping[int, Sequence[Row]]) -> list[Row]:
        """The entries of snapshots (by wave) of the devices that were, or may have been, written to."""
        entries = {(number, key(entry)): entry for number, snapshot in snapshots.items() for entry in snapshot}
        wanted = [
            (row.get("snapshot_of", number), key(row))
            for number in self.state["rollback"]["waves"]
            for row in self.wave(number)["devices"]
            if row["written"]
        ]
        return [entries[each] for each in wanted if each in entries]

    def restored(self, results: Sequence[Row]) -> int:
        """What the restoring task says; gives the number of devices that are not back yet."""
        found = {key(row): row for row in results}
        missing = 0
        for number in self.state["rollback"]["waves"]:
            wave = self.wave(number)
            left = 0
            for row in wave["devices"]:
                result = found.get(key(row))
                if row["written"] and result and result["status"] in GOOD:
                    row |= {"status": "rolled_back", "reason": row["reason"], "written": 0}
                elif row["written"]:
                    left += 1
                    reason = (result or {}).get("reason") or "what it had before is not known"
                    row |= {"status": "not_restored", "reason": reason}
            if not left and wave["status"] != "waiting":
                wave["status"] = "rolled_back"
                wave["snapshots"] += 1
            missing += left
        if not missing:
            self.state["status"] = "rolled_back" if self.state["rollback"]["all"] else "stopped"
            self.state["rollback"] = None
        return missing

    def _add_wave(self, name: str, devices: Sequence[Row]) -> None:
        wave = {"number": len(self.state["waves"]) + 1, "name": name, "status": "waiting", "reason": ""}
        wave |= {"attempt": 0, "snapshots": 1, "devices": [{**_row(row), "written": 0} for row in devices]}
        self.state["waves"].append(wave)


def _row(row: Row, status: str = "waiting", reason: str = "") -> dict[str, Any]:
    return {**{name: row[name] for name in ("site", "site_name", "device", "name")}, "status": status, "reason": reason}


def _hides_only(report: Row) -> bool:
    """Whether a device reports what was sent, but for settings that the service does not show."""
    before, after = report.get("before"), report.get("after")
    if not isinstance(before, list) or not isinstance(after, list) or len(before) != len(after):
        return False
    pairs = [(mapping(found), mapping(sent)) for found, sent in zip(before, after, strict=True)]
    return all(found.get(name) in (None, value) for found, sent in pairs for name, value in sent.items())
