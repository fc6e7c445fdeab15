/** The style of the pages: system fonts, one hue for what is trained, light and dark. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1c1e21;--dim:#5d646d;--line:#d9dde2;--paper:#fff;--card:#f6f7f9;--hue:#0b6b57;--trained:#d7f2ea;--warn:#9a4b00;--error:#b3182b}
@media (prefers-color-scheme:dark){:root{--ink:#e7e9ec;--dim:#a0a8b2;--line:#343a42;--paper:#14171a;--card:#1d2126;--hue:#6fd3bb;--trained:#12443a;--warn:#f0ad64;--error:#ff8a8f}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:62rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:2.2rem 0 .6rem}p{margin:.3rem 0}
.dim{color:var(--dim)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;margin:1.2rem 0 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
.card b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}
td,th{padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal}
.bar{display:block;height:.55rem;min-width:5rem;margin-top:.45rem;background:var(--line);border-radius:.2rem;overflow:hidden}.bar i{display:block;height:100%;background:var(--hue)}
svg{display:block;width:100%;height:auto}svg rect{fill:var(--hue)}svg text{fill:var(--dim);font:11px system-ui,sans-serif}svg line{stroke:var(--line)}
.ticks{display:grid;grid-template-columns:repeat(4,1fr);color:var(--dim);font-size:.75rem;font-variant-numeric:tabular-nums}
@media (max-width:30rem){td,th{padding-right:.4rem}.bar{min-width:2.5rem}}
td:first-child,th:first-child{overflow-wrap:normal}
details{border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0}summary{cursor:pointer;padding:.5rem .8rem;overflow-wrap:anywhere}
pre{margin:0;padding:.2rem .8rem .8rem;font:13px/1.75 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;content-visibility:auto}
pre span{border-right:1px solid var(--line)}
pre .y{background:var(--trained);text-decoration:underline;text-decoration-color:var(--hue);text-underline-offset:.25em}
pre i{font-style:normal;unicode-bidi:isolate}pre i::before{color:var(--dim)}
pre .nl::before{content:"⏎"}pre .sp,pre .tab{position:relative}pre .sp::before{content:"·";position:absolute}pre .tab::before{content:"⇥";position:absolute}
pre .c::before{content:attr(data-c);font-size:.75em;border:1px solid var(--line);border-radius:.2rem}
.warn{color:var(--warn)}.error{color:var(--error)}
`
