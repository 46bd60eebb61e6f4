# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people read of a rollout, and numbers for programs, made of the ledger alone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .._core.wording import counted, printable
from .ledger import Camera, Ledger, Wave
from .page import words
from .page.words import cause_of

# What a status of a camera counts as, in the order of the bars.
KINDS = tuple(words.KINDS)
_KIND_OF = {
    "applied": "done", "unchanged": "unchanged", "rolled_back": "back", "waiting": "waiting",
    **dict.fromkeys(("queued", "skipped", "excluded", "overtaken", "let_go"), "aside"),
}  # fmt: skip
_HOW_TO_GO_ON = {
    "running": "If the playbook no longer runs, run the same command again: it goes on where it was.",
    "interrupted": "Run the same command again: it goes on where it was.",
    "paused": (
        "Run the same command again to go on. A workflow needs another job for that: if this is the last one, the "
        "other cameras stay as they are."
    ),
    "stopped": (
        "Correct what is listed below and run the same command again, which tries this wave again. "
        "Or take everything back: the same command with -e pipeline_rollout_action=rollback."
    ),
    "rolling_back": (
        "If the playbook no longer runs, run the same command again: it goes on taking back. Cameras that can never be "
        "taken back are let go with -e pipeline_rollout_give_up=NAME."
    ),
    "rolled_back": "Choose another pipeline_rollout_name to start again.",
    "finished": "",
}
MOST_FAILED = 20  # cameras and causes that a summary names: a log is no place for a thousand
_MOST_REASON = 300
_QUIET = 600.0  # seconds after which a run that is at work has written something, as a rule
_FAILED = "This rollout does not try the cameras that failed again. To do so, choose another pipeline_rollout_name."
_QUEUE = "Run the same command again when the queued cameras are back."


def as_report(ledger: Ledger) -> dict[str, Any]:
    """The contents of ``rollout-report.json``. Times are ISO 8601, UTC."""
    cameras, plan = ledger.cameras, ledger.plan
    kinds = {each.number: kind_of(each) for each in cameras}
    failed = [each for each in cameras if (kind := kinds[each.number]) == "failed" or (kind == "back" and each.reason)]
    aside = [each for each in cameras if kinds[each.number] == "aside"]
    left = [_QUEUE] if any(each.shown == "queued" for each in aside) else []
    left += [_FAILED] if any(kinds[each.number] == "failed" for each in failed) else []
    next_step = _HOW_TO_GO_ON[ledger.status] or " ".join(left) or "Nothing is left to do."
    return {
        "name": ledger.rollout,
        "status": ledger.status,
        "phase": phase_of(ledger),
        "wave": _wave_at_hand(ledger),
        "message": ledger.message,
        "how_to_go_on": next_step,
        "started_at": iso(ledger.started_at),
        "updated_at": iso(ledger.at),
        "at_work": ledger.at_work,
        "overdue_at": iso(_overdue(ledger)),
        "declaration": plan.given if plan else {},
        "models": plan.models if plan else {},
        "totals": totals(cameras, kinds),
        "waves": [_wave(each, kinds) for each in ledger.waves],
        "sites": _sites(cameras, kinds),
        "failures": [{"wave": each.wave, **as_row(each)} for each in failed],
        "causes": causes(failed),
        **{
            status: [as_row(each) for each in aside if each.shown == status]
            for status in ("queued", "skipped", "excluded", "overtaken", "let_go")
        },
        "overwritten": [{**as_row(each), "lines": list(each.foreign)} for each in cameras if each.foreign],
        "not_back": [as_row(each) for each in cameras if each.back and each.status in ("not_restored", "no_way_back")],
        "on_the_way": sum(each.on_its_way for each in cameras),
    }


def phase_of(ledger: Ledger) -> str:
    """The status, in more words while it is running."""
    if ledger.status != "running":
        return ledger.status
    soaks = any(each.status == "written" and each.soak > 0 for each in ledger.waves)
    return "soaking" if soaks else "running" if any(each.attempt for each in ledger.waves) else "planned"


def _wave_at_hand(ledger: Ledger) -> int | None:
    """The number of the wave that all is about now; None: of all, or of none."""
    if ledger.status == "paused":
        return ledger.pause or None
    if ledger.status == "rolling_back":
        return ledger.back or None
    begun = [each.number for each in ledger.waves if each.status in ("writing", "written", "failed", "rolled_back")]
    return begun[-1] if begun and ledger.status in ("running", "stopped", "interrupted") else None


def _overdue(ledger: Ledger) -> float | None:
    """When a run that is at work should have written something. None: no run should be at work."""
    if not ledger.at_work:
        return None
    soaks = [(each.written_at or 0.0) + each.soak for each in ledger.waves if each.status == "written"]
    return max(ledger.at, *soaks) + _QUIET if soaks else ledger.at + _QUIET


