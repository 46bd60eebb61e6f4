# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rollouts in every state, made of lines of a journal. With ``rollout_pages`` one sees how their pages look."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.ledger import Ledger
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.lines import groups, line_of

SENT = [{"modelUUID": "33333333-3333-4333-8333-333333333333", "modelNMS": 0.5}]
HAD = [{"modelUUID": "22222222-2222-4222-8222-222222222222", "modelNMS": 0.7}]
PLACES = (
    "Aisle 2",
    "Entrance",
    "Till 1",
    "Till 2",
    "Storage room",
    "Loading dock",
    "Yard",
    "Bakery",
    "Exit",
    "Car park",
)
TIMED_OUT = (
    "PUT https://api.sclbl.nxvms.com/dev/system/{}/devices/pipelines: HTTP 504 Gateway Timeout (4 tries). Nothing is "
    "known of what became of it; run the task again."
)
REASONS = (
    ("failed", TIMED_OUT),
    ("refused", "its server does not support pipelines"),
    ("gate", "its server is Offline. Another word for it is the line words.running of the contract"),
    ("pending", "it still reports what it had after 60 s"),
)
Sample = Callable[[float], Ledger]


class Made:
    """A rollout that goes on line by line. ``at`` of each line: minutes after its beginning."""

    def __init__(
        self, now: float, ago: float, shops: int, each: int = 10, waves: Sequence[Any] = (), **plan: Any
    ) -> None:
        self.ledger, self._begun, self._chance = Ledger(), now - ago * 60, random.Random(7)
        self.minute = 0.0
        cameras = shops * each
        self.sizes = [size for _name, size in waves] or [cameras]
        aside = plan.pop("aside", [])
        waves = list(waves) or [["100%", cameras - sum(number for _status, _reason, number in aside)]]
        usual: dict[str, Any] = {
            "given": {"pipelines": [{"model": "Person detector@7", "nms": 0.5}], "state": "exact", "swap": {}},
            "models": {"Person detector@7": "33333333-3333-4333-8333-333333333333"},
            "family": [], "hosts": "all", "limit": "", "divided": {}, "declaration": {},
            "sites": [[self._id(), f"Shop {number + 1:03d}"] for number in range(shops)],
            "cameras": [
                [number, self._id(), f"{PLACES[place % 10]}{'' if place < 10 else f' {place}'}", "h"]
                for place in range(each)
                for number in range(shops)
            ],
        }  # fmt: skip
        self.add("journal", format=1, rollout="person-detector-7", id="1")
        self.add("open", run="a", action="rollout")
        self.add("plan", **{**usual, **plan}, waves=waves, aside=aside)
        self.stand("running")

    def _id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def add(self, kind: str, **members: Any) -> Made:
        self.ledger.apply(line_of({"line": kind, "at": self._begun + self.minute * 60, **members}))
        return self

    def later(self, minutes: float) -> Made:
        self.minute += minutes
        return self

    def stand(self, status: str, message: str = "", **more: int) -> Made:
        return self.add("stand", status=status, message=message, **{"back": 0, "pause": 0, **more})

    def members(self, wave: int) -> list[int]:
        return [each.number for each in self.ledger.waves[wave - 1].cameras]

    def outcome(self, wave: int, cameras: Sequence[int], status: str, reason: str = "", **more: Any) -> Made:
        rows = [(each, status, reason.replace("{}", self._id()), status != "refused") for each in cameras]
        return self.add("outcome", **{"wave": wave, "action": "assign", "groups": groups(rows), **more})

    def begin(self, wave: int) -> Made:
        return self.add("wave", wave=wave, attempt=1)

    def write(self, wave: int, part: float = 1.0, failing: int = 0, status: str = "applied", causes: int = 4) -> Made:
        """``failing``: so many of them, at random, by ``causes`` causes."""
        every = self.members(wave)
        some = every[: int(len(every) * part)]
        self.add("write", wave=wave, action="assign", sent=SENT, had=[HAD], cameras=[some])
        bad = self._chance.sample(some, failing)
        self.outcome(wave, sorted(set(some) - set(bad)), status)
        for number, each in enumerate(sorted(bad)):
            self.outcome(wave, [each], *REASONS[number * number % causes])
        return self

    def judged(self, wave: int, verdict: str, reason: str = "", soak: float = 0.0) -> Made:
        return self.add("judged", wave=wave, verdict=verdict, reason=reason, soak=soak)

    def done(self, wave: int, failing: int = 0, minutes: float = 10.0, status: str = "applied") -> Made:
        self.begin(wave).later(2).write(wave, 1.0, failing, status).judged(wave, "written", soak=600)
        return self.later(minutes).judged(wave, "done")


