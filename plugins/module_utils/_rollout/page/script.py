# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the page of a rollout does in a browser: local times, how long ago, filters, and that it stays as one left it.

All of it is said without it, too. It asks for nothing, and makes markup of nothing.
"""

from __future__ import annotations

SCRIPT = """
(() => {
"use strict";
const doc = document, root = doc.documentElement, data = doc.body.dataset;
const all = (chosen, from = doc) => [...from.querySelectorAll(chosen)];
root.classList.add("js");

const place = "nxai " + data.key;
let kept = {};
try { kept = JSON.parse(sessionStorage.getItem(place)) || {}; } catch (error) { /* it is only not kept */ }
kept.open = kept.open || {};
const keep = () => { try { sessionStorage.setItem(place, JSON.stringify(kept)); } catch (error) { /* likewise */ } };

const clock = new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit"});
const day = new Intl.DateTimeFormat("en-GB", {weekday: "short", day: "numeric", month: "short"});
let before = {};
for (const each of all("time")) {
  // The day is said where it is another than today, and in one line only once.
  const moment = new Date(each.dateTime), its = day.format(moment), line = each.closest("small, p");
  const known = its === day.format(new Date()) || before.line === line && before.its === its;
  each.title = each.textContent;
  each.textContent = known ? clock.format(moment) : its + ", " + clock.format(moment);
  before = {line, its};
}
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
all(".zone").forEach(each => { each.textContent = zone ? " (" + zone + ")" : ""; });

const long = seconds => {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (minutes < 1) return "less than a minute";
  if (hours < 1) return minutes + " min";
  return hours < 48 ? hours + " h " + minutes % 60 + " min" : Math.floor(hours / 24) + " days";
};
const title = doc.title;
const tick = () => {
  const now = Date.now() / 1000, since = value => now - Date.parse(value) / 1000;
  all("[data-ago]").forEach(each => { each.textContent = long(Math.max(0, since(each.dataset.ago))); });
  all("[data-left]").forEach(each => {
    const left = -since(each.dataset.left);
    each.textContent = left > 0 ? long(left) + " left" : "over, its gates are next";
  });
  const late = Boolean(data.overdue) && since(data.overdue) > 0;
  if (late !== root.classList.contains("late")) root.classList.toggle("late", late);
  doc.title = late ? "\\u26a0 " + title : title;
};
tick();
setInterval(tick, 10000);

for (const each of all("details[data-k]")) {
  each.dataset.first = each.open ? "1" : "";
  if (each.dataset.k in kept.open) each.open = kept.open[each.dataset.k];
}
const tiles = all(".t"), groups = all(".group"), search = doc.getElementById("search");
const texts = tiles.map(each => each.textContent.toLowerCase());
const filter = () => {
  const wanted = kept.kind || "", words = (kept.words || "").trim().toLowerCase();
  let shown = 0;
  tiles.forEach((each, number) => {
    const other = wanted && !each.dataset.h.includes(wanted);
    each.hidden = Boolean(other || words && !texts[number].includes(words));
    shown += each.hidden ? 0 : 1;
  });
  for (const each of groups) {
    const inside = all(".t:not([hidden])", each).length;
    each.hidden = !inside;
    each.querySelector(".hits").textContent = wanted || words ? "\u00b7 " + inside + " shown" : "";
    const own = each.dataset.k in kept.open ? kept.open[each.dataset.k] : Boolean(each.dataset.first);
    each.open = wanted || words ? true : own;
  }
  all("[data-f]").forEach(each => each.setAttribute("aria-pressed", String(each.dataset.f === wanted)));
  const said = shown + " of " + tiles.length.toLocaleString("en") + " shown";
  doc.getElementById("shown").textContent = wanted || words ? said : "";
};
if (search) {
  search.value = kept.words || "";
  search.addEventListener("input", () => { kept.words = search.value; keep(); filter(); });
  filter();
}
const still = doc.getElementById("still");
const say = () => { still.textContent = kept.still ? "Reload by itself again" : "Stop reloading"; };
if (still) say();

doc.addEventListener("click", event => {
  const link = event.target.closest("a[href^='#']"), fold = event.target.closest("summary");
  const button = event.target.closest("button");
  if (fold && fold.parentNode.dataset.k) kept.open[fold.parentNode.dataset.k] = !fold.parentNode.open;
  if (button && "f" in button.dataset) { kept.kind = button.dataset.f; filter(); }
  if (button && button === still) { kept.still = !kept.still; say(); }
  if (link) {
    const tile = doc.getElementById(link.hash.slice(1));
    if (!tile) return;
    event.preventDefault();
    kept.kind = kept.words = search.value = "";
    for (let each = tile.querySelector("details") || tile; each; each = each.parentElement.closest("details")) {
      if (each.matches("details")) { each.open = true; kept.open[each.dataset.k] = true; }
    }
    filter();
    tile.scrollIntoView({block: "center"});
    (tile.querySelector("summary") || tile).focus({preventScroll: true});
  }
  keep();
});

if (kept.at) scrollTo(0, kept.at);
addEventListener("pagehide", () => { kept.at = scrollY; keep(); });
if (data.reload) {
  const again = () => {
    const busy = doc.activeElement === search && search.value || String(getSelection());
    if (kept.still || doc.hidden || busy) setTimeout(again, 3000); else location.reload();
  };
  setTimeout(again, data.reload * 1000);
}
})();
"""
