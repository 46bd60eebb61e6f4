# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which problems came and which went between two reports. Pure.

A problem is new or gone only where both reports could look. What nobody could look at since is still remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .memory import Memory, ProblemThen


def blind_checks(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Of what the doctor found: the checks that could not look at all that they need."""
    unread = {each["check"] for each in found["findings"] if each["problem"] == "unread"}
    return tuple(sorted(unread | {each["check"] for each in found["checks"] if each["status"] == "unknown"}))


class Problems:
    """``before``: the last report, ``after``: this one."""

    def __init__(self, before: Memory, after: Memory) -> None:
        self._before = before
        self._after = after

    def kept(self) -> dict[str, ProblemThen]:
        """Those of before that may be there still."""
        return {key: each for key, each in self._missing() if not self._is_gone(each)}

    def changes(self) -> Iterator[str]:
        for key, each in self._after.problems.items():
            if key not in self._before.problems and self._is_new(each):
                yield f"new problem: {each.text}"
        yield from (f"no longer a problem: {each.text}" for _key, each in self._missing() if self._is_gone(each))

    def _missing(self) -> Iterator[tuple[str, ProblemThen]]:
        return ((key, each) for key, each in self._before.problems.items() if key not in self._after.problems)

    def _is_gone(self, problem: ProblemThen) -> bool:
        return self._could_look(self._after, problem) and all(map(self._is_seen, problem.sites))

    def _is_new(self, problem: ProblemThen) -> bool:
        were_seen = any(map(self._was_seen, problem.sites)) or not problem.sites
        return self._could_look(self._before, problem) and were_seen

    def _could_look(self, memory: Memory, problem: ProblemThen) -> bool:
        """Of a problem at sites each of them is judged; models are those of the account."""
        if problem.sites:
            return memory.has_models or not problem.check.startswith("models")
        return problem.check not in memory.blind and self._before.scope == self._after.scope

    def _is_seen(self, key: str) -> bool:
        """Read now, or certainly gone since the last report."""
        then, site = self._before.sites.get(key), self._after.sites.get(key)
        if site is not None and site.listed:
            return site.cameras_read and site.servers_read
        return then is not None and then.listed and self._before.scope == self._after.scope

    def _was_seen(self, key: str) -> bool:
        """Read then, or certainly new since."""
        then = self._before.sites.get(key)
        if then is None:
            return self._before.scope == self._after.scope
        return then.listed and then.cameras_read and then.servers_read
