# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept between two runs, and what becomes of a file that is none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.plugin_utils._events.snapshot import Snapshot
from ansible_collections.nxai.cloud.plugins.plugin_utils._events.state import Memory, StateFile


def opened(path: Path, account: str = "a") -> tuple[StateFile, Memory]:
    file = StateFile(str(path), None)
    return file, file.open(account)


def test_events_stay_until_they_were_handed_on_long_enough_ago() -> None:
    memory = Memory("a", origin="o")
    one, two = memory.add([{"kind": "x"}, {"kind": "y"}], "2026-11-28T00:00:00Z")
    assert (one["event_id"], two["event_id"]) == ("o-000001", "o-000002")
    memory.hand_on(one["event_id"], 10.0)
    assert not memory.forget(9.0)
    assert memory.forget(10.0)
    assert memory.waiting == [two]
    assert not memory.forget(1e9)


def test_after_a_restart_events_have_the_same_ids_and_new_ones_go_on_from_there(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "events.json"
    file, memory = opened(path)
    memory.add([{"kind": "x"}], "2026-11-28T00:00:00Z")
    memory.snapshot = Snapshot(sites={})
    file.write(memory)
    file.close()
    assert path.stat().st_mode & 0o777 == 0o600
    again = opened(path)[1]
    assert (again.waiting, again.snapshot) == (memory.waiting, memory.snapshot)
    assert again.add([{"kind": "y"}], "")[0]["event_id"] == f"{memory.origin}-000002"


def test_two_at_a_time_are_refused(tmp_path: Path) -> None:
    first, _memory = opened(tmp_path / "events.json")
    with pytest.raises(BadInput, match="another process is at work with it"):
        opened(tmp_path / "events.json")
    first.close()
    opened(tmp_path / "events.json")


def damaged(**members: object) -> str:
    return json.dumps({**json.loads(Memory("a").to_bytes()), **members})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "Expecting value"),
        ("[]", "not from this event source"),
        ('{"written_by": "me"}', "not from this event source"),
        (damaged(format=99), "of another version"),
        (damaged(sites=[["id"]]), "not what an event source writes"),
        (damaged(waiting=[7]), "not what an event source writes"),
        (damaged(setups=[[7]]), "not what an event source writes"),
        (damaged(number=None), "not what an event source writes"),
        (damaged(account="b"), "of another account"),
    ],
)
def test_a_file_that_is_none_is_left_as_it_is(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "events.json"
    path.write_text(content)
    with pytest.raises(BadInput, match=words):
        opened(path)
    assert path.read_text() == content


def test_a_link_and_what_others_can_write_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(Memory("a").to_bytes())
    os.symlink(tmp_path / "real.json", tmp_path / "link.json")
    with pytest.raises(BadInput, match="it is a link"):
        opened(tmp_path / "link.json")
    (tmp_path / "real.json").chmod(0o666)
    with pytest.raises(BadInput, match="everyone can write to"):
        opened(tmp_path / "real.json")
