# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first half of the page of a rollout: what it is, where it stands, and its waves. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ..._core.page.words import cameras, cut, folded, name, sites, when
from .words import KINDS, counts, said, segments, spoken, words_of

Data = Mapping[str, Any]
_MOST_WAVES = 8  # that are shown at once
_MOST_FOLDED_WAVES = 300
_MOST_MARKS = 40
_MOST_ASSIGNMENTS = 12
_PHASES = {
    "planned": ("○", "w"), "running": ("▶", "d"), "soaking": ("◷", "d"), "paused": ("‖", "a"), "stopped": ("✕", "f"),
    "interrupted": ("✕", "f"), "rolling_back": ("↩", "b"), "rolled_back": ("↩", "b"), "finished": ("✓", "d"),
}  # fmt: skip
_WAVES = {
    "waiting": ("to do", "w"), "writing": ("at work", "d"), "written": ("written", "d"), "done": ("done", "d"),
    "failed": ("failed", "f"), "rolled_back": ("rolled back", "b"),
}  # fmt: skip
_STATES = {
    "present": "added to what a camera has",
    "exact": "in place of all that a camera has",
    "absent": "taken away from what a camera has",
}


# Where it stands


def headline(report: Data) -> str:
    """The state in words, as text."""
    phase, number, waves = report["phase"], report["wave"], report["waves"]
    here = f"wave {number} of {len(waves)}" if number else ""
    if phase == "planned":
        return "Planned: nothing is written yet"
    if phase == "running" and number:
        return f"{'Writing' if waves[number - 1]['status'] == 'writing' else 'Looking at the gates of'} {here}"
    if phase == "rolling_back":
        if number:
            return f"Taking back wave {number}" if report["at_work"] else f"Not all of wave {number} is taken back"
        return "Taking everything back" if report["at_work"] else "Not everything is taken back"
    if phase == "finished":
        return _how_it_ended(report["totals"])
    words = {
        "soaking": "Soaking: ",
        "paused": "Paused before ",
        "stopped": "Stopped in ",
        "interrupted": "Interrupted in ",
    }
    return f"{words[phase]}{here}" if here and phase in words else phase.replace("_", " ").capitalize()


def _how_it_ended(totals: Data) -> str:
    if totals["failed"]:
        return f"Finished, but {cameras(totals['failed'])} failed"
    if totals["unchanged"] and totals["unchanged"] + totals["aside"] == totals["devices"]:
        return "Finished: nothing was assigned"
    return "Finished"


def sign_of(report: Data) -> tuple[str, str]:
    """A sign and the letter of its colour."""
    unchanged = report["phase"] == "finished" and headline(report) == "Finished: nothing was assigned"
    if report["phase"] == "finished" and report["totals"]["failed"]:
        return "!", "a"
    return ("=", "u") if unchanged else _PHASES[report["phase"]]


def standing(report: Data) -> str:
    sign, letter = sign_of(report)
    return (
        f'<section class="card"><h2 class="state {letter}" data-sign="{sign}">{_kept_together(headline(report))}</h2>'
        f"{_soak(report)}{_life(report)}{_next(report)}</section>"
    )


def _kept_together(text: str) -> str:
    """Which wave it is stays on one line."""
    return re.sub(r"wave \d+( of \d+)?", lambda found: found[0].replace(" ", "&nbsp;"), escape(text))


def _next(report: Data) -> str:
    message = said(report["message"], "message", "The message in full") if report["message"] else ""
    advice = _with_code(report["how_to_go_on"])
    if report["at_work"]:
        # Nobody has to do anything, and if the run was killed, the note about that says the same.
        hidden = " fresh" if not message and report["status"] == "running" else ""
        return f'<div class="next{hidden}">{message}<p class="soft">{advice}</p></div>'
    return f'<div class="next">{message}<p><strong>{advice}</strong></p></div>'


def _soak(report: Data) -> str:
    ends = [each["soak_ends_at"] for each in report["waves"] if each["soak_ends_at"]]
    if report["phase"] != "soaking" or not ends:
        return ""
    left = f' <span class="js-only">(<span data-left="{escape(ends[-1])}"></span>)</span>'
    return f"<p><strong>The soak ends {when(ends[-1])}</strong>{left}</p>"


