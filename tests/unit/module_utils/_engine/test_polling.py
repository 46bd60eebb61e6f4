# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever polls does so on an injected clock: how often it looks, and how long it waits in between."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Catalogue, Device, Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import NxaiError, Refused, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._engine.polling import Deadline, look_until_gone
from ansible_collections.nxai.cloud.plugins.module_utils._engine.rivals import PATIENCE, Rivals
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.reconcile import AssignmentPlan, DeviceChange
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.writer import PipelineWriter

NOT_YET = Refused("PUT", "HTTP 422: No devices are applicable", status=422)
MODEL = "0b0e7f4c-1111-4222-8333-444455556666"


@pytest.fixture
def deadline(clock: Any) -> Any:
    return lambda seconds: Deadline(seconds, clock, clock.sleep)


def test_a_pause_ends_with_the_time(deadline: Any, clock: Any) -> None:
    end = deadline(12.0)
    for left in (12.0, 7.0, 2.0, 0.0, 0.0):
        assert end.left == left
        end.pause(5.0)
    clock.now += 1
    assert end.left == -1.0
    end.pause(5.0)
    deadline(5.0).pause(-1.0)
    assert clock.sleeps == [5.0, 5.0, 2.0, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(("looks", "sleeps"), [(1, []), (2, [1.0]), (5, [1.0, 2.0, 4.0, 8.0])])
def test_what_was_deleted_may_be_listed_a_little_longer(
    deadline: Any, clock: Any, looks: int, sleeps: list[float]
) -> None:
    shown = iter(["it"] * (looks - 1))
    assert look_until_gone(lambda: next(shown, None), deadline(60.0)) is None
    assert clock.sleeps == sleeps


def test_what_never_goes_is_returned_when_the_time_is_over(deadline: Any, clock: Any) -> None:
    assert look_until_gone(lambda: "it", deadline(12.0)) == "it"
    assert sum(clock.sleeps) == 12.0


class Api:
    """A site with one device. It refuses as often as it is told, and shows what was sent after so many looks."""

    devices_at_once = 0

    def __init__(self, refusals: int = 0, looks: int = 1) -> None:
        self.refusals = refusals
        self.looks = looks
        self.sent = 0

    def put_pipelines(self, *_arguments: Any) -> None:
        self.sent += 1
        if self.sent <= self.refusals:
            raise NOT_YET

    def says_not_applicable(self, error: NxaiError) -> bool:
        return error is NOT_YET

    def list_devices_without_rows(self, _site: str) -> list[Device]:
        self.looks -= 1
        return [device(running=self.looks <= 0)]


def device(running: bool) -> Device:
    return Device.from_api({"NxID": MODEL, "nxAI": {"Pipelines": [{"modelUUID": MODEL}] if running else []}})


def written(api: Api, deadline: Any, **options: Any) -> tuple[str, str]:
    """Send to the device and follow it; its status and the reason."""
    before, after = device(running=False), device(running=True)
    change = DeviceChange(Site.from_api({"UUID": "shop"}), before, before.assignment or (), after.assignment or ())
    usual = {"batch_size": 1, "concurrency": 1, "wait": True, "applicable_timeout": 0.0, "wait_interval": 5.0}
    writer = PipelineWriter(api, {**usual, "wait_timeout": 12.0, **options}, deadline)  # type: ignore[arg-type]
    writer.send(AssignmentPlan((change,)))
    writer.follow(AssignmentPlan((change,)))
    return writer.status[change.key]


@pytest.mark.parametrize(
    ("refusals", "looks", "options", "status", "sleeps", "sent"),
    [
        pytest.param(
            3, 1, {"applicable_timeout": 14.0}, "applied", [2.0, 4.0, 8.0, 5.0], 4, id="until it is applicable"
        ),
        pytest.param(
            99, 1, {"applicable_timeout": 13.9}, "not_applicable", [2.0, 4.0], 3, id="before the time is over"
        ),
        pytest.param(0, 3, {}, "applied", [5.0, 5.0, 2.0], 1, id="until it follows"),
        pytest.param(0, 99, {}, "pending", [5.0, 5.0, 2.0] * 2, 2, id="sent to once more and given up"),
        pytest.param(0, 1, {"wait_timeout": 0.0}, "applied", [0.0], 1, id="one look without time"),
    ],
)
def test_how_often_an_assignment_is_sent_and_a_device_looked_at(
    deadline: Any, clock: Any, refusals: int, looks: int, options: Any, status: str, sleeps: list[float], sent: int
) -> None:
    api = Api(refusals, looks)
    found, reason = written(api, deadline, **options)
    assert (found, clock.sleeps, api.sent) == (status, sleeps, sent)
    not_yet = f"{NOT_YET.answer}. That is read from words.not_applicable"
    reasons = {"applied": "", "not_applicable": not_yet, "pending": "within 12 s, nor when sent again"}
    assert reasons[status] in reason and bool(reason) == bool(reasons[status])


def kept(deadline: Any, made: str, *looks: list[str], there: bool = True) -> Catalogue | None:
    """What ``Rivals`` keep, where the listings hold these UUIDs, the last one from then on."""
    left = list(looks)

    def listing() -> list[Catalogue]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [Catalogue.from_api({"UUID": each, "Name": "New"}) for each in found]

    return Rivals(
        made,
        "catalogue New",
        "New",
        listing,
        lambda _uuid: None,
        lambda _other: True,
        lambda _uuid: there,
        deadline,
        lambda _text: None,
    ).kept()


def test_the_only_one_is_it_where_the_answer_names_none(deadline: Any, clock: Any) -> None:
    found = kept(deadline, "z", ["a"], there=False)
    assert found is not None and found.uuid == "a" and clock.sleeps == [1.0] * int(PATIENCE), "it may be listed late"
    with pytest.raises(Unexpected):
        kept(deadline, "z", ["a", "b"], there=False)


def test_another_run_gets_time_to_take_its_own_away(deadline: Any, clock: Any) -> None:
    found = kept(deadline, "a", ["a", "b"], ["a", "b"], ["a"])
    assert found is not None and found.uuid == "a" and clock.sleeps == [1.0, 1.0]


def test_two_that_stay_are_an_error(deadline: Any, clock: Any) -> None:
    with pytest.raises(Unexpected, match="this run a, the other b") as caught:
        kept(deadline, "a", ["a", "b"])
    assert clock.sleeps == [1.0] * int(PATIENCE) and caught.value.result == {"changed": True}


@pytest.mark.parametrize(("made", "named"), [("a", False), ("0", True)])
def test_one_that_is_not_listed_may_have_another_uuid(deadline: Any, made: str, named: bool) -> None:
    with pytest.raises(Unexpected) as caught:
        kept(deadline, made, ["a", "b"])
    assert ("fields.answer.created (client)" in caught.value.advice) is named


def test_a_row_that_the_call_for_one_does_not_show_is_no_other_one(deadline: Any) -> None:
    """As that of the job which converts a new model: one's own upload is not taken away for it."""
    listed = [Catalogue.from_api({"UUID": each, "Name": "New"}) for each in ("a", "b")]
    gone: list[str] = []
    said: list[str] = []
    found = Rivals(
        "b", "model New", "New", lambda: listed, gone.append, lambda _other: True, lambda uuid: uuid == "b", deadline,
        said.append,
    ).kept()  # fmt: skip
    assert found is not None and found.uuid == "b" and gone == [] and "a is listed with the name" in said[0]


def test_one_alone_waits_for_nobody(deadline: Any, clock: Any) -> None:
    found = kept(deadline, "a", ["a"])
    assert found is not None and found.uuid == "a" and clock.sleeps == []
