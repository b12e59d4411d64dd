import { answerErasure } from './answer-erasure.js'
import { readTenantId } from './api/admin-api.js'
import { readAudit } from './api/erasure-api.js'
import { emojiScenario } from './emoji-scenario.js'
import { assembleCast, type SignIn } from './people.js'
import { prepareDataset, prepareModel } from './prepare-model.js'
import type { Scenario } from './scenario.js'
import { summarise, writeSummary, type Summary } from './summary.js'
import { takeEvidence, type TakenEvidence } from './take-evidence.js'
import { verifyOutcome } from './verify-outcome.js'
import { createBarView } from './view/bar-view.js'
import type { DemoView } from './view/demo-view.js'
import { createPlainView } from './view/plain-view.js'
import { summaryTable } from './view/summary-table.js'

export interface DemoOptions {
  readonly gatewayUrl: string
  readonly embeddingUrl: string
  /** Where passwords of the demonstration's people and the summary are kept. */
  readonly stateDir: string
  /** Name of the backend that the compute service trains with; decides the size. */
  readonly backend: string
  readonly admin: { readonly email: string; readonly password: string }
  readonly out: NodeJS.WritableStream
  /** Base64 SPKI of the key that signs the log, as the operator knows it. */
  readonly logPublicKey?: string
  /** Trust roots of a tenant's log, as the operator knows them. */
  readonly trustRootsOf?: (tenantId: string) => readonly string[]
  /** Gives up; what was asked of the platform goes on there. */
  readonly signal?: AbortSignal
  /** Emoji pictures in the size that suits the backend, when missing. */
  readonly scenario?: Scenario
}

export interface DemoResult {
  readonly summary: Summary
  readonly summaryFile: string
  readonly signIns: readonly SignIn[]
}

/**
 * The main job on real pictures, through public interfaces only: registers, trains, forgets, audits, verifies. What is
 * done already is found through the API and not done again, so that it can be interrupted anywhere and started again.
 * @throws DomainError when a step is refused or fails. A verdict other than PASS is a result, not an error.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { out, scenario = emojiScenario(options.backend) } = options
  const view = openView(out)
  try {
    view.heading(`Demonstration ${scenario.name}: ${scenario.cost}`)
    const cast = await assembleCast({ ...options, scenario })
    const dataset = await prepareDataset(cast, scenario, view)
    const pretrained = await prepareModel(cast, scenario, dataset, view)
    view.heading(`Forgetting what ${scenario.forgetOwner} contributed`)
    const request = await answerErasure(cast, scenario, view)
    const audit = await readAudit(cast.as.auditor, (request.audits.at(-1) as { id: string }).id)
    const outcome = { request, audit, datasetVersionId: dataset.id, pretrainedId: pretrained.id }
    const verified = await verifyOutcome({ ...options, cast, scenario, outcome })
    const trustRoots = options.trustRootsOf?.(await readTenantId(cast.as.auditor))
    const taken = await takeEvidence(cast.as.auditor, {
      stateDir: options.stateDir,
      request,
      ...(trustRoots && { trustRoots }),
    })
    const summary = summarise({ ...options, scenario, dataset, pretrained, request, audit, verified, taken })
    const summaryFile = await writeSummary(options.stateDir, summary)
    showSummary(view, summary, { summaryFile, taken })
    return { summary, summaryFile, signIns: cast.signIns }
  } finally {
    view.close()
  }
}

function openView(out: NodeJS.WritableStream): DemoView {
  return 'isTTY' in out && out.isTTY
    ? createBarView(out as NodeJS.WriteStream)
    : createPlainView((line) => void out.write(`${line}\n`))
}

function showSummary(
  view: DemoView,
  summary: Summary,
  { summaryFile, taken }: { summaryFile: string; taken: TakenEvidence },
): void {
  view.heading('What the audit saw')
  for (const line of summaryTable(summary)) view.note(line)
  view.heading(summary.sentence)
  for (const { message } of summary.reasons) view.note(message)
  view.heading('Checked from outside')
  for (const { name, ok, detail } of summary.checks) view.note(`${ok ? '✓' : '✗'} ${name}: ${detail}`)
  view.note(`All figures: ${summaryFile}`)
  view.heading('The evidence, to be checked without this platform')
  view.note(`npx lethe verify ${taken.bundleFile} --trust ${taken.trustFile}`)
}