def _life(report: Data) -> str:
    last = report["updated_at"]
    ago = f'<span class="js-only"><span data-ago="{escape(last)}"></span> ago ({when(last)})</span>'
    work = "a run is at work" if report["at_work"] else "no run is at work"
    line = (
        f'<p class="life"><span>Last sign of life: {ago}<span class="nojs">{when(last)}</span></span>'
        f'<span class="fresh">{work[0].upper()}{work[1:]}</span><span>Started {when(report["started_at"])}</span></p>'
    )
    if not report["overdue_at"]:
        return line
    # As the page was made, a run was at work. Whether it still is, only the reader's clock can tell.
    quiet = f'<span data-ago="{escape(last)}"></span>'
    return (
        f'{line}<p class="late-note" role="status"><strong>⚠ No sign of life for {quiet}.</strong>'
        " A run should be at work, and was probably killed. Nothing is lost: run the same command again.</p>"
        f'<p class="nojs soft">If this is still the last one after {when(report["overdue_at"])}, no run is at work.</p>'
    )


def _with_code(text: str) -> str:
    """With what is typed, such as the options of a command, shown as code."""
    return re.sub(r"-e \w+=\w+", r"<code>\g<0></code>", escape(text))


# What is rolled out


def what(report: Data) -> str:
    given = report["declaration"]
    parts = [_model(each) for each in given.get("pipelines") or []]
    parts += _assignments(given.get("assignments") or [])
    note = _STATES.get(str(given.get("state")), "")
    if given.get("swap"):
        swap = given["swap"]
        parts.append(
            f'<li><p class="model">{name(cut(_text(swap.get("to", "")), 120))}</p>'
            f"<p>in place of {name(cut(_text(swap.get('from', '')), 120))}, where a camera runs that</p></li>"
        )
        note = ""
    ids = "".join(
        f"<dt>{name(model)}</dt><dd><code>{escape(uuid)}</code></dd>" for model, uuid in report["models"].items()
    )
    return (
        f'<section class="card what"><h1><small>Rollout</small> {name(cut(report["name"], 200))}</h1>'
        f"<ul>{''.join(parts)}</ul>{f'<p class=soft>{escape(note)}</p>' if note else ''}"
        f"{folded('Ids of the models', f'<dl>{ids}</dl>', 'ids') if ids else ''}</section>"
    )


def _assignments(given: Sequence[Data]) -> list[str]:
    """The most frequent ones: there may be thousands."""
    parts = []
    for each in sorted(given, key=lambda each: -each["devices"])[:_MOST_ASSIGNMENTS]:
        models = cut(", ".join(_text(one.get("model", "")) for one in each["pipelines"]) or "nothing", 240)
        parts.append(f'<li><p class="model">{name(models)}</p><p>for {cameras(each["devices"])}</p></li>')
    more = len(given) - len(parts)
    return [*parts, f"<li><p>and {more} more</p></li>"] if more else parts


def _model(pipeline: Data) -> str:
    settings = "".join(
        f"<dt>{escape({'nms': 'NMS'}.get(each, each.replace('_', ' ')))}</dt><dd>{name(cut(_text(value), 160))}</dd>"
        for each, value in pipeline.items()
        if each != "model" and value not in (None, "", [], {})
    )
    shown = f"<dl>{settings}</dl>" if settings else "<p class=soft>with the settings of the model</p>"
    return f'<li><p class="model">{name(cut(_text(pipeline.get("model", "")), 120))}</p>{shown}</li>'


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# All cameras in one bar


def all_cameras(report: Data) -> str:
    """Wave by wave, with a mark at each; cameras of no wave come last. Each camera is in it once."""
    totals, waves = report["totals"], [each for each in report["waves"] if each["totals"]["devices"]]
    beside = {kind: totals[kind] - sum(each["totals"][kind] for each in waves) for kind in ("devices", *KINDS)}
    parts = _stretches(waves, report["wave"], len(waves) > _MOST_MARKS)
    parts += [("no wave", False, beside)] if beside["devices"] else []
    many = " many" if len(parts) > _MOST_MARKS else ""
    stretches = "".join(f'<span class="g{each["devices"]}">{segments(each)}</span>' for _mark, _now, each in parts)
    marks = "".join(
        f'<span class="{"now " if now else ""}g{each["devices"]}">{_mark(mark, each["devices"], totals["devices"])}'
        "</span>"
        for mark, now, each in parts
    )
    row = f'<div class="marks" aria-hidden="true">{marks}</div>' if not many and len(parts) > 1 else ""
    words = words_of(report)
    by_wave = f", in {len(waves)} waves" if len(waves) > 1 else ""
    return (
        f'<section class="card wide"><h2 class="all">{_in_short(report)}</h2>'
        f'<div class="bar{many}" role="img" aria-label="{escape(spoken(totals, words) + by_wave)}">{stretches}</div>'
        f"{row}"
        f'<p class="counts">{counts(totals, words)}</p>{_on_the_way(report["on_the_way"])}</section>'
    )


