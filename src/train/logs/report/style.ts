/** What the page of a training run has beside the style of all pages: curves and answers. */
export const CURVES_STYLE = `
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem 1.5rem}
figure{margin:0}figcaption{display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline}
figure path{fill:none;stroke:var(--hue);stroke-width:1.6;stroke-linejoin:round}
figure circle{fill:var(--hue)}figure .v{text-anchor:end}figure .s{text-anchor:middle}
svg.key{display:inline-block;width:1.5rem;height:.5rem;margin-right:.35rem;vertical-align:middle}
.answers td{white-space:pre-wrap}.answers td.n{white-space:nowrap;width:1%}.groups td:first-child{overflow-wrap:normal}details table{margin:0 .8rem .6rem;width:calc(100% - 1.6rem)}
.end{color:var(--hue);padding-left:.2rem}.answers .warn{padding-left:.2rem}
.options td:first-child{white-space:nowrap;overflow-wrap:normal}code{font:13px ui-monospace,Menlo,Consolas,monospace}
@media (max-width:36rem){.options td:first-child{white-space:normal;overflow-wrap:anywhere;width:45%}.answers td{display:block;border:0;padding:0}.answers td.n{text-align:left}.answers tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}}
`
