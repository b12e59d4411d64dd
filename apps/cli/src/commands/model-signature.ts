import { DomainError, isDomainError } from '@lethe/domain'
import {
  modelSignerFromPem,
  modelVerifierPem,
  type ModelVerifier,
  parseModelVerifier,
  parseTrustRoots,
  signModel,
  verifyModelSignature,
  versionFiles,
} from '@lethe/ledger'
import type { Command } from 'commander'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { withExamples } from '../files/command-options.js'
import { listModelFiles } from '../files/list-model-files.js'
import { writeWhole } from '../files/model-directory.js'
import { tabulate } from '../files/tabulate.js'

interface SignatureOptions {
  readonly key: string
  readonly signature?: string
}

/** Signatures over the files of a model: OpenSSF Model Signing v1.0, read and written by the public tool as well. */
export function registerModelSignature(model: Command): void {
  const check = model
    .command('verify')
    .description('check the signature over a model’s files (OpenSSF Model Signing)')
    .argument('<folder>', 'with the files and model.sig')
    .requiredOption('--key <file>', 'public key (PEM) or trust roots file, had by another way than the model')
    .option('--signature <file>', 'if it lies elsewhere')
    .action(verifyModel)
  withExamples(check, [
    'lethe model verify emoji-4 --key model-signing-key.pem',
    'model_signing verify key emoji-4 --signature emoji-4/model.sig --public_key model-signing-key.pem',
  ])
  const give = model
    .command('sign')
    .description('sign every file of a folder (OpenSSF Model Signing)')
    .argument('<folder>', 'such as lethe train writes')
    .requiredOption('--key <file>', 'private key on P-256 (PKCS #8 PEM)')
    .option('--signature <file>', 'where it is written: model.sig in the folder unless said otherwise')
    .action(signFolder)
  withExamples(give, [
    'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem',
    'lethe model sign model --key key.pem',
  ])
}

async function verifyModel(folder: string, { key, signature }: SignatureOptions): Promise<void> {
  const file = signature ?? path.join(folder, versionFiles.signature)
  const files = await listModelFiles(folder, [file])
  const text = readText(file, '--signature')
  const trusted = readVerifiers(key)
  const signed = naming(fieldOf, () => verifyModelSignature(text, trusted, files))
  process.stdout.write(
    tabulate([
      ['signed', signed.name],
      ['files', signed.files.map(({ name }) => name).join(', ')],
      ['digest', signed.digest],
      ['key', signed.signedBy.hint],
    ]),
  )
}

async function signFolder(folder: string, { key, signature }: SignatureOptions): Promise<void> {
  const file = signature ?? path.join(folder, versionFiles.signature)
  const signer = naming(
    () => '--key',
    () => modelSignerFromPem(readText(key, '--key')),
  )
  const files = await listModelFiles(folder, [file])
  const ignoredPaths = [versionFiles.signature, versionFiles.bom]
  const signable = files.filter(({ name }) => name !== versionFiles.signature && name !== versionFiles.bom)
  if (signable.length === 0) throw new DomainError('FOLDER_EMPTY', `${folder} holds no file to sign.`, 'folder')
  writeWhole(file, signModel({ name: path.basename(path.resolve(folder)), files: signable, ignoredPaths }, signer))
  process.stdout.write(
    `${file}, over ${signable.length === 1 ? 'one file' : `${signable.length} files`}. Whoever checks it needs this key:\n${modelVerifierPem(signer)}`,
  )
}

/** A key, or the lines of a trust roots file that name keys of models. */
function readVerifiers(file: string): ModelVerifier[] {
  const text = readText(file, '--key')
  return naming(
    () => '--key',
    () =>
      /^(?:log|model|witness) /m.test(text)
        ? parseTrustRoots(text).models.map(parseModelVerifier)
        : [parseModelVerifier(text)],
  )
}

/** What to mend, in the words of the command line. */
const fieldOf = (code: string): string =>
  ({ MODEL_FILES_MISMATCH: 'folder', UNTRUSTED: '--key' })[code] ?? '--signature'

function naming<T>(field: (code: string) => string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (isDomainError(error)) throw new DomainError(error.code, error.message, field(error.code))
    throw error
  }
}

function readText(file: string, option: string): string {
  if (!existsSync(file)) throw new DomainError('FILE_MISSING', `There is no file ${file}.`, option)
  return readFileSync(file, 'utf8')
}