def summary(report: Mapping[str, Any]) -> dict[str, Any]:
    """The part of it that fits into a line of a log."""
    kept = ("name", "status", "message", "how_to_go_on", "totals")
    waves = [{name: wave[name] for name in ("number", "name", "status", "totals")} for wave in report["waves"]]
    return {**{name: report[name] for name in kept}, "waves": waves}


def failures_in_short(report: Mapping[str, Any]) -> dict[str, Any]:
    """What outlives the folder of a job: the totals of the failures by cause, and the first cameras."""
    rows = [{name: each[name] for name in _ROW} for each in report["failures"][:MOST_FAILED]]
    found = [{name: each[name] for name in ("cause", "status", "devices")} for each in report["causes"][:MOST_FAILED]]
    for each in (*rows, *found):
        each.update({name: each[name][:_MOST_REASON] for name in ("reason", "cause") if name in each})
    return {"failed": rows, "causes": found}


def failed_lines(stand: Mapping[str, Any]) -> list[str]:
    """The same for people."""
    lines = [f"Failed: {counted(each['devices'], 'camera')}: {_said(each, 'cause')}" for each in stand["causes"]]
    for each in stand["failed"]:
        where = printable(each["site_name"] or each["site"])
        lines.append(f"Failed: {printable(each['name'] or each['device'])} at {where}: {_said(each, 'reason')}")
    more = sum(each["devices"] for each in stand["causes"]) - len(stand["failed"])
    return [*lines, f"And {counted(more, 'camera')} more, see the report."] if more > 0 else lines


def _said(row: Mapping[str, Any], name: str) -> str:
    return printable(row[name]) or str(row["status"]).replace("_", " ")


def lines_of(stand: Mapping[str, Any]) -> list[str]:
    """Where the rollout stands, for the log of a run."""
    said = [f"{stand['name']}: {stand['status'].replace('_', ' ')}.", stand["message"], stand["how_to_go_on"]]
    lines = [" ".join(filter(None, said))]
    for wave in stand["waves"]:
        parts = [f"{number} {kind}" for kind, number in wave["totals"].items() if number and kind != "devices"]
        status = wave["status"].replace("_", " ")
        lines.append(
            f"wave {wave['number']} of {len(stand['waves'])} ({printable(wave['name'])}): {status}; {', '.join(parts)}"
        )
    return lines


def kind_of(camera: Camera) -> str:
    return _KIND_OF.get(camera.shown, "failed")


def totals(cameras: Sequence[Camera], kinds: Mapping[int, str]) -> dict[str, int]:
    """``kinds``: of each camera, by its number."""
    count = Counter(kinds[each.number] for each in cameras)
    return {"devices": len(cameras), **{kind: count[kind] for kind in KINDS}}


def causes(failed: Iterable[Camera]) -> list[dict[str, Any]]:
    """Failures by cause, the most frequent first: at night one wants to see one cause, not a hundred cameras."""
    found: dict[tuple[str, str], list[Camera]] = {}
    for each in failed:
        found.setdefault((each.status, cause_of(each.reason)), []).append(each)
    made = []
    for (status, cause), cameras in found.items():
        shops = Counter((each.site, each.site_name) for each in cameras)
        sites = [{"site": site, "name": name, "devices": number} for (site, name), number in shops.most_common()]
        made.append(
            {"cause": cause, "status": status, "devices": len(cameras), "sites": sites, "example": cameras[0].reason}
        )
    return sorted(made, key=lambda each: -each["devices"])


def _wave(wave: Wave, kinds: Mapping[int, str]) -> dict[str, Any]:
    ends = wave.written_at + wave.soak if wave.written_at is not None and wave.status == "written" else None
    return {
        "number": wave.number,
        "name": wave.name,
        "status": wave.status,
        "reason": wave.reason,
        "begun_at": iso(wave.begun_at),
        "written_at": iso(wave.written_at),
        "soak_ends_at": iso(ends),
        "done_at": iso(wave.done_at),
        "sites": len({each.site for each in wave.cameras}),
        "totals": totals(wave.cameras, kinds),
    }


def _sites(cameras: Iterable[Camera], kinds: Mapping[int, str]) -> list[dict[str, Any]]:
    """Those with failures first, then by name."""
    found: dict[str, list[Camera]] = {}
    for each in cameras:
        found.setdefault(each.key[0], []).append(each)
    sites = [
        {
            "site": rows[0].site,
            "name": rows[0].site_name,
            "next_wave": min(
                (each.wave for each in rows if each.wave and kinds[each.number] == "waiting"), default=None
            ),
            **totals(rows, kinds),
        }
        for rows in found.values()
    ]
    return sorted(sites, key=lambda site: (-site["failed"], site["name"], site["site"]))


_ROW = ("site", "site_name", "device", "name", "status", "reason")


def as_row(camera: Camera) -> dict[str, Any]:
    return {
        "site": camera.site,
        "site_name": camera.site_name,
        "device": camera.nxid,
        "name": camera.name,
        "status": camera.shown,
        "reason": camera.reason,
    }


def iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
