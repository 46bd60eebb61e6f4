# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis for people: one line for each problem, what to do below it, and then what is well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .._core.redaction import one_line
from .._core.wording import counted, visible
from .findings import EXAMPLES, Outcome, Problem
from .kinds import SEVERITIES

MOST_LINES = 40  # of the whole
_MOST_OF_A_NAME = 60
_MOST_OF_A_CAUSE = 160
_INDENT = " " * 9


def text_of(outcomes: Sequence[Outcome], problems: Sequence[Problem]) -> str:
    """At most ``MOST_LINES``: the advice stays on the line of its problem where there are too many of them."""
    told = [_lines(each) for each in problems]
    ends = [*_checks(outcomes, "unknown"), *_checks(outcomes, "ok")]
    if sum(map(len, told)) + len(ends) + 2 > MOST_LINES:
        told = [[". ".join(map(str.strip, lines))] for lines in told]
    kept = told[: MOST_LINES - len(ends) - 2]
    more = [f"{counted(len(told) - len(kept), 'more problem')} in the result."] if len(told) > len(kept) else []
    return "\n".join([_summary(problems), *(line for lines in kept for line in lines), *more, *ends])


def _summary(problems: Sequence[Problem]) -> str:
    numbers = [(sum(each.severity == name for each in problems), name) for name in SEVERITIES]
    return ", ".join(counted(number, name) for number, name in numbers if number) or "Nothing is wrong"


def _checks(outcomes: Sequence[Outcome], status: str) -> Iterator[str]:
    names = [each.check for each in outcomes if each.status == status]
    why = " (not all that this needs could be read)" if status == "unknown" else ""
    if names:
        yield f"{status.upper():9}{', '.join(names)}{why}"


def _lines(problem: Problem) -> list[str]:
    return [f"{problem.severity.upper():9}{sentence(problem)}", f"{_INDENT}{_shown(problem.advice, 10**6)}"]


def sentence(problem: Problem) -> str:
    """What is wrong, how often, where and why: in one line, with examples."""
    first = problem.found[0]
    if len(problem.found) == 1:
        return f"{_shown(first.where, 2 * _MOST_OF_A_NAME)}: {_shown(first.what, 2 * _MOST_OF_A_CAUSE)}"
    examples = [_shown(each, _MOST_OF_A_NAME) for each in problem.examples]
    more = f" and {len(problem.found) - EXAMPLES} more" if len(problem.found) > EXAMPLES else ""
    return f"{_scope(problem)}: {problem.what}{_causes(problem)} ({', '.join(examples)}{more})"


def _scope(problem: Problem) -> str:
    noun, number = problem.kind.noun, len(problem.found)
    at = f" at {counted(problem.sites, 'site')}" if problem.sites else ""
    if noun == "camera":
        return f"{counted(problem.cameras, noun)}{at}"
    if noun == "site":
        return counted(number, noun)
    users = f", {counted(problem.cameras, 'camera')}" if problem.cameras else ""
    return f"{_several(number, noun)}{users}{at}"


def _several(number: int, noun: str) -> str:
    first, _space, rest = noun.partition(" ")
    return f"{counted(number, first)} {rest}".rstrip()


def _causes(problem: Problem) -> str:
    if not problem.causes:
        return ""
    shown = [_shown(cause, _MOST_OF_A_CAUSE) for cause, _count in problem.causes[:EXAMPLES]]
    if len(problem.causes) == 1:
        return f": {shown[0]}"
    counts = [f"{cause} ({count})" for cause, (_cause, count) in zip(shown, problem.causes, strict=False)]
    more = f" and {len(problem.causes) - EXAMPLES} more" if len(problem.causes) > EXAMPLES else ""
    return f": {', '.join(counts)}{more}"


def _shown(text: str, most: int) -> str:
    line = visible(one_line(text))
    return line if len(line) <= most else f"{line[:most]}…"
