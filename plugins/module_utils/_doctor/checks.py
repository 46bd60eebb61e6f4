# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a connection and the estate behind it: each check is a pure function over what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .._engine.sites import SiteOffLine
from . import connection, models, places
from .findings import Finding, Outcome, Problem, problems_of
from .kinds import KINDS, SEVERITIES
from .seen import Seen
from .text import text_of


@dataclass(frozen=True)
class Check:
    """``part``: what it looks at, and reports where that could not be read; ``others``: parts that it needs, too.

    ``judged``: whether what was read is enough for a judgement.
    """

    look: Callable[[Seen], Iterator[Finding]]
    part: str | None = None
    others: tuple[str, ...] = ()
    judged: Callable[[Seen], bool] = lambda _seen: True


CHECKS = {
    "reachability": Check(connection.reachability),
    "tls": Check(connection.tls),
    "token": Check(connection.token, judged=connection.is_let_in),
    "act_as": Check(connection.act_as, judged=connection.is_let_in),
    "contract": Check(connection.contract, "contract"),
    "sites": Check(places.sites, "sites"),
    "servers": Check(places.servers, "servers"),
    "devices": Check(places.devices, "devices"),
    "models_ready": Check(models.ready, "models", ("devices",)),
    "models_catalogued": Check(models.catalogued, "models", ("catalogues", "devices")),
    "models_fit": Check(models.fitting, "models", ("servers", "devices")),
    "releases": Check(models.releases, "models", judged=models.all_releases_judged),
}
CONNECTION = ("reachability", "tls", "token", "act_as")  # what is wrong there is wrong for all parts


@dataclass(frozen=True)
class Diagnosis:
    """Findings and problems come worst first."""

    outcomes: list[Outcome]
    findings: list[Finding]
    problems: list[Problem]

    def as_result(self) -> dict[str, Any]:
        return {
            "checks": [asdict(each) for each in self.outcomes],
            "findings": [each.as_result() for each in self.findings],
            "problems": [each.as_result() for each in self.problems],
            "counts": {name: sum(each.level == name for each in self.findings) for name in SEVERITIES},
            "table": text_of(self.outcomes, self.problems),
        }


def diagnose(seen: Seen) -> dict[str, Any]:
    return diagnosis_of(seen).as_result()


def diagnosis_of(seen: Seen) -> Diagnosis:
    """The findings of all checks, and what became of each. What could not be read is a finding, too."""
    findings: list[Finding] = []
    outcomes = []
    for name, check in CHECKS.items():
        mine = list(check.look(seen))
        mine += _unread(seen, name, check.part, findings)
        severities = {each.level for each in mine}
        known = check.judged(seen) and not any(_is_unread(seen, part) for part in (check.part, *check.others))
        status = next((each for each in ("error", "warning") if each in severities), "ok" if known else "unknown")
        outcomes.append(Outcome(name, status, len(mine)))
        findings += mine
    findings.sort(key=lambda each: SEVERITIES.index(each.level))
    return Diagnosis(outcomes, findings, problems_of(findings))


def _unread(seen: Seen, check: str, part: str | None, findings: list[Finding]) -> Iterator[Finding]:
    """What could not be read, where no finding says so already: of this site, or of the whole connection."""
    told = {(each.where, each.what) for each in findings}
    explained = {each.what for each in findings if each.found_by in CONNECTION}
    sites = {id(error): site for name, site, error in seen.unread if name == part}
    for error in seen.errors.get(part or "", ()):
        site = sites.get(id(error))
        where = site.label if site else error.tried
        if error.answer in explained or (where, error.answer) in told or isinstance(error, SiteOffLine):
            continue
        apart = f"{type(error).__name__} {error.status}"
        yield Finding(
            KINDS["unread"], where, error.answer, error.advice, error.answer, site=site, check=check, apart=apart
        )


def _is_unread(seen: Seen, part: str | None) -> bool:
    return not all(isinstance(error, SiteOffLine) for error in seen.errors.get(part or "", ()))
