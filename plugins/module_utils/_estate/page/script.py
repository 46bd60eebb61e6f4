# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the page of the fleet does in a browser: it opens a site, searches and filters.

It asks for nothing, and makes text of whatever others have named, never markup.
"""

from __future__ import annotations

SCRIPT = """
(() => {
"use strict";
const doc = document, root = doc.documentElement, one = id => doc.getElementById(id);
const all = (chosen, from = doc) => [...from.querySelectorAll(chosen)];
root.classList.add("js");
const data = JSON.parse(one("fleet").textContent);
const sites = data.sites, tiles = sites.map(each => one(each.k));
const signs = ["\\u2715", "!", "\\u00b7"], letters = ["f", "a", "u"], MANY = 300;

const make = (tag, kind, ...inner) => {
  const made = doc.createElement(tag);
  if (kind) made.className = kind;
  made.append(...inner.filter(each => each !== null && each !== ""));
  return made;
};
const named = text => make("bdi", "", text);
const counted = (number, noun) => number.toLocaleString("en") + " " + noun + (number === 1 ? "" : "s");

// Times

const clock = new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit"});
const day = new Intl.DateTimeFormat("en-GB", {day: "numeric", month: "short", year: "numeric"});
const spoken = text => {
  const moment = new Date(text);
  return isNaN(moment) ? text : day.format(moment) + ", " + clock.format(moment);
};
const when = number => {
  const made = make("time", "", spoken(data.times[number]));
  made.dateTime = made.title = data.times[number];
  return made;
};
for (const each of all("time")) { each.title = each.textContent; each.textContent = spoken(each.dateTime); }
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
all(".zone").forEach(each => { each.textContent = zone ? " (" + zone + ")" : ""; });
const tick = () => all("[data-ago]").forEach(each => {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(each.dataset.ago)) / 60000));
  const hours = Math.floor(minutes / 60);
  each.textContent = minutes < 60 ? minutes + " min" : hours < 48 ? hours + " h" : Math.floor(hours / 24) + " days";
});
tick();
setInterval(tick, 30000);

// Search and filter

const chosen = {words: "", state: "", label: "", change: "", runs: "", problem: "", version: "", plugin: ""};
const search = one("search"), selects = all(".tools select"), changed = new Set(data.changes.flat());
const texts = [];
const textOf = number => {
  if (texts[number] === undefined) {
    const site = sites[number], parts = [site.n, ...site.x.flat(), ...site.s.map(each => each[0])];
    const runs = site.r.filter(each => each >= 0).map(each => data.labels[data.setups[each][0]] || "");
    for (const camera of site.c) parts.push(camera[0], camera[1]);
    texts[number] = parts.concat(runs).join("\\n").toLowerCase();
  }
  return texts[number];
};
const setupsOf = () => {
  if (chosen.runs) return new Set(data.choices[chosen.runs][1]);
  if (!chosen.label) return null;
  const numbers = data.setups.flatMap((each, number) => String(each[0]) === chosen.label ? [number] : []);
  return new Set(chosen.label === "unknown" ? [-1] : numbers);
};
const ofProblem = finding => String(data.findings[finding][0]) === chosen.problem;
const matches = () => {
  const words = chosen.words.trim().toLowerCase(), setups = setupsOf();
  const places = chosen.change ? new Set(data.changes[chosen.change]) : chosen.problem === "changed" ? changed : null;
  return (site, number) =>
    (!chosen.state || tiles[number].classList.contains(chosen.state)) &&
    (!places || places.has(number)) &&
    (!setups || site.r.some(each => setups.has(each))) &&
    (!chosen.problem || chosen.problem === "changed" || site.f.some(ofProblem)) &&
    (!chosen.version || site.v === chosen.version) &&
    (!chosen.plugin || site.s.some(each => each[2] === chosen.plugin)) &&
    (!words || textOf(number).includes(words));
};
const filter = () => {
  const fits = matches(), any = Object.values(chosen).some(Boolean);
  let shown = 0;
  sites.forEach((site, number) => { const fit = fits(site, number); tiles[number].hidden = !fit; shown += fit; });
  for (const group of all(".group")) {
    const inside = all(".t:not([hidden])", group).length;
    group.hidden = !inside;
    group.querySelector(".hits").textContent = any ? "\\u00b7 " + inside.toLocaleString("en") + " shown" : "";
  }
  for (const key of ["state", "label", "problem", "change"]) {
    all("button[data-" + key + "]").forEach(each =>
      each.setAttribute("aria-pressed", String(each.dataset[key] === chosen[key])));
  }
  for (const each of selects) each.value = chosen[each.id];
  if (search) {
    one("clear").hidden = !any;
    one("shown").textContent = any ? shown.toLocaleString("en") + " of " + counted(sites.length, "site") : "";
  }
};
const choose = (key, value) => {
  if (key === "label" || key === "runs") chosen.label = chosen.runs = "";
  chosen[key] = value;
  filter();
};
const clear = () => { for (const key in chosen) chosen[key] = ""; if (search) search.value = ""; filter(); };
if (search) search.addEventListener("input", () => choose("words", search.value));
for (const each of selects) each.addEventListener("change", () => choose(each.id, each.value));