WAVES = [["site_shop_001", 10], ["5%", 20], ["25%", 100], ["25%", 100], ["25%", 100], ["25%", 70]]
_BREACH = (
    "Stopped in wave 3 (25%): 9 of 100 cameras failed (2 allowed): its server does not support pipelines "
    "(Till 1 at Shop 004 and 2 more)."
)


def planned(now: float) -> Ledger:
    return Made(now, 0.5, 40, waves=WAVES).ledger


def running(now: float) -> Ledger:
    return Made(now, 33, 40, waves=WAVES).done(1).later(1).done(2, 1).later(1).begin(3).later(3).write(3, 0.4, 3).ledger


def soaking(now: float) -> Ledger:
    return (
        Made(now, 34, 40, waves=WAVES).later(2).begin(1).later(2).write(1, 1, 1).judged(1, "written", soak=3600).ledger
    )


def paused(now: float) -> Ledger:
    made = Made(now, 190, 40, waves=WAVES).done(1).later(1).done(2)
    return made.stand("paused", "Paused before wave 3 of 6 (25%).", pause=3).ledger


def _failed(now: float, status: str, **more: int) -> Made:
    aside = [["queued", "its site is off-line", 12], ["queued", "its server is stopped", 3]]
    waves = [*WAVES[:5], ["25%", 55]]
    made = (
        Made(now, 95, 40, waves=waves, aside=aside)
        .done(1)
        .later(1)
        .done(2, 1)
        .later(1)
        .begin(3)
        .later(3)
        .write(3, 1, 9)
    )
    made.judged(3, "failed", "9 of 100 cameras failed (2 allowed)")
    return made.stand(status, _BREACH, **more)


def stopped(now: float) -> Ledger:
    return _failed(now, "stopped").ledger


def rolling_back(now: float) -> Ledger:
    made = _failed(now, "rolling_back", back=3).later(67)
    some = [each.number for each in made.ledger.to_restore()]
    made.add("write", wave=3, action="restore", sent=HAD, had=[SENT], cameras=[some])
    made.outcome(3, some[:55], "rolled_back", action="restore")
    return made.outcome(3, some[55:57], "not_restored", TIMED_OUT, action="restore").ledger


def rolled_back(now: float) -> Ledger:
    made = _failed(now, "rolling_back", back=0).later(67)
    some = [each.number for each in made.ledger.to_restore()]
    made.add("write", wave=0, action="restore", sent=HAD, had=[SENT], cameras=[some])
    made.outcome(0, some[:-9], "rolled_back", action="restore")
    made.outcome(0, some[-9:], "rolled_back", "its server does not support pipelines", action="restore")
    for wave in (1, 2, 3):
        made.judged(wave, "rolled_back")
    return made.stand("rolled_back", _BREACH).ledger


def not_back(now: float) -> Ledger:
    made = Made(now, 95, 40, waves=WAVES).done(1).begin(2).later(3).write(2, 1, 9)
    made.judged(2, "failed", "9 of 20 cameras failed (0 allowed)").stand("rolling_back", _BREACH)
    some = [each.number for each in made.ledger.to_restore()]
    made.add("write", wave=0, action="restore", sent=HAD, had=[[{"modelUUID": "x"}]], cameras=[some])
    made.outcome(0, some[:20], "rolled_back", action="restore")
    made.outcome(0, some[20:], "not_restored", "its site could no longer be reached", action="restore")
    return made.stand("rolling_back", f"{_BREACH} Not all is back.").ledger


