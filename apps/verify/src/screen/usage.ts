/** English and complete; every option in one place. */
export const usage = `lethe-verify: does this evidence of an erasure hold, and what does it show?

  lethe-verify BUNDLE --trust ROOTS [options]
  lethe-verify --page FILE                  write the same verifier as one page for a browser

  BUNDLE              an evidence bundle, erasure-<number>.tar; or entries alone: an answer of the API, saved as
                      JSON, with body and inclusionProof of each entry; or an export: evidence.jsonl, or rows
                      as /v1/exports gives them, audits.jsonl
  --trust ROOTS       the keys that you trust: lines "log NAME+ID+KEY", "model SPKI", "witness NAME+ID+KEY",
                      "export NAME+ID+KEY".
                      Get them from whoever runs the platform by another way than the bundle
                      (\`lethe ledger trust\` and the portal show them). Nothing in a bundle is believed
  --opening FILE      what you were given as data owner or privacy officer: then it is checked that the
                      request was about your pictures
  --at DATE           take this for the present (for a machine whose clock is wrong)
  --json              the report as JSON
  --lang en|ja        language of the report

Asks nobody: no network is used, and nothing in a bundle is executed.

Exit codes: 0 verified, 1 wrong usage, 2 inconclusive, 4 tampered, 5 residual or over-forgotten, 6 incomplete.
`
