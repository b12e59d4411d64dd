/** For screens from 360 px and for A4. Colours tell nothing that words and shapes do not. */
export const style = `
:root{--ink:#15191c;--ink-2:#4a5358;--line:#dcdcd5;--strong:#8a8f8f;--well:#f4f4f0;
--pass:#1a6448;--residual:#9a3d0d;--over:#6a3a8c;--open:#475569;--forget:#b2450f;--held:#1d4f6e}
*{box-sizing:border-box}
html{background:#fff;color:var(--ink);font:15px/1.55 system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'Hiragino Sans','Yu Gothic UI','Noto Sans JP','Noto Sans CJK JP',sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
html:lang(ja){font-family:'Hiragino Sans','Yu Gothic UI','Noto Sans JP','Noto Sans CJK JP',Meiryo,system-ui,sans-serif;line-height:1.7}
body{margin:0}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.5rem;line-height:1.25;margin:0}
h2{font-size:1.15rem;line-height:1.3;margin:2.5rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:.95rem;margin:1.25rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
ul{margin:.5rem 0;padding-left:1.2rem;max-width:46rem}
li{margin:.25rem 0}
.made,.note,.keys,.legend p{color:var(--ink-2);font-size:.875rem}
.made{margin:.25rem 0 0}
.verdict{display:flex;gap:1rem;margin:1.5rem 0 0;padding:1.1rem 1.25rem;border:1px solid currentColor;border-left-width:6px;border-radius:3px}
.verdict>div{color:var(--ink);min-width:0}
.verdict.pass{color:var(--pass)}.verdict.residual{color:var(--residual)}.verdict.over-forgotten{color:var(--over)}.verdict.inconclusive{color:var(--open)}
.mark{flex:none;width:2.5rem;height:2.5rem;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.word{font-size:1.15rem;font-weight:650;margin:0}
.sentence{font-size:1.05rem;margin:.15rem 0 .5rem}
.verdict ul{color:var(--ink-2);font-size:.9rem}
figure{margin:0;min-width:0}
figcaption{font-size:.8125rem;color:var(--ink-2);margin-top:.25rem}
.maps{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.75rem;max-width:46rem}
.maps img{display:block;width:100%;height:auto;aspect-ratio:1;image-rendering:pixelated;border:1px solid var(--strong)}
.legends{display:flex;flex-wrap:wrap;gap:1rem 2rem;margin:1rem 0 1.25rem}
.legend{width:15rem}
.legend p{margin:0 0 .2rem}
.legend img{display:block;width:100%;height:.7rem;border:1px solid var(--strong)}
.legend .ends{display:flex;justify-content:space-between;margin:.15rem 0 0}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem 1.5rem}
.panels svg{display:block;width:100%;height:auto}
.panels figcaption{font-weight:600;color:var(--ink);margin:0 0 .25rem}
svg text{font-size:11px;fill:var(--ink-2)}
.axis{stroke:var(--strong)}
.area{stroke-width:1.5}
.area.forget{fill:var(--forget);fill-opacity:.28;stroke:var(--forget)}
.area.held-out{fill:none;stroke:var(--held);stroke-dasharray:4 2}
line.mean{stroke-width:2.5}
line.mean.forget{stroke:var(--forget)}circle.mean.forget{fill:var(--forget)}
line.mean.held-out{stroke:var(--held)}circle.mean.held-out{fill:#fff;stroke:var(--held);stroke-width:1.5}
.keys{display:flex;flex-wrap:wrap;align-items:center;gap:.35rem}
.key{display:inline-block;width:1.1rem;height:.7rem;border:1.5px solid var(--forget);background:#f0d3c3}
.key.held-out{margin-left:1rem;border:1.5px dashed var(--held);background:none}
table{border-collapse:collapse;width:100%;font-size:.875rem;margin:.75rem 0}
caption{text-align:left;font-weight:600;padding-bottom:.35rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;border-bottom:1px solid var(--strong);font-weight:600;vertical-align:bottom}
tbody th{font-weight:400}
th:last-child,td:last-child{padding-right:0}
table.figures{max-width:46rem}
table.figures td,table.figures th:not(:first-child){text-align:right;white-space:nowrap}
.tests td{white-space:nowrap}
.name{font-weight:600}
.id{color:var(--ink-2);font-size:.8125rem}
.asks,.detail{display:block;color:var(--ink-2);font-size:.8125rem;max-width:30rem}
.detail{color:var(--ink);margin-top:.15rem}
.part th{padding-left:1rem;color:var(--ink-2)}
.part th,.part td{border-top-style:dotted}
.outcome.met{color:var(--pass)}.outcome.not-met{color:var(--residual)}.outcome.inconclusive{color:var(--open)}
.models td,.models thead th:first-child{white-space:nowrap}
.bar{display:block;width:10rem;height:1.1rem;margin-bottom:.15rem}
.rail{stroke:var(--line)}.band{fill:#cfe2d8}.chance{stroke:var(--strong);stroke-dasharray:2 2}.reach{stroke:var(--ink);stroke-width:2}.point{fill:var(--ink)}
pre{background:var(--well);padding:.6rem .75rem;border-radius:3px;font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'Noto Sans Mono CJK JP',monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0 1rem}
dl{margin:.75rem 0;font-size:.8125rem}
dl div{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:.75rem;padding:.3rem 0;border-top:1px solid var(--line)}
dt{color:var(--ink-2)}
dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Noto Sans Mono CJK JP',monospace}
@media screen and (max-width:47rem){
.scroll{overflow-x:auto}
.tests tbody th{min-width:13rem}
dl div{grid-template-columns:1fr;gap:0}
}
@page{size:A4;margin:16mm 15mm}
@media print{
html{font-size:9.5pt}
main{max-width:none;padding:0}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
h2{break-after:avoid;margin-top:1.5rem}
h3{break-after:avoid}
figure,tr,.legends,.maps,.verdict,pre,dl div,li{break-inside:avoid}
.maps{max-width:132mm}
.check p{break-after:avoid}
.panels{grid-template-columns:1fr 1fr}
thead{display:table-header-group}
}
`
