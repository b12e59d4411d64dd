import { isBundlePath, paths } from '../archive/bundle-paths.js'
import { sha256Hex } from '../crypto/digest.js'
import { verifyEd25519 } from '../crypto/signatures.js'
import { finding, type Finding } from '../report/finding.js'
import { keyHint } from '../trust/verifier-key.js'
import type { CheckOfCase } from './case.js'

const unlisted: readonly string[] = [paths.manifest, paths.manifestSignature]
const needed: readonly string[] = [paths.instructions, paths.checkpoint, paths.proofs]

/** Every file is listed with its digest and has a place in a bundle; every listed file is there. */
export const checkManifest: CheckOfCase = async ({ bundle: { files, manifest } }) => {
  const findings: Finding[] = []
  const listed = new Map(manifest.files.map((file) => [file.path, file]))
  for (const path of files.keys())
    if (!isBundlePath(path) || (!listed.has(path) && !unlisted.includes(path)))
      findings.push(finding('FILE_STRAY', path))
  for (const path of needed) if (!listed.has(path)) findings.push(finding('FILE_MISSING', path))
  for (const { path, size, sha256 } of manifest.files) {
    const bytes = files.get(path)
    if (bytes === undefined) findings.push(finding('FILE_MISSING', path))
    else if (bytes.length !== size || (await sha256Hex(bytes)) !== sha256) findings.push(finding('FILE_CHANGED', path))
  }
  return { findings, facts: { files: manifest.files.length } }
}

/** The manifest is signed by a key of its log that the reader trusts. */
export const checkManifestSignature: CheckOfCase = async ({ bundle: { files, manifest }, keys }) => {
  const signature = files.get(paths.manifestSignature)
  const signed = files.get(paths.manifest)
  const key = keys.find((candidate) => keyHint(candidate) === manifest.keyid)
  const facts = { key: manifest.keyid }
  if (signature === undefined || signed === undefined)
    return { findings: [finding('SIGNATURE_MISSING', paths.manifestSignature)], facts }
  if (key === undefined) return { findings: [finding('KEY_UNTRUSTED', paths.manifest, manifest.keyid)], facts }
  const isValid = await verifyEd25519(key.publicKey, signed, signature)
  // Which of the two was changed cannot be told.
  const both = [paths.manifest, paths.manifestSignature]
  return { findings: isValid ? [] : both.map((path) => finding('SIGNATURE_INVALID', path, manifest.keyid)), facts }
}
