# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several jobs have left of one rollout, added up."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.nxai.cloud.plugins.filter.rollout_sum import rollout_sum


def left(number: int, status: str = "finished", count: int = 8, **totals: int) -> dict[str, Any]:
    end = {"name": "detector", "status": status, "message": "", "totals": {"devices": 10, **(totals or {"done": 10})}}
    return {f"pipeline_rollout_summary_{number}_of_{count}": end}


def all_of(*each: dict[str, Any]) -> dict[str, Any]:
    return {name: end for part in each for name, end in part.items()}


def test_the_parts_that_are_all_finished_are_one_finished_rollout() -> None:
    whole = rollout_sum(all_of(*(left(number) for number in range(1, 9))))
    assert whole["status"] == "finished" and whole["name"] == "detector"
    assert whole["totals"] == {
        "devices": 80, "done": 80, "unchanged": 0, "failed": 0, "aside": 0, "back": 0, "waiting": 0,
    }  # fmt: skip
    assert whole["message"] == "8 parts: 8 finished."
    assert whole["lines"][0] == "part 1 of 8: finished, 10 cameras (10 done)."
    assert whole["lines"][8:] == ["all 8 parts: 80 cameras (80 done)"]


def test_a_part_that_stopped_is_named_and_counts() -> None:
    whole = rollout_sum(all_of(left(2, count=2), left(1, "rolled_back", 2, failed=4, back=6)))
    assert whole["status"] == "rolled_back" and whole["totals"]["failed"] == 4 and whole["totals"]["back"] == 6
    assert whole["message"] == "2 parts: 1 rolled back, 1 finished."
    assert whole["lines"][0] == "part 1 of 2: rolled back, 10 cameras (4 failed, 6 rolled back)."


def test_a_part_that_left_nothing_is_not_known_and_so_is_the_whole() -> None:
    whole = rollout_sum(all_of(left(1, "stopped", 3), left(3, count=3)))
    assert whole["status"] == "not known" and whole["message"] == "3 parts: 1 stopped, 1 not known, 1 finished."
    assert whole["lines"][1].startswith("part 2 of 3: not known. The job has left nothing")


def test_without_parts_it_is_what_the_last_job_left() -> None:
    end = {"name": "d", "status": "paused", "message": "Before wave 2.", "totals": {"devices": 3, "waiting": 3}}
    whole = rollout_sum({"pipeline_rollout_summary": end})
    assert whole["status"] == "paused"
    assert whole["lines"] == ["the rollout: paused, 3 cameras (3 to do). Before wave 2."]
    parts = all_of(left(1, count=1))
    assert rollout_sum({**parts, "pipeline_rollout_summary": end})["status"] == "finished"


@pytest.mark.parametrize("end", ["finished", None, [], {"status": 7}, {"status": "finished"[:0], "totals": "x"}])
def test_what_is_no_summary_is_not_known(end: Any) -> None:
    assert rollout_sum({"pipeline_rollout_summary": end})["status"] == "not known"
    assert rollout_sum({})["status"] == "not known"


def test_text_of_others_stays_on_one_line() -> None:
    end = {"status": "stopped", "message": "a\x1b[2J\nb", "totals": {"devices": True, "failed": "9" * 99}}
    [line] = rollout_sum({"pipeline_rollout_summary": end})["lines"]
    assert line.isprintable() and line.startswith("the rollout: stopped, 0 cameras. ")


def test_parts_of_different_numbers_are_refused_with_words() -> None:
    with pytest.raises(AnsibleFilterError, match="there are parts of 4 and parts of 8"):
        rollout_sum(all_of(left(1), left(1, count=4)))
    with pytest.raises(AnsibleFilterError, match="takes a dictionary"):
        rollout_sum([])  # type: ignore[arg-type]
