/** English and complete; every option in one place. */
export const usage = `lethe-audit: has a model forgotten these pictures? An audit through embeddings alone.

  lethe-audit --before URL --after URL --images DIR --held-out DIR [options]
  lethe-audit --resume --out DIR            go on with an audit that stopped
  lethe-audit verify DIR [--key KEY]        check a result: signature, digests, statistics, verdict

What is asked
  --before URL        the model before unlearning (see the embedding protocol)
  --after URL         the model after; leave it out to ask the model before while it is still served,
                      and give it later with --resume
  --images DIR        the pictures to be forgotten: PNG, JPEG, WebP in folders; also WebDataset, Parquet,
                      CIFAR, or a list (CSV, JSON Lines)
  --held-out DIR      pictures of the same kind that no model was trained on
  --retain DIR        pictures that stay in training: then quality is measured too, where there are classes
  --labels COLUMN     column of classes in metadata.csv or .jsonl; class folders need none
  --captions COLUMN   column of texts, for models that read
  --leave-out-copies  leave pictures out that resemble one of another set, instead of refusing
  --most N            at most N pictures of each set, chosen by their digests
  --method NAME       how the model after was made, if you were told (default alignment-calibration,
                      which marks every test that a method could have optimised)
  --view-strength X   strength of views, 0 to 1 (default: what the endpoint says, else 0.5)

What must be shown (fixed before the first question)
  --challenge TEXT    a public value that nobody knew when the weights were stated (a beacon's round, the newest
                      log checkpoint): the views are drawn from it and the stated weights
  --alpha X (0.05)  --margin X (0.1)  --power X (0.8)  --views N (10)  --resamples N (10000)  --seed N (drawn)
  --utility-margin X  how much of its quality the model after may have lost (0.05)

How
  --out DIR           where everything is kept (default lethe-audit); the same folder goes on where it stopped
  --plan              say what it would cost and could show, and stop
  --resume            go on with the audit in --out, with everything as it was
  --key FILE          your Ed25519 key (PEM, or as this kit writes it); made on first use otherwise.
                      With verify: the owner's public key, as text or file
  --token TOKEN       bearer token of the endpoints; LETHE_AUDIT_TOKEN keeps it out of the process list
  --timeout SECONDS   longest wait for one answer (60)
  --parallel N        requests at once (2)
  --lang en|ja        language of what is said here; the report is written in both

Exit codes: 0 passed or verified, 1 refused, 2 inconclusive, 4 tampered, 5 residual or over-forgotten, 6 incomplete.
`