// One site

const view = one("site"), overview = one("all"), title = doc.title;
let at = 0, opened = null, came = false;  // came: from the overview, so that the browser's way back leads there
const finding = number => {
  const [, rank, what, advice] = data.findings[number];
  return make("li", "", make("strong", letters[rank], signs[rank] + " " + what), " ", make("span", "soft", advice));
};
const facts = rows => make("dl", "", ...rows.map(([name, value]) =>
  make("div", "", make("dt", "", name), make("dd", "", named(value)))));
const runs = number => {
  const [label, pipelines] = data.setups[number];
  if (label < 0) return [make("div", "rel rn", "nothing")];
  return pipelines.map(([model, settings]) =>
    make("div", "", make("span", "rel r" + Math.min(label, 8), named(model)), make("small", "soft", named(settings))));
};
const since = camera => {
  const [from, after, seen, why] = camera.slice(5, 9), made = make("td", "");
  if (why !== null) {
    made.append(seen === null ? "not known" : make("span", "", "last seen ", when(seen)));
  } else {
    made.append(after === null ? "at least since " : "since ", when(from));
    if (after !== null) made.title = "It changed between " + spoken(data.times[after]) + " and then.";
  }
  return made;
};
const row = (camera, hit) => {
  const [name, id, , enabled, setup, , , , why, found = []] = camera;
  const what = make("td", "", make("div", "", named(name)), make("code", "", id === name ? "" : id));
  if (enabled === false) what.append(make("small", "soft", "switched off"));
  for (const each of found) {
    const [, rank, text] = data.findings[each];
    what.append(make("small", letters[rank], signs[rank] + " " + text));
  }
  const does = make("td", "");
  if (why !== null) does.append(make("div", "", "not known: ", data.whys[why]));
  if (why !== null && setup !== null) does.append(make("small", "soft", "When it was last seen it ran:"));
  if (setup !== null) does.append(...runs(setup));
  return make("tr", hit ? "hit" : "", what, does, since(camera));
};
const isHit = () => {
  const setups = setupsOf(), text = chosen.words.trim().toLowerCase();
  if (!setups && !text && !chosen.problem) return () => false;
  return camera => (!setups || setups.has(camera[8] === null || camera[8] === undefined ? camera[4] : -1)) &&
    (!text || (camera[0] + "\\n" + camera[1]).toLowerCase().includes(text)) &&
    (!chosen.problem || (camera[9] || []).some(ofProblem));
};
const table = cameras => {
  const hit = isHit(), body = make("tbody", "");
  const head = make("thead", "", make("tr", "", ...["Camera", "Runs", "Since"].map(each => make("th", "", each))));
  const made = make("div", "", make("table", "", head, body));
  const sorted = [...cameras.filter(hit), ...cameras.filter(each => !hit(each))];
  const more = make("button", ""), next = () => {
    body.append(...sorted.splice(0, MANY).map(each => row(each, hit(each))));
    more.textContent = "Show " + Math.min(MANY, sorted.length) + " of " + sorted.length.toLocaleString("en") + " more";
    more.hidden = !sorted.length;
  };
  more.type = "button";
  more.addEventListener("click", next);
  next();
  made.append(more);
  return made;
};
const server = ([name, status, , rows, found], cameras) => {
  const made = make("section", "card", make("h2", "", named(name)));
  made.append(facts([...(status ? [["Status", status]] : []), ...rows]));
  if (found.length) made.append(make("ul", "found", ...found.map(finding)));
  made.append(cameras.length ? table(cameras) : make("p", "soft", "No cameras are known here."));
  return made;
};
const open = number => {
  const site = sites[number], tile = tiles[number], standing = make("p", "", tile.querySelector(".st").cloneNode(true));
  const back = make("a", "back", "\\u2190 All sites"), heading = make("h1", "", named(site.n));
  back.href = "#";
  heading.tabIndex = -1;
  const head = make("header", "card", back, heading, standing, make("p", "", counted(site.c.length, "camera") +
    (site.s.length ? ", " + counted(site.s.length, "server") : "")), facts(site.x));
  if (site.a !== null) head.append(make("p", "soft", "Last seen by the cloud ", when(site.a)));
  if (site.w) head.append(make("p", "", "Its cameras could not be read: " + site.w));
  const kinds = new Map();
  for (const each of site.f) {
    const key = data.findings[each].slice(0, 3).join();
    kinds.set(key, [...(kinds.get(key) || []), each]);
  }
  const listed = [...kinds.values()].map(each => {
    const made = finding(each[0]);
    if (each.length > 1) made.firstChild.append(" (" + each.length + " times)");
    return made;
  });
  if (listed.length) head.append(make("ul", "found", ...listed));
  const servers = site.s.map((each, place) => server(each, site.c.filter(camera => camera[2] === place)));
  view.replaceChildren(head, ...servers);
  const others = site.c.filter(camera => camera[2] === null);
  if (others.length) {
    const words = site.w ? "Cameras as they were last seen" : "Cameras of a server that is not listed";
    view.append(make("section", "card", make("h2", "", words), table(others)));
  }
  if (opened === null) at = scrollY;
  opened = number;
  overview.classList.add("away");
  overview.inert = true;
  view.hidden = false;
  doc.title = site.n + ": " + title;
  scrollTo(0, 0);
  heading.focus({preventScroll: true});
};
const close = () => {
  if (opened === null) return;
  const link = tiles[opened].querySelector("a");
  opened = null;
  view.hidden = true;
  overview.classList.remove("away");
  overview.inert = false;
  view.replaceChildren();
  doc.title = title;
  scrollTo(0, at);
  link.focus({preventScroll: true});
};
const leave = () => { if (came) history.back(); else location.hash = ""; };
const follow = () => {
  const number = sites.findIndex(each => "#open-" + each.k === location.hash);
  if (number < 0) close(); else open(number);
};
addEventListener("hashchange", () => { came = opened === null; follow(); });

