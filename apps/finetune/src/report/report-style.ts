/** The report's style sheet: the reader's light or dark scheme, system fonts, nothing fetched. */
export const reportStyle: string = `
:root { color-scheme: light dark; --text: #1c2128; --faint: #57606a; --rule: #d0d7de; --page: #fff;
  --line-0: #0b62c4; --line-1: #b3470b; --bar: #0b62c4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --faint: #9aa4af; --rule: #3a424c; --page: #12161b;
    --line-0: #6cb0ff; --line-1: #ff9d5c; --bar: #6cb0ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 64rem; color: var(--text); background: var(--page);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; }
.when { margin: .25rem 0 0; color: var(--faint); }
.headline { margin: 1.25rem 0 0; font-size: 1.15rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 0; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.charts, .pictures { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
figure { margin: 0; }
figcaption { margin-bottom: .35rem; font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--faint); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--rule); }
.line { fill: none; stroke-width: 2; }
.line-0 { stroke: var(--line-0); }
.line-1 { stroke: var(--line-1); }
.line.line-1 { stroke-dasharray: 6 3; }
.dot.line-0 { fill: var(--line-0); }
.dot.line-1 { fill: var(--line-1); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .25rem 0 0; padding: 0 0 0 3rem; list-style: none; }
.legend li { display: flex; align-items: center; gap: .5rem; }
.legend svg { width: 28px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
th[scope="row"] { font-weight: 400; }
tfoot th[scope="row"], tfoot td { border-bottom: 0; font-weight: 600; }
.number { font-variant-numeric: tabular-nums; }
.swatch { display: inline-block; width: .9em; height: .9em; margin-right: .6em; border: 1px solid var(--rule);
  border-radius: 3px; vertical-align: -.08em; }
.bar { display: block; height: 5px; margin-top: 3px; min-width: 5rem; border-radius: 3px; background: var(--rule); }
.bar span { display: block; height: 100%; border-radius: 3px; background: var(--bar); }
.example { margin-bottom: 1.75rem; }
.pictures { grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: .75rem; }
.pictures img { display: block; width: 100%; border-radius: 4px; image-rendering: pixelated; }
.pictures figcaption { margin: .25rem 0 0; color: var(--faint); font-weight: 400; }
h3 { margin: 0 0 .5rem; font-size: 1rem; overflow-wrap: anywhere; }
`;
