/**
 * The lines of bash that VERIFY.txt shows, and docs/evidence.md with it: nothing but openssl 3, coreutils, grep and sed. They
 * leave with an error at the first thing that does not hold. ROOTS names the reader's own file of trust roots.
 */
export const verifyLines = String.raw`set -eu
ROOTS=../trust.txt
T=$(mktemp -d)
check() { openssl pkeyutl -verify -pubin -keyform DER -inkey "$T/key" -rawin -in "$1" -sigfile "$2" > /dev/null; }
# The key: the one that the bundle names, out of YOUR trust roots.
KEYID=$(grep -o '"keyid":"[^"]*"' manifest.json | cut -d'"' -f4)
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'
  grep -F "log $KEYID+" "$ROOTS" | head -n 1 | cut -d+ -f3- | base64 -d | tail -c 32; } > "$T/key"
# The manifest is signed, lists every file, and every file is as listed.
check manifest.json manifest.sig
grep -o '"path":"[^"]*","sha256":"[0-9a-f]*"' manifest.json |
  sed 's/"path":"\(.*\)","sha256":"\(.*\)"/\2  \1/' > "$T/list"
sha256sum --check --quiet --strict "$T/list"
test "$(find . ! -type d | wc -l)" -eq "$(($(wc -l < "$T/list") + 2))"
# The head of the log is signed.
sed '/^$/,$d' log/checkpoint > "$T/head"
grep -F "— $(head -n 1 log/checkpoint) " log/checkpoint | head -n 1 | sed 's/.* //' | base64 -d | tail -c 64 > "$T/sig"
check "$T/head" "$T/sig"
SIZE=$(sed -n 2p "$T/head")
ROOT=$(sed -n 3p "$T/head" | base64 -d | od -An -v -tx1 | tr -d ' \n')
# Every statement is signed (DSSE) and in the log (RFC 9162, 2.1.3.2).
node() { printf "$(printf '%s' "01$1$2" | sed 's/../\\x&/g')" | sha256sum | cut -c1-64; }
for S in statements/*.json; do
  grep -o '"payload":"[^"]*"' "$S" | cut -d'"' -f4 | base64 -d > "$T/body"
  { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < "$T/body")"; cat "$T/body"; } > "$T/signed"
  grep -o '"sig":"[^"]*"' "$S" | cut -d'"' -f4 | base64 -d > "$T/sig"
  check "$T/signed" "$T/sig"
  SEQ=$((10#$(basename "$S" | cut -c1-10))); I=$((SEQ - 1)); L=$((SIZE - 1))
  H=$({ printf '\000'; cat "$T/body"; } | sha256sum | cut -c1-64)
  for P in $(grep -o "\"path\":\[[^]]*\],\"seq\":$SEQ}" log/proofs.json | grep -o '[0-9a-f]\{64\}'); do
    if [ $((I % 2)) -eq 1 ] || [ $I -eq $L ]; then
      H=$(node "$P" "$H")
      while [ $((I % 2)) -eq 0 ] && [ $I -ne 0 ]; do I=$((I / 2)); L=$((L / 2)); done
    else H=$(node "$H" "$P"); fi
    I=$((I / 2)); L=$((L / 2))
  done
  test "$L $H" = "0 $ROOT"
done
echo "Files, signatures and proofs hold."`

const indented = verifyLines
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')

/** VERIFY.txt, the first file of every bundle: how anybody checks it with what they have. */
export const verifyText = (bundle: { readonly origin: string; readonly number: number }): string =>
  `EVIDENCE OF ERASURE REQUEST ${bundle.number}
Log: ${bundle.origin}

You need the log's key by ANOTHER WAY than this archive: a file trust.txt with a line "log NAME+ID+KEY" (also "model KEY",
"witness NAME+ID+KEY"), from whoever runs the platform, from its portal, or from somebody who kept it. A key that comes with
what it signs proves nothing. Run nothing out of an archive that you do not trust: this file may have been changed. The same
lines stand in docs/evidence.md of Lethe's sources.

1. EVERYTHING, by the verifier (Node.js 20.19 or newer; works offline; its exit code says what it found)

    npx ./lethe-verify-0.1.0.tgz erasure-${bundle.number}.tar --trust trust.txt

   or "lethe verify", or the page verify.html in a browser: drop the archive on it. It also computes every statistic, verdict
   and heat map anew from audits/*/audit-data.safetensors, and the due date from the clock's events.
   0 verified, 2 inconclusive, 4 tampered, 5 residual or over-forgotten, 6 incomplete.

2. FILES, SIGNATURES AND PROOFS, by bash, openssl 3, grep, sed and coreutils (macOS: brew install coreutils)
   Unpack into a folder of its own (mkdir e; tar -xf erasure-${bundle.number}.tar -C e; cd e) with trust.txt beside it, then:

---- shell
${indented}
---- end

3. MODEL FILES, if you were given them: models/ID.sig is a signature of OpenSSF Model Signing v1.0.

    model_signing verify key MODEL_FOLDER --signature models/ID.sig --public_key model.pem

WHAT IS HERE
statements/   in-toto statements in DSSE, numbered as in the log    log/     signed head of the log, inclusion proofs
audits/N/     report, alignment matrices, scores of each sample     models/  signatures over weights    bom/  CycloneDX

WHAT THIS DOES NOT PROVE
That nothing was recorded later; that others are shown the same log (ask for witnesses); that things happened when they are
dated; that the model in service has the weights named here; that the platform asked the models that it names; that no copy
exists elsewhere. A PASS is equivalence within the margins that the plan registered, not identity with a model that never saw
the pictures. No person is named here: whoever holds the opening of the commitments can show whose pictures these were.
`
