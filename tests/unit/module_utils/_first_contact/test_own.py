# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What first contact takes for its own, and when that counts as gone."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Model
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._engine.polling import Deadline
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.own import Own

TOKEN = "a1b2c3d4"
OLD, NEW = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
THEIRS = {"UUID": OLD, "Name": "Theirs"}
OURS = {"UUID": NEW, "Name": f"nxai first contact {TOKEN}"}
FAILS = Unexpected("list", "no list", "")


class Service:
    """Each listing gives the next of these, and the last one for good."""

    def __init__(self, *listings: list[dict[str, str]] | Unexpected, single: dict[str, str] | None = None) -> None:
        self.listings = [*listings]
        self.single = single
        self.time = 0.0

    def listing(self) -> list[Model]:
        now = self.listings[0] if len(self.listings) == 1 else self.listings.pop(0)
        if isinstance(now, Unexpected):
            raise now
        return [Model.from_api(each) for each in now]

    def own(self, before: Iterable[str] = ()) -> Own[Model]:
        single = Model.from_api(self.single) if self.single else None
        return Own("model", TOKEN, self.listing, lambda _uuid: single, before)

    def deadline(self, seconds: float = 60.0) -> Deadline:
        def sleep(pause: float) -> None:
            self.time += pause

        return Deadline(seconds, lambda: self.time, sleep)


def test_what_was_there_before_is_not_its_own_even_under_its_name() -> None:
    own = Service([THEIRS], [{**OURS, "UUID": OLD}]).own()
    own.look_before()
    assert own.find(OLD) is None and own.made == {}


def test_each_look_before_adds_to_what_was_there() -> None:
    own = Service([THEIRS], [], [{**OURS, "UUID": OLD}]).own()
    own.look_before()
    assert own.find(OLD) is None


def test_what_is_new_without_the_word_is_of_somebody_else() -> None:
    assert Service([THEIRS]).own().find(OLD) is None


def test_the_word_counts_wherever_the_row_has_it_and_however_it_is_spelled() -> None:
    for row in ({"Name": f"NXAI-FIRST-{TOKEN.upper()}"}, {"attributes": {"Name": f"x {TOKEN}"}}):
        own = Service([{"UUID": NEW, **row}]).own()
        assert own.find(OLD) is not None and list(own.made) == [NEW]


def test_of_two_the_one_that_the_answer_named_is_found_and_both_are_its_own() -> None:
    other = {**OURS, "UUID": "00000000-1111-4111-8111-111111111111"}
    own = Service([other, OURS]).own()
    found = own.find(NEW)
    assert found is not None and found.uuid == NEW and {*own.made} == {NEW, other["UUID"]}


def test_what_the_call_for_one_alone_shows_is_its_own() -> None:
    own = Service([], single=OURS).own()
    assert own.shown_alone(NEW) is not None and own.made == {NEW: OURS["Name"]}
    assert Service([], single=THEIRS).own().shown_alone(OLD) is None


def test_one_look_does_not_prove_that_it_is_gone() -> None:
    service = Service([], [OURS])
    assert not service.own().is_gone(NEW, service.deadline())
    assert service.time >= 60


def test_it_is_gone_when_two_looks_agree_though_one_failed() -> None:
    service = Service([OURS], [], FAILS, [])
    assert service.own().is_gone(NEW, service.deadline())


def test_what_the_call_for_one_shows_is_not_gone() -> None:
    service = Service([], single=OURS)
    assert not service.own().is_gone(NEW, service.deadline(0))


def test_what_cannot_be_looked_for_is_not_gone() -> None:
    service = Service(FAILS)
    assert not service.own().is_gone(NEW, service.deadline(0))
    assert service.own().look_again() is FAILS
