# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the page of a rollout looks: on a phone and a desk, by day and by night. It names no address."""

from __future__ import annotations

from ..._core.page.style import BASE

_OWN = """
.life{display:flex;flex-wrap:wrap;gap:.1rem .8rem;color:var(--soft)}
.late-note{display:none;background:var(--amber);color:var(--ambert);border:2px solid var(--ambline);border-radius:.5rem;
padding:.6rem .8rem;margin-top:.7rem}
.late .late-note{display:block}
.late .fresh,html:not(.late) .late-only{display:none}.late .life,.late .state::before{color:var(--ambert)}
.next{margin-top:.7rem;padding-top:.7rem;border-top:1px solid var(--line)}
.what dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .8rem;margin-top:.3rem}
.what dt{color:var(--soft)}.what li+li{margin-top:.7rem;padding-top:.7rem;border-top:1px solid var(--line)}
.model{font-size:1.2rem;font-weight:700}
.all{font-size:1.25rem;font-weight:700}
.bar.many{gap:0}.bar.many>span,.bar.many i{min-width:1px;border-radius:0}
i.d{background:var(--d)}i.u{background:var(--u)}i.a{background:var(--a)}i.b{background:var(--b)}
i.f{background:repeating-linear-gradient(45deg,var(--f) 0 5px,var(--card) 5px 7px)}
.mini i.f{background:var(--f)}
.bar i.w{box-shadow:inset 0 0 0 1px var(--u)}
.marks{display:flex;gap:3px;font-size:.78rem;color:var(--soft);margin-bottom:.5rem}
.marks>span{flex-basis:0;min-width:3px;overflow:hidden;white-space:nowrap;border-left:1px solid var(--u);
padding:.1rem 0 0}
.marks>span>span{padding-left:.2rem}.marks .desk{display:none}.marks .now{color:var(--text);font-weight:700}
.bar+.counts{margin-top:.5rem}
.whole{white-space:nowrap}.n{white-space:nowrap}.n::before{display:inline-block;min-width:1.1em;font-weight:700}
.n.d::before{content:"✓"}.n.u::before{content:"="}.n.f::before{content:"✕"}.n.a::before{content:"◇"}
.n.b::before{content:"↩"}.n.w::before{content:"○"}
.n.d{color:var(--d)}.n.u{color:var(--u)}.n.f{color:var(--f);font-weight:600}.n.a{color:var(--a)}.n.b{color:var(--b)}
.n.w{color:var(--wt)}
.chips{display:flex;flex-wrap:wrap;gap:.3rem}
.chips li{background:var(--ground);border:1px solid var(--line);
border-radius:1rem;padding:.05rem .6rem;font-size:.875rem}
.wave,.cause,.t{min-width:0}.wave .counts{font-size:.9rem}
.wave{display:grid;align-content:start;gap:.1rem .8rem;padding:.55rem 0;border-top:1px solid var(--line)}
.waves>li:first-child{border-top:0;padding-top:0}.waves{margin-bottom:.3rem}
.wave .mini{margin:.2rem 0}.wave.now{border-left:.3rem solid var(--link);padding-left:.7rem}
.pill{font-size:.8rem;font-weight:600;white-space:nowrap}
.pill .late-only{color:var(--ambert)}
.pill.f{color:var(--f)}.pill.d{color:var(--d)}.pill.b{color:var(--b)}.pill.w{color:var(--wt)}.pill.a{color:var(--a)}
.many .t{padding:.3rem .5rem;font-size:.82rem}
.t.f{border-left-color:var(--f)}.t.d{border-left-color:var(--d)}.t.u{border-left-color:var(--u)}
.t.a{border-left-color:var(--a)}.t.b{border-left-color:var(--b)}
.t>strong,.t summary strong{display:block;font-weight:600}.t summary{padding:0;list-style-position:outside}
.t .soft{font-size:inherit}
.t .counts{gap:0 .7rem}.t ul{margin:.1rem 0 .4rem .2rem}.t li{padding-left:.7rem;text-indent:-.7rem}
.t li::before{content:"· "}.t details[open]>p{margin-top:.4rem;color:var(--soft)}
.t details>summary{display:block}.t details>summary strong::after{content:" ▸";color:var(--soft);font-weight:400}
.t details[open]>summary strong::after{content:" ▾"}
.group{margin-bottom:.4rem}.group>summary{font-weight:600}
@media(min-width:62rem){.marks .desk{display:inline}
.wide .waves{display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));column-gap:2rem}
.wide .waves>li{border-top:0;padding-top:.55rem}}
@media(forced-colors:active){.bar i,.mini i{forced-color-adjust:none}}
@media print{body{background:#fff}.tools,footer button{display:none}}
"""
STYLE = BASE + _OWN
