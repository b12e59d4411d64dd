import { reportStyle } from '@lethe/report'

/** The style of reports, which heat maps need, and what the page adds to it. */
export const style = `${reportStyle}
header{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.5rem 1rem;align-items:center}
.languages{display:flex;gap:.25rem}
button{font:inherit;padding:.35rem .75rem;border:1px solid var(--strong);border-radius:3px;background:#fff;color:var(--ink);cursor:pointer}
button[aria-pressed=true],#verify{background:var(--ink);color:#fff;border-color:var(--ink)}
#verify{padding:.55rem 1.5rem}
:focus-visible{outline:3px solid #1d4f6e;outline-offset:2px}
#report:focus{outline:none}
.field{margin:1.25rem 0;padding:1rem;border:1px solid var(--line);border-radius:3px}
.drop{border-style:dashed;border-color:var(--strong);background:var(--well)}
label{display:block;font-weight:600;margin-bottom:.35rem}
label.small{font-weight:400;font-size:.875rem;margin-top:.5rem}
textarea{width:100%;font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;padding:.5rem;border:1px solid var(--strong);border-radius:3px}
input[type=file]{max-width:100%;font:inherit;font-size:.875rem}
.verdict.verified{color:var(--pass)}.verdict.tampered,.verdict.incomplete{color:var(--residual)}
.checks{list-style:none;padding:0;max-width:none}
.check{display:flex;gap:.75rem;margin:0;padding:.6rem 0;border-top:1px solid var(--line)}
.check .mark{flex:none;width:1.5rem;height:auto;font-weight:700;text-align:center}
.check div{min-width:0;overflow-wrap:anywhere}
.check p{margin:.15rem 0 0;font-size:.875rem}
.check .outcome{font-size:.8125rem;color:var(--ink-2)}
.check.verified .mark{color:var(--pass)}
.check.tampered .mark,.check.incomplete .mark,.check.residual .mark{color:var(--residual)}
.check.over-forgotten .mark{color:var(--over)}
.check.tampered,.check.incomplete,.check.residual,.check.over-forgotten{background:#fdf6f1}
`
