# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the page of the fleet looks: on a phone, on a desk and on paper, by day and by night. It names no address."""

from __future__ import annotations

from ..._core.page.style import BASE

_OWN = """
:root{--r0:#2f6bd8;--r1:#c26a00;--r2:#0f8a83;--r3:#8a4fd0;--r4:#b8438a;--r5:#6f7d00;--r6:#8b5a3c;--r7:#1d3f8f;--r8:#5d6772;
--red:#fdecec;--grey:#e6eaee}
@media(prefers-color-scheme:dark){:root{--r0:#6ea0ff;--r1:#f0a24b;--r2:#41c4bb;--r3:#b993ff;--r4:#f08cc4;--r5:#b9c84a;
--r6:#cf9d7d;--r7:#a9c0ff;--r8:#9aa4af;--red:#3a1a1c;--grey:#22272c}}
.r0{--c:var(--r0)}.r1{--c:var(--r1)}.r2{--c:var(--r2)}.r3{--c:var(--r3)}.r4{--c:var(--r4)}.r5{--c:var(--r5)}
.r6{--c:var(--r6)}.r7{--c:var(--r7)}.r8{--c:var(--r8)}.rn,.q{--c:var(--w)}
i.r0,i.r1,i.r2,i.r3,i.r4,i.r5,i.r6,i.r7,i.r8{background:var(--c)}
i.r8{background:repeating-linear-gradient(45deg,var(--c) 0 4px,var(--card) 4px 6px)}
i.q{background:repeating-linear-gradient(45deg,var(--u) 0 2px,var(--grey) 2px 6px)}
i.rn{background:var(--card);box-shadow:inset 0 0 0 1px var(--u)}
.bar{border-radius:.3rem;overflow:hidden;gap:1px}
.f{color:var(--f)}.a{color:var(--a)}.w{color:var(--wt)}.d{color:var(--d)}.u{color:var(--u)}
h3>.f,h3>.a,h3>.w,h3>.d{font-weight:700}
.card.f,.card.a,.card.u,.state{color:var(--text)}.cause.f h3{color:var(--f)}.cause.a h3{color:var(--a)}
.cause.u{border-left-color:var(--u)}.cause{padding:.45rem 1rem}.cause h3{display:inline}
.cause>div{display:grid;gap:.35rem}
.cause button{justify-self:start}.cause ul{font-size:.875rem}
.rel::before{content:"";display:inline-block;width:.75em;height:.75em;margin-right:.4em;border-radius:.15em;
background:var(--c);vertical-align:-.02em}
.rel.q::before,.rel.rn::before{background:none;border:1px solid var(--u)}.rel.q::before{border-style:dashed}
.pick{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:.6rem}.pick li{min-width:0;max-width:100%}
.pick button{text-align:left;max-width:100%}
.pick button.f,.pick button.a,.pick button.w,.pick button.d{font-weight:600}
button[aria-pressed=true],.pick button[aria-pressed=true]{color:var(--card)}
.link{border:0;background:none;color:var(--link);text-decoration:underline;padding:0 .2rem;min-height:0}
.link[aria-pressed=true]{border-radius:.3rem}
/* Without script there is nothing to press. */
html:not(.js) .pick button{border:0;background:none;padding:0 .6rem 0 0;min-height:0;pointer-events:none}
html:not(.js) .t>a{pointer-events:none}
.changes li{padding:.1rem 0}
.tools label{font-size:.875rem;color:var(--soft);display:inline-flex;align-items:center;gap:.3rem;min-width:0}
select{font:inherit;font-size:.9rem;color:var(--text);background:var(--card);border:1px solid var(--u);
border-radius:.5rem;padding:.35rem .4rem;min-height:2.3rem;max-width:13rem;min-width:0}
@media(min-width:62rem){#all header{grid-template-columns:minmax(0,1fr) minmax(0,2fr)}}
.tiles .group{margin-top:1rem}.group h3{margin-bottom:.4rem}
.head{display:none}.print{display:none}
/* No list item: where one is hidden, the browser would count all those behind it anew. */
.t{display:block;padding:0;border-left-width:1px;position:relative}
.t>a{display:grid;gap:.1rem;padding:.45rem .6rem .5rem;color:inherit;text-decoration:none;border-radius:inherit;
height:100%;align-content:start}
.t>a:hover strong{text-decoration:underline}
.t.wrong{background:var(--red);border-color:var(--f);box-shadow:inset .25rem 0 0 var(--f)}
.t.gone{background:var(--grey);border-style:dashed;border-color:var(--u)}
.t.warned{box-shadow:inset .25rem 0 0 var(--a)}
.tiles .grid{align-items:stretch}
/* Of one height, so that what is not seen need not be laid out at first; the script does so when it has time. */
.many .t{font-size:.82rem;height:8.8rem;contain:strict;content-visibility:auto}
.many .t.laid{contain:size layout;content-visibility:visible}
/* Kept as it is laid out, for the way back. */
.away{content-visibility:hidden;height:0;overflow:hidden}
.many .t>a{display:flex;flex-direction:column}.many .t>a>*{flex:none}
.many .t strong,.many .st{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.many .t .runs{display:block;flex:1 1 0;min-height:0;overflow:hidden}
/* A line each, so that none is cut where it looks whole. */
.many .rel{display:block;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.many .t .mini{align-self:stretch}.many .new span{position:absolute;clip-path:inset(50%)}
.many .t.well .st{display:none}.many small{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.many .grid{grid-template-columns:repeat(auto-fill,minmax(min(100%,11.2rem),1fr))}
.t>a>*{min-width:0}
.t small{font-size:inherit;color:var(--soft)}.t.well .st{display:none}.st.f,.st.a{font-weight:600}
.new{color:var(--b)}
.runs{display:grid}.t .soft{font-size:inherit}
.t .mini{align-self:end}
#all main>*,#all header>*,#site>*{min-width:0}main,header{grid-template-columns:minmax(0,1fr)}
#site{gap:1rem}#site h1:focus{outline:0}#site h1{font-size:1.5rem;font-weight:700}#site header{display:block;margin:0}
#site .back{display:inline-block;padding:.35rem 0}
dl{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;margin:.3rem 0}dl>div{display:flex;gap:.4rem}
dt{color:var(--soft);white-space:nowrap}
table{border-collapse:collapse;width:100%;margin-top:.5rem;font-size:.92rem}
th{text-align:left;font-weight:600;color:var(--soft)}
th,td{padding:.35rem .8rem .35rem 0;border-top:1px solid var(--line);vertical-align:top}
thead th{border-top:0}td:last-child,th:last-child{padding-right:0}
tr.hit{background:var(--amber);color:var(--ambert)}tr.hit *{color:inherit}
tr.hit td:first-child{box-shadow:inset .25rem 0 0 var(--ambline);padding-left:.6rem}
td>div+div{margin-top:.2rem}td small{display:block}
td code{font-size:.78em;border:0;padding:0;background:none;color:var(--soft)}
.note{display:grid;gap:.1rem}.found>li{padding:.2rem 0}
@media(max-width:40rem){thead{display:none}tr,td{display:block}td{border:0;padding:.1rem 0}
tr{border-top:1px solid var(--line);padding:.45rem 0}tr.hit{padding-left:.6rem}
tr.hit td:first-child{padding-left:0;box-shadow:none}
.tools label{flex:1 1 44%;flex-direction:column;align-items:stretch;gap:.1rem}.tools select{max-width:100%}
.tools input{flex-basis:100%;max-width:100%}.many .grid{grid-template-columns:1fr 1fr}}
@media(forced-colors:active){.bar i,.mini i,.rel::before{forced-color-adjust:none}}
@media print{@page{margin:1.2cm}
:root{color-scheme:light;--text:#000;--soft:#333;--card:#fff;--ground:#fff;--line:#999;--red:#fff;--grey:#fff}
body{background:#fff;padding:0;font-size:10pt}
.tools,footer,.cause button,.link,.mini,.soft.hits,#site .back{display:none}
/* What to do is on paper, too: nobody can open it there. */
details::details-content{content-visibility:visible;display:block;height:auto}summary{list-style:none}
summary::-webkit-details-marker{display:none}tr{break-inside:avoid}
.card{border:0;padding:0;margin-bottom:.5rem}header{display:block}.bar{height:.5rem}
.tiles .grid{display:table;width:100%;border-collapse:collapse;table-layout:fixed}
.t,.t.wrong,.t.gone,.t.warned{border:0;border-radius:0;box-shadow:none}
.head,.t{display:table-row!important;break-inside:avoid}
.t[hidden]{display:none!important}
.t>a{display:contents}.head>span{font-weight:700}
.head>span,.t>a>*{display:table-cell;border-top:1px solid var(--line);padding:.15rem .6rem .15rem 0;vertical-align:top}
.t>a>.mini{display:none}.t.well .st{display:table-cell}.runs>span{display:block}
.many .t{height:auto;contain:none;content-visibility:visible}.many .t *{white-space:normal;overflow:visible}
.many .t>a{display:contents}.many .t strong,.many .t .st,.many .t .runs,.many .t small{display:table-cell}
.many .t.well .st{display:table-cell}.many .t .mini{display:none}.many .new span{position:static;clip-path:none}
.many .rel{white-space:normal}.print{display:inline}.pick button{border:0;padding:0;min-height:0;background:none}}
"""
STYLE = BASE + _OWN