def _in_short(report: Data) -> str:
    totals = report["totals"]
    every = totals["devices"]
    if report["status"] in ("rolling_back", "rolled_back"):
        return f"{cameras(totals['back'])} rolled back, of {every:,} in all"
    if every and totals["unchanged"] == every:
        return f"All {cameras(every)} unchanged" if every != 1 else "1 camera, unchanged"
    unchanged = f", {totals['unchanged']:,} unchanged" if totals["unchanged"] else ""
    return f"{totals['done']:,} of {cameras(every)} done{unchanged}"


def _stretches(waves: Sequence[Data], now: int | None, together: bool) -> list[tuple[str, bool, Data]]:
    """Mark, whether it is the wave at hand, and numbers. ``together``: waves side by side that stand alike are one."""
    found: list[tuple[list[int], bool, str, Counter[str]]] = []
    for wave in waves:
        number, status = wave["number"], wave["status"]
        if together and found and found[-1][1:3] == (False, status) and number != now:
            found[-1][0].append(number)
            found[-1][3].update(wave["totals"])
        else:
            found.append(([number], number == now, status, Counter(wave["totals"])))
    return [
        (str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}", at_hand, totals)
        for numbers, at_hand, _status, totals in found
    ]


def _mark(mark: str, size: int, total: int) -> str:
    """What stands below a part of the bar, where it has room: on a phone, or at least on a desk."""
    room, needed = size * 100 / total, 4.0 if mark.isdigit() else 20.0
    if room >= needed:
        return f"<span>{mark}</span>"
    return f'<span class="desk">{mark}</span>' if room * 3 >= needed else ""


def _on_the_way(number: int) -> str:
    if not number:
        return ""
    return f'<p class="soft">On {cameras(number)}, what was sent last has not been seen yet.</p>'


# Waves


def waves(report: Data) -> str:
    """Where there are many, those that something is to be said of; the others are folded."""
    every = report["waves"]
    told = [each for each in every if each["status"] not in ("waiting", "done")]
    shown = every if len(every) <= _MOST_WAVES else told[-_MOST_WAVES:]
    rest = [each for each in every if not any(each is one for one in shown)]
    title = f"The other {len(rest):,} waves" if shown else f"All {len(rest):,} waves"
    listed = "".join(_wave(each, report) for each in rest[:_MOST_FOLDED_WAVES])
    if len(rest) > _MOST_FOLDED_WAVES:
        listed += f'<li class="wave">and {len(rest) - _MOST_FOLDED_WAVES:,} more: see the JSON report</li>'
    fold = folded(title, f'<ul class="waves">{listed}</ul>', "waves")
    rows = f'<ul class="waves">{"".join(_wave(each, report) for each in shown)}</ul>' if shown else ""
    return f'<section class="card wide"><h2>Waves</h2>{rows}{fold if rest else ""}</section>'


def _wave(wave: Data, report: Data) -> str:
    word, letter = _WAVES[wave["status"]]
    if wave["status"] == "writing":
        begun = "begun, and not done"
        late = f'<span class="fresh">{word}</span><span class="late-only">{begun}</span>'
        word, letter = (late, letter) if report["at_work"] else (begun, "a")
    if wave["soak_ends_at"]:
        word = "soaks until" if report["phase"] == "soaking" else "was to soak until"
        word = f"{word} {when(wave['soak_ends_at'])}"
    times = [("begun", wave["begun_at"]), ("written", wave["written_at"]), ("done", wave["done_at"])]
    line = " · ".join(f'<span class="whole">{label} {when(time)}</span>' for label, time in times if time)
    reason = said(wave["reason"], f"wave{wave['number']}") if wave["reason"] else ""
    size = f"{cameras(wave['totals']['devices'])} at {sites(wave['sites'])}"
    now = " now" if wave["number"] == report["wave"] else ""
    title = f"<strong>{wave['number']} · {name(cut(wave['name'], 80))}</strong>"
    if wave["status"] == "waiting" and wave["totals"]["waiting"] == wave["totals"]["devices"]:
        pill = f'<span class="pill w">{words_of(report)["waiting"]}</span>'
        return f'<li class="wave{now}"><div class="row"><span>{title} <small>{size}</small></span>{pill}</div></li>'
    return (
        f'<li class="wave{now}"><div class="row">{title}'
        f'<span class="pill {letter}">{word}</span></div>'
        f'<div class="mini" aria-hidden="true">{segments(wave["totals"])}</div>'
        f'<p class="counts"><small>{size}</small>{counts(wave["totals"], words_of(report))}</p>{reason}'
        f"{f'<small>{line}</small>' if line else ''}</li>"
    )
