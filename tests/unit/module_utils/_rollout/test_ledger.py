# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lines come to: the way back of a camera above all."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._rollout.ledger import Camera, Ledger
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.lines import (
    Wrong,
    line_of,
    packed,
    unpacked,
)

SITE, MODEL, OTHER = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "123")
HAD, SENT = [{"modelUUID": OTHER, "modelNMS": 0.3}], [{"modelUUID": MODEL, "modelNMS": 0.5}]
FOREIGN = [{"modelUUID": OTHER, "modelNMS": 0.9}]


class Book:
    """Two cameras in two waves, and one in the queue."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.add("journal", format=1, rollout="r", id="1")
        self.add("open", run="a", action="rollout")
        plan: dict[str, Any] = {"declaration": {}, "given": {}, "models": {}, "family": [], "divided": {}}
        cameras = [[0, "{a}", "Door", "door"], [0, "{b}", "Till", "till"], [0, "{c}", "Yard", "yard"]]
        plan |= {"hosts": "all", "limit": "", "sites": [[SITE, "Shop"]], "cameras": cameras}
        self.add("plan", **plan, waves=[["1", 1], ["100%", 1]], aside=[["queued", "off-line", 1]])

    def add(self, kind: str, **members: Any) -> None:
        self.ledger.apply(line_of({"line": kind, "at": 1.0, **members}))

    def write(self, had: Any, action: str = "assign", sent: Any = None, camera: int = 0) -> None:
        made = sent if sent is not None else SENT if action == "assign" else HAD
        self.add("write", wave=1, action=action, sent=made, had=[had], cameras=[[camera]])

    def outcome(self, status: str, effect: bool, action: str = "assign", camera: int = 0) -> None:
        self.add("outcome", wave=1, action=action, groups=[[status, "", effect, [camera]]])

    @property
    def door(self) -> Camera:
        return self.ledger.cameras[0]

    def back(self) -> Any:
        return self.door.back.pipelines if self.door.back else "none"


@pytest.fixture
def book() -> Book:
    return Book()


def test_the_first_write_says_what_is_given_back(book: Book) -> None:
    book.write(HAD)
    assert book.back() == HAD and book.door.on_its_way
    book.outcome("applied", True)
    book.write(SENT)
    assert book.back() == HAD and not book.door.foreign


def test_a_write_that_certainly_had_no_effect_takes_back_only_its_own(book: Book) -> None:
    book.write(HAD)
    book.outcome("failed", False)
    assert book.back() == "none"
    book.write(HAD)
    book.outcome("pending", True)
    book.write(HAD)
    book.outcome("queued", False)
    assert book.back() == HAD, "that of the earlier one stays"


def test_after_a_kill_it_may_have_been_written(book: Book) -> None:
    book.write(HAD)
    book.add("open", run="b", action="rollout")
    book.outcome("failed", False)
    assert book.back() == HAD


def test_it_is_gone_when_the_camera_is_back_and_then_recorded_anew(book: Book) -> None:
    book.write(HAD)
    book.outcome("applied", True)
    book.write(SENT, "restore")
    book.outcome("not_restored", True, "restore")
    assert book.back() == HAD and not book.door.foreign
    book.write(SENT, "restore")
    book.outcome("rolled_back", True, "restore")
    assert book.back() == "none"
    book.write(FOREIGN)
    assert book.back() == FOREIGN and not book.door.foreign


def test_what_it_had_is_on_its_way_back_until_something_is_seen(book: Book) -> None:
    book.write(HAD)
    book.outcome("pending", True)
    assert not book.door.returning
    book.write(HAD, "restore")
    book.outcome("not_restored", True, "restore")
    assert book.door.returning
    book.write(SENT)
    assert not book.door.returning and book.door.on_its_way
    book.write(HAD, "restore")
    book.outcome("rolled_back", True, "restore")
    assert not book.door.returning and not book.door.on_its_way


def test_what_somebody_else_gave_it_is_named_where_it_is_written_over(book: Book) -> None:
    book.write(HAD)
    book.outcome("applied", True)
    book.write(FOREIGN, "restore")
    assert book.door.foreign == (book.ledger.lines,)


def test_what_somebody_else_gave_it_before_it_was_really_written_is_its_way_back(book: Book) -> None:
    book.write(HAD)
    book.outcome("pending", True)
    book.write(FOREIGN)
    assert book.back() == FOREIGN and not book.door.foreign
    book.write([*FOREIGN, *SENT])
    assert book.back() == FOREIGN and book.door.foreign, "it has what was sent, and something of somebody else"


def test_what_is_only_written_in_another_form_is_not_foreign(book: Book) -> None:
    book.write(HAD)
    book.write([{"modelUUID": MODEL.upper(), "modelNMS": "0.5"}], "restore")
    assert not book.door.foreign


def test_what_was_not_known_is_no_way_back_until_it_is_proved(book: Book) -> None:
    book.add("stand", status="rolling_back", message="", back=0, pause=0)
    book.write(None)
    assert book.back() is None and book.ledger.to_restore() == [] and [*book.ledger.owed()] == [book.door]
    book.add("proof", camera=0, shape="Name: text", proved=True)
    assert book.back() == [] and book.ledger.shapes == ["Name: text"]


def test_the_queue_gets_a_wave_and_a_way_back_does_not_depend_on_waves(book: Book) -> None:
    book.write(HAD)
    book.outcome("queued", True)
    book.add("queue", cameras=[0, 2])
    assert [[each.name for each in wave.cameras] for wave in book.ledger.waves] == [[], ["Till"], ["Door", "Yard"]]
    book.add("stand", status="rolling_back", message="", back=3, pause=0)
    assert book.ledger.to_restore() == [book.door]


def test_who_is_let_go_or_outside_is_not_written(book: Book) -> None:
    book.write(HAD)
    book.add("stand", status="rolling_back", message="", back=0, pause=0)
    book.add("scope", excluded=[0])
    assert book.ledger.to_restore() == [] and book.door.shown == "excluded" and not book.door.open
    book.add("scope", excluded=[])
    assert book.ledger.to_restore() == [book.door]
    book.add("give_up", cameras=[0])
    assert book.ledger.to_restore() == [] and not book.door.open and not book.door.failed


def test_a_wave_whose_cameras_come_back_into_the_scope_is_not_done(book: Book) -> None:
    book.add("scope", excluded=[0])
    assert [each.number for each in book.ledger.unfinished()] == [2]
    book.add("judged", wave=1, verdict="done", reason="", soak=0)
    book.add("scope", excluded=[])
    assert [each.number for each in book.ledger.unfinished()] == [1, 2]
    book.outcome("applied", True)
    assert [each.number for each in book.ledger.unfinished()] == [2]


def test_no_plan_comes_after_a_write(book: Book) -> None:
    plan = book.ledger.plan
    assert plan
    book.ledger.apply(plan)
    book.write(HAD)
    with pytest.raises(Wrong, match="after something was written"):
        book.ledger.apply(plan)


@pytest.mark.parametrize("numbers", [[], [3], [1, 2], [0, 1, 2, 3], [0, 2, 3, 4, 9, 10]])
def test_numbers_are_packed(numbers: list[int]) -> None:
    assert unpacked(packed(reversed(numbers)), 11) == numbers and len(packed(numbers)) <= len(numbers)
