# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How every page looks: its colours by day and by night, its letters, cards and tools. It names no address."""

from __future__ import annotations

BASE = """
:root{color-scheme:light dark;--text:#14181d;--soft:#525d68;--ground:#f3f5f7;--card:#fff;--line:#d5dbe1;--link:#1d5fb8;
--d:#1a7a48;--u:#66707b;--f:#bd2424;--a:#8a5600;--b:#5546c9;--w:#dce2e8;--wt:#525d68;--amber:#fff1cf;--ambert:#5a3900;
--ambline:#d99a1c}
@media(prefers-color-scheme:dark){:root{--text:#e9ecef;--soft:#a5afba;--ground:#0f1215;--card:#181c20;--line:#2e353c;
--link:#86b7ff;--d:#47bd85;--u:#8d98a4;--f:#ff7d79;--a:#e3a740;--b:#a9a2ff;--w:#343c45;--wt:#a5afba;--amber:#39290a;
--ambert:#ffd98f;--ambline:#b47c12}}
*{box-sizing:border-box}[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;padding:1rem 1rem 3rem;background:var(--ground);color:var(--text);overflow-wrap:anywhere;
font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1,h2,h3,p,ul,dl,dd,figure,pre{margin:0;padding:0}ul{list-style:none}
h1{font-size:1.05rem;font-weight:600}h1 small{font-weight:400}h2{font-size:1.1rem;margin:0 0 .6rem}h3{font-size:1rem}
a{color:var(--link)}small,.soft{color:var(--soft);font-size:.875rem}
code,pre{font:.85em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{display:inline-block;max-width:100%;
background:var(--ground);border:1px solid var(--line);border-radius:.3rem;padding:.05rem .3rem}
pre{white-space:pre-wrap;background:var(--ground);border-radius:.4rem;padding:.6rem;margin-top:.3rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:.3rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1rem;min-width:0}
header,main{display:grid;gap:1rem}header{margin-bottom:1rem}
.js .nojs{display:none}html:not(.js) .js-only{display:none}
p+p{margin-top:.35rem}
summary{cursor:pointer;padding:.35rem 0}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin-bottom:.7rem}
button,input{font:inherit;font-size:.9rem;color:var(--text);background:var(--card);border:1px solid var(--u);
border-radius:.5rem;padding:.35rem .7rem;min-height:2.3rem}
button{cursor:pointer}button[aria-pressed=true]{background:var(--text);color:var(--card);border-color:var(--text)}
input{flex:1 1 10rem;max-width:22rem;min-width:0}
footer{margin-top:1.5rem;color:var(--soft);font-size:.875rem;display:grid;gap:.4rem;justify-items:start}
.state{font-size:1.5rem;line-height:1.2;font-weight:700;margin:.15rem 0 .35rem}
.state::before{display:inline-block;margin-right:.5rem;content:attr(data-sign)}
.state.f::before{color:var(--f)}.state.d::before{color:var(--d)}.state.a::before{color:var(--a)}
.state.b::before{color:var(--b)}.state.u::before{color:var(--u)}.state.w::before{color:var(--wt)}
.bar{display:flex;gap:3px;height:1.5rem;margin:.6rem 0 0}
.bar>span{display:flex;overflow:hidden;min-width:3px;border-radius:3px;flex-basis:0}
.bar i,.mini i{display:block;min-width:3px;flex-basis:0;background:var(--w)}
.mini{display:flex;height:.4rem;border-radius:.2rem;overflow:hidden;margin-top:.35rem}
.counts{display:flex;flex-wrap:wrap;gap:.1rem 1rem}
.cause{border-left:.3rem solid var(--f);display:grid;gap:.35rem;align-content:start}
.cause.b{border-left-color:var(--b)}.cause.a{border-left-color:var(--a)}.causes{display:grid;gap:.7rem;align-content:start;min-width:0}
.cause>p:first-child,.cause h3{font-weight:600}
.row{display:flex;flex-wrap:wrap;gap:.1rem .8rem;justify-content:space-between;align-items:baseline}
.grid{display:grid;gap:.5rem;align-items:start;grid-template-columns:repeat(auto-fill,minmax(min(100%,10.4rem),1fr))}
.many .grid{grid-template-columns:repeat(auto-fill,minmax(min(100%,9.6rem),1fr));gap:.35rem}
.t{background:var(--card);border:1px solid var(--line);border-left:.3rem solid var(--w);border-radius:.5rem;
padding:.45rem .6rem;min-width:0;font-size:.9rem;line-height:1.35}
@media(min-width:62rem){body{padding:1.4rem 1.8rem 3rem}
header{grid-template-columns:minmax(0,1fr) minmax(0,2fr)}header .wide,main>.wide{grid-column:1/-1}
.state{font-size:2rem}.grid{grid-template-columns:repeat(auto-fill,minmax(13rem,1fr))}
.causes{grid-template-columns:repeat(auto-fit,minmax(22rem,1fr))}}
"""
