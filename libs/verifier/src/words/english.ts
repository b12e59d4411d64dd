import type { Words } from './words.js'

const count = (amount: string | number | undefined, one: string, many: string): string =>
  `${amount ?? 0} ${Number(amount) === 1 ? one : many}`

export const english: Words = {
  outcomes: {
    verified: 'verified',
    inconclusive: 'inconclusive',
    'over-forgotten': 'over-forgotten',
    residual: 'residual',
    incomplete: 'incomplete',
    tampered: 'tampered',
    skipped: 'nothing to check',
    'not-reached': 'not reached',
  },
  summary: {
    verified: 'Verified. Everything in the bundle holds together, under the keys that you gave.',
    inconclusive: 'Inconclusive. The evidence holds together, but an audit could not decide.',
    'over-forgotten':
      'Over-forgotten. The evidence holds together, and it shows a model that shuns the forgotten pictures.',
    residual: 'Residual. The evidence holds together, and it shows a model that still remembers.',
    incomplete: 'Incomplete. What is here holds together, but something that belongs to it is missing.',
    tampered: 'Not to be believed. Something was changed, contradicts itself, or is not by the keys that you gave.',
  },
  checks: {
    archive: {
      title: 'Archive',
      verified: ({ files }) => `A plain archive${files === undefined ? '' : ` of ${count(files, 'file', 'files')}`}.`,
      skipped: '',
    },
    manifest: {
      title: 'Files',
      verified: ({ files }) =>
        `All ${count(files, 'listed file is', 'listed files are')} there, unchanged, and nothing else.`,
      skipped: '',
    },
    'manifest-signature': {
      title: 'Signature of the bundle',
      verified: ({ key }) => `Signed by ${key}.`,
      skipped: '',
    },
    statements: {
      title: 'Statements',
      verified: ({ statements }) =>
        `${count(statements, 'statement has', 'statements have')} the form of their kind and a trusted signature.`,
      skipped: '',
    },
    inclusion: {
      title: 'Inclusion in the log',
      verified: ({ statements, size }) =>
        `${count(statements, 'statement is', 'statements are')} in the log of ${size} entries.`,
      skipped: '',
    },
    checkpoint: {
      title: 'Head of the log',
      verified: ({ origin, size }) =>
        `The head of ${origin} at ${count(size, 'entry', 'entries')} is signed by a trusted key.`,
      skipped: '',
    },
    witnesses: {
      title: 'Witnesses',
      verified: ({ witnesses }) => `Cosigned by ${witnesses}.`,
      skipped: 'Your trust roots name no witness.',
    },
    'key-rotation': {
      title: 'Changes of the key',
      verified: ({ rotations }) =>
        `${count(rotations, 'change of the key is', 'changes of the key are')} on record, in one chain.`,
      skipped: 'The key was not changed.',
    },
    times: {
      title: 'Times',
      verified: ({ made }) =>
        `Nothing is dated in the future${made === undefined ? '' : `, or after the bundle was made (${made})`}.`,
      skipped: '',
    },
    'request-entries': {
      title: 'Entries of the request',
      verified: ({ entries, outcome }) =>
        `${count(entries, 'entry', 'entries')} without a gap, from the request to its closing: ${outcome}.`,
      skipped: '',
    },
    'pre-registration': {
      title: 'Pre-registration',
      verified: ({ policy }) =>
        `Plan, approvals and policy ${String(policy).slice(0, 12)}… were on record before anything ran.`,
      skipped: 'Nothing was planned, and nothing ran.',
    },
    audits: {
      title: 'Audits',
      verified: ({ audits }) => `${count(audits, 'audit', 'audits')} without a gap, with the files that were signed.`,
      skipped: '',
    },
    statistics: {
      title: 'Statistics and verdict',
      verified: ({ audits }) =>
        `${count(audits, 'report follows', 'reports follow')} from the kept scores, figure by figure.`,
      skipped: 'There is no audit.',
    },
    matrices: {
      title: 'Alignment matrices',
      verified: ({ audits }) =>
        `Those of ${count(audits, 'audit', 'audits')} follow from the kept data, byte for byte.`,
      skipped: 'There are no matrices to compute again.',
    },
    pages: {
      title: 'Reports as pages',
      verified: ({ pages, others }) =>
        `${count(pages, 'page is', 'pages are')} what report and matrices give, rendered anew, byte for byte${others === 0 ? '' : `; ${others} of another form ${others === 1 ? 'was' : 'were'} not compared`}.`,
      skipped: 'There is no page of a form that is rendered here.',
    },
    verdict: {
      title: 'Forgetting',
      verified: ({ versions }) =>
        Number(versions) === 0
          ? 'No model version had to forget.'
          : `The last audit of ${count(versions, 'model version', 'model versions')} says PASS.`,
      skipped: 'Nothing was planned.',
    },
    'due-date': {
      title: 'Due date',
      verified: ({ dueAt, state, statute }) => `Computed anew by ${statute}: due ${dueAt}, clock ${state}.`,
      skipped: '',
    },
    models: {
      title: 'Model versions',
      verified: ({ versions }) =>
        `${count(versions, 'version has', 'versions have')} provenance, and everything speaks of the same weights.`,
      skipped: 'No model version is spoken of.',
    },
    'model-signatures': {
      title: 'Model signatures',
      verified: ({ signatures }) =>
        `${count(signatures, 'signature is', 'signatures are')} by a trusted key, over the weights on record.`,
      skipped: 'No model is signed.',
    },
    bom: {
      title: 'Bill of materials',
      verified: ({ hashes }) => `${count(hashes, 'digest is', 'digests are')} on record.`,
      skipped: 'No model version was made.',
    },
    closure: {
      title: 'Closure',
      verified: ({ things, destroyed, retained }) =>
        `${count(things, 'thing that derives from it is', 'things that derive from it are')} accounted for: ${destroyed} destroyed with receipts, ${retained} kept for a stated reason.`,
      skipped: 'The request was not fulfilled.',
    },
    opening: {
      title: 'Your opening',
      verified: ({ pictures }) =>
        `The commitments on record are those of the person and of these ${count(pictures, 'picture', 'pictures')}.`,
      skipped: 'You gave none: whose pictures these were is not shown.',
    },
    answer: {
      title: 'Saved answer',
      verified: ({ entries, heads }) =>
        `${count(entries, 'entry', 'entries')} of evidence, proven against ${count(heads, 'head', 'heads')} of the log.`,
      skipped: '',
    },
    rows: {
      title: 'Rows',
      verified: ({ rows, of, tenant }) =>
        `${count(rows, 'row', 'rows')} of ${of} of the tenant ${tenant}, each as it was written, and none missing.`,
      skipped: '',
    },
    'rows-signature': {
      title: 'Signature of the export',
      verified: ({ key }) => `Signed by ${key}.`,
      skipped: 'There is no manifest that could be signed.',
    },
    export: {
      title: 'Export',
      verified: ({ entries, whole }) =>
        `${count(entries, 'entry', 'entries')} in order, ${whole === 1 ? 'every one that the log has up to its head' : 'some of the log, each with its proof'}.`,
      skipped: '',
    },
    entries: {
      title: 'Entries',
      verified: ({ entries, kinds }) =>
        `${count(entries, 'statement has', 'statements have')} the form of their kind and belong to the tenant of the log${entries === 0 ? '' : `: ${kinds}`}.`,
      skipped: '',
    },
  },
  findings: {
    FILE_MISSING: () => 'is missing.',
    FILE_STRAY: () => 'has no place in this bundle.',
    FILE_CHANGED: () => 'was changed: it is not the file that was listed.',
    KEY_UNTRUSTED: (what) => `none of the keys that you gave signed it; it names ${what}.`,
    SIGNATURE_MISSING: () => 'is missing, so nobody answers for the bundle.',
    SIGNATURE_INVALID: (what) => `the signature of ${what} is not over these bytes: one of them was changed.`,
    ENVELOPE_MALFORMED: () => 'is no canonical DSSE envelope.',
    STATEMENT_MALFORMED: (what) => `does not have the form of a statement of its kind (${what}).`,
    STATEMENT_MISPLACED: (what) => `is not where, or whose, it says (${what}).`,
    PROOFS_MALFORMED: () => 'is missing or no list of inclusion proofs.',
    PROOF_MISSING: () => 'has no proof that it is in the log.',
    PROOF_STRAY: (what) => `proves entry ${what}, which the bundle does not hold: a statement was removed.`,
    LEAF_MISMATCH: () => 'is not the entry that the proof is about: the statement was changed.',
    ROOT_MISMATCH: () => 'is not in the log: the proof does not lead to its root.',
    CHECKPOINT_MALFORMED: () => 'is missing or no checkpoint.',
    CHECKPOINT_MISMATCH: (what) => `is not the head that the bundle speaks of (${what}).`,
    WITNESS_ABSENT: (what) => `has not been cosigned by ${what}, whom you named as a witness.`,
    ROTATION_CONTRADICTED: () => 'the changes of the key are no chain that ends with the key that signed.',
    REQUEST_MISSING: () => 'the request itself is not among the statements.',
    REQUEST_MISMATCH: (what) => `is request ${what}, and the bundle says another number.`,
    REQUEST_OPEN: () => 'the request is not closed.',
    ENTRY_MISSING: (what) => `entry ${what} of the request is missing.`,
    ENTRY_REPEATED: (what) => `entry ${what} of the request is there twice.`,
    ENTRY_DISORDERED: (what) => `entry ${what} of the request is out of order.`,
    AUDIT_MISSING: (what) => `audit ${what} is missing.`,
    AUDIT_REPEATED: (what) => `audit ${what} is on record twice.`,
    AUDIT_LIST_DIFFERS: (what) => `counts audit ${what} otherwise than it is on record.`,
    AUDIT_FILE_MISSING: () => 'is missing, so this audit cannot be repeated in full.',
    AUDIT_FILE_STRAY: () => 'belongs to an audit that is not on record.',
    AUDIT_FILE_DIFFERS: () => 'is not the file whose digest was signed.',
    PLAN_MISSING: () => 'something ran, and no plan is on record.',
    PLAN_LATE: () => 'came before any plan was on record.',
    POLICY_CHANGED: () => 'was judged by another policy than the one that was registered.',
    POLICY_DIGEST_WRONG: () => 'names a policy whose digest is another.',
    APPROVALS_MISSING: () => 'was carried out before two people had approved it.',
    AUDIT_UNPLANNED: () => 'is about a model version that no plan names.',
    REPORT_MALFORMED: (what) => `is no report of an audit${what === '' ? '' : ` (${what})`}.`,
    REPORT_DIFFERS: (what) => `does not follow from the kept scores: ${what} is another.`,
    REPORT_NOT_REPEATABLE: (what) => `audit ${what} has no kept scores here, so its figures cannot be computed again.`,
    AUDIT_DATA_MALFORMED: (what) => `is not what an audit keeps (${what}).`,
    STATEMENT_DIFFERS: (what) => `says something else than the report (${what}).`,
    MATRICES_DIFFER: () => 'does not follow from the kept data.',
    PAGE_DIFFERS: () => 'shows something else than report and matrices give.',
    VERDICT_INCONCLUSIVE: (what) => `audit ${what} could not decide whether the model has forgotten.`,
    VERDICT_OVER_FORGOTTEN: (what) => `audit ${what} shows a model that shuns the forgotten pictures.`,
    VERDICT_RESIDUAL: (what) => `audit ${what} shows a model that still remembers.`,
    CLOCK_MISSING: () => 'the request has no clock on record.',
    CLOCK_MALFORMED: () => 'these events make no sense, or their rule is not known here.',
    CLOCK_RULE_CHANGED: () => 'counts by another law, time zone or holidays than the clock began with.',
    DUE_DATE_DIFFERS: (what) => `states another date or state; the sum gives ${what}.`,
    CLOSURE_MISSING: () => 'the request was fulfilled, and what became of everything is not on record.',
    CLOSURE_LATE: () => 'came after the request was closed.',
    NOT_COVERED: (what) => `nothing was done about ${what}.`,
    RECEIPT_MISSING: (what) => `${what} is said to be destroyed, and there is no receipt.`,
    THING_UNASSESSED: (what) => `does not say what became of ${what}.`,
    WEIGHTS_DIFFER: (what) => `gives ${what} another digest than an earlier statement.`,
    MODEL_STATEMENT_MISSING: (what) => `the provenance of model version ${what} is missing.`,
    MODEL_KEY_NOT_GIVEN: () => 'cannot be checked: your trust roots name no key that signs models.',
    MODEL_SIGNATURE_MALFORMED: () => 'is no model signature.',
    MODEL_SIGNATURE_MISSING: (what) => `speaks of ${what}, which is not in the bundle.`,
    MODEL_FILES_DIFFER: (what) => `covers other files than those on record for ${what}.`,
    BOM_MISSING: () => 'is missing, though a model version was made for this request.',
    BOM_MALFORMED: () => 'is no CycloneDX bill of materials.',
    BOM_DIFFERS: (what) => `names the digest ${what}, which no statement names.`,
    TIME_IN_FUTURE: (what) => `is dated in the future (${what}).`,
    TIME_DISORDERED: (what) => `is dated after the bundle was made (${what}).`,
    OPENING_DIFFERS: (what) => `your opening does not open it (${what}).`,
    ENTRIES_ABSENT: () => 'holds no entry of evidence; ask for body and inclusionProof of each.',
    PROOF_NOT_ASKED: () =>
      'has no proof: no head covers the entry yet, or the answer was not asked for its inclusionProof.',
    ENTRY_MALFORMED: (what) => `is no entry as the platform gives it${what === '' ? '' : ` (${what})`}.`,
    EXPORT_CUT: (what) => `ends too early: ${what} entries were announced, or are under the head.`,
    EXPORT_DISORDERED: (what) => `entry ${what} is not where it belongs: entries were left out, added or moved.`,
    ROWS_CUT: () => 'ends without the manifest: the export was cut off, or the right to it ended.',
    ROW_CHANGED: () => 'is not the line that was written.',
    ROWS_MISSING: (what) => `${count(what, 'line is', 'lines are')} missing here or further on.`,
    ROWS_ADDED: (what) => `${count(what, 'line was', 'lines were')} added here or further on.`,
    ROWS_MISCOUNTED: (what) => `counts ${what} rows, and has marks of another number.`,
    ROWS_DIGEST_DIFFERS: () => 'has another digest than the lines before it.',
    EXPORT_KEY_NOT_GIVEN: () => 'cannot be checked: your trust roots name no key that signs exports.',
    TENANT_UNTRUSTED: (what) => `is of the tenant ${what}, of whom your trust roots name no log.`,
    TREE_MISMATCH: () => 'all entries together do not give the root that was signed: at least one was changed.',
  },
  refusals: {
    ARCHIVE_COMPRESSED: 'This archive is compressed; unpack it first and give the .tar itself.',
    ARCHIVE_FORMAT: 'This is no archive in the POSIX ustar format.',
    ARCHIVE_TRUNCATED: 'The archive was cut off.',
    ARCHIVE_CHECKSUM: 'A header of the archive was changed.',
    ARCHIVE_ENTRY_TYPE: 'The archive holds a link, a folder, a device or an extension; only plain files are read.',
    ARCHIVE_PATH: 'A path in the archive leaves its folder or is not plain.',
    ARCHIVE_DUPLICATE: 'The archive holds two files of one path.',
    ARCHIVE_NOT_CANONICAL: 'The archive holds more than its files.',
    ARCHIVE_TRAILING: 'Something follows the end of the archive.',
    ARCHIVE_TOO_LARGE: 'The archive is too large to be a bundle.',
    ARCHIVE_TOO_MANY_FILES: 'The archive has too many files to be a bundle.',
    FORMAT_UNKNOWN: 'The bundle has a format that this verifier does not know; take the release that wrote it.',
    MANIFEST_MISSING: 'The archive has no manifest: it is no evidence bundle.',
    MANIFEST_MALFORMED: 'The manifest was changed, or is none.',
    ANSWER_MALFORMED: 'This is no JSON text; save the answer of the API as it came.',
    TRUST_MALFORMED: 'The trust roots cannot be read; give lines such as "log NAME+ID+KEY".',
    OPENING_MALFORMED: 'The opening cannot be read; save it as the platform shows it.',
    CRYPTO_UNAVAILABLE: 'Ed25519 is missing in this browser; use one of 2025 or later, or `lethe verify`.',
  },
  limits: {
    'later-entries': 'That nothing about the request was recorded after this bundle was made.',
    'other-views': 'That the log shows the same to everybody. Only witnesses whom you name show that.',
    'rows-of-the-moment': 'That rows still are what they were when they were read, or were so all at one time.',
    'rows-not-in-log':
      'That rows are true: they are what the platform’s database said, under its signature. The evidence log is its record.',
    'own-times': 'That things happened when they are dated: the times are the platform’s own.',
    'weights-not-seen':
      'That the model in service has the weights on record. Weights are named by digest and are not in the bundle.',
    'answers-of-the-provider':
      'That the platform asked the models that it names. The scores are its own record of their answers.',
    margins:
      'That a model is as if it had never seen the pictures. PASS means: no further from that than the stated margins.',
    'copies-elsewhere': 'That no copy exists elsewhere. Receipts speak of the stores that they name.',
    selection: 'That nothing was left out. Each entry shows that it is in the log, not that there is no other.',
    'later-heads': 'That nothing was recorded after the head of the log that the entries were saved with.',
    'entries-alone': 'Anything about audits, clocks or closure. For that there is the bundle of the request.',
    'pages-not-checked':
      'What those reports as pages (report.*.html) say that were not rendered anew. The figures were checked in report.json.',
  },
  notProven: 'What this does not prove',
  auditLimits: (codes) => `What the audits themselves say that they do not prove: ${codes}.`,
  more: (amount) => `(and ${amount} more)`,
  notReached: 'Not reached: what comes before it could not be read.',
}