doc.addEventListener("click", event => {
  const button = event.target.closest("button"), back = event.target.closest(".back");
  if (back) { event.preventDefault(); leave(); }
  if (!button) return;
  if (button.id === "clear") { clear(); search.focus(); }
  for (const key of ["state", "label", "problem", "change"]) {
    if (!(key in button.dataset)) continue;
    const same = button.getAttribute("aria-pressed") === "true";
    choose(key, same ? "" : button.dataset[key]);
    if (!same && key !== "label" && key !== "state") one("tiles").scrollIntoView({block: "start"});
  }
});
doc.addEventListener("keydown", event => {
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "/" && !typing && opened === null && search) { event.preventDefault(); search.focus(); }
  if (event.key !== "Escape") return;
  if (opened !== null) leave(); else clear();
});
follow();

// Tiles that nobody has looked at yet, so that they are there when one scrolls. A few at a time, and none while one
// scrolls: the browser lays out all that are new in one frame.
const later = window.requestIdleCallback || (work => setTimeout(work, 50)), rest = all(".many .t");
let scrolled = 0;
const lay = () => {
  if (performance.now() - scrolled > 300) rest.splice(0, 24).forEach(each => each.classList.add("laid"));
  if (rest.length) setTimeout(() => later(lay), 30);
};
if (rest.length) {
  addEventListener("scroll", () => { scrolled = performance.now(); }, {passive: true});
  addEventListener("load", () => later(lay));
}
})();
"""