def finished(now: float) -> Ledger:
    made = Made(now, 2000, 40, waves=WAVES)
    for wave in range(1, 7):
        made.done(wave, 1 if wave == 4 else 0).later(1)
    return made.stand("finished", "All waves are done.").ledger


def killed(now: float) -> Ledger:
    return Made(now, 75, 40, waves=WAVES).done(1).later(1).done(2, 1).later(1).begin(3).later(3).write(3, 0.4, 3).ledger


def interrupted(now: float) -> Ledger:
    made = Made(now, 75, 40, waves=WAVES).done(1).later(1).begin(2).write(2, 0.5)
    what = (
        "GET https://api.sclbl.nxvms.com/dev/systems?limit=100: HTTP 401 Unauthorized (1 tries). The token has expired."
    )
    return made.stand("interrupted", what).ledger


def first_release(now: float) -> Ledger:
    given = {"pipelines": [], "state": "present", "swap": {"from": "Person detector@*", "to": "Person detector@7"}}
    made = Made(now, 20, 40, waves=[["25%", 100], ["100%", 300]], given=given)
    for wave in (1, 2):
        made.begin(wave).outcome(wave, made.members(wave), "unchanged").judged(wave, "written").judged(wave, "done")
    what = "All waves are done. No camera runs another release of this model: nothing was assigned."
    return made.stand("finished", what).ledger


def many(now: float) -> Ledger:
    """2,000 shops with 25 cameras each, in waves of 500."""
    waves = [["site_shop_001", 25], *[["500", 500]] * 99, ["500", 475 - 200]]
    aside = [["queued", "its site is off-line", 200]]
    made = Made(now, 300, 2000, 25, waves, aside=aside)
    for wave in range(1, 41):
        made.done(wave, 0 if wave % 4 else 6, 5)
    return made.begin(41).later(2).write(41, 0.4, 9).ledger


def all_failed(now: float) -> Ledger:
    """The largest page: all of 2,000 shops failed, each camera by a long reason of its own."""
    made = Made(now, 5, 2000, 5).begin(1)
    rows = [(each, "failed", f"{each} {'broken beyond words ' * 40}", False) for each in made.members(1)]
    return made.add("outcome", wave=1, action="assign", groups=groups(rows)).ledger


def one_shop(now: float) -> Ledger:
    given = {
        "pipelines": [
            {"model": "Person detector@7", "nms": 0.5, "resizing_method": "letterbox", "postprocessor": "count"},
            {"model": "Number plates@2", "chains": [{"model": "Characters@1", "nms": 0.3}]},
        ],
        "state": "present", "swap": {},
    }  # fmt: skip
    return Made(now, 30, 1, 3, given=given).done(1).stand("finished", "All waves are done.").ledger


def hostile(now: float) -> Ledger:
    return named(now, "</script><script>alert(1)</script><img src=x onerror=alert(2)>" + "W" * 300)


def named(now: float, text: str) -> Ledger:
    """Whatever others can name is called this."""
    given = {"pipelines": [{"model": text, "postprocessor": text, "extra": {text: text}}], "state": "exact", "swap": {}}
    sites = [[text, text], [f"{text}2", text]]
    cameras = [[number % 2, f"{text}{number}", text, text] for number in range(10)]
    aside = [["queued", text, 1]]
    made = Made(now, 9, 2, 5, [[text, 9]], aside=aside, given=given, models={text: text}, sites=sites, cameras=cameras)
    made.begin(1).write(1, 0.5).outcome(1, [6, 7], "gate", text).judged(1, "failed", text)
    return made.add("give_up", cameras=[2]).stand("stopped", text).ledger


SAMPLES: dict[str, Sample] = {
    each.__name__: each
    for each in (
        planned, running, soaking, paused, stopped, rolling_back, not_back, rolled_back, finished, killed, interrupted,
        first_release, many, all_failed, one_shop, hostile,
    )
}  # fmt: skip
