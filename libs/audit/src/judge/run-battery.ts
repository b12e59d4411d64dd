import type { AuditTest } from '@lethe/domain'
import { testAlignmentGap } from '../battery/alignment-gap.js'
import { testBlindControl } from '../battery/blind-control.js'
import { testEndpointIntegrity } from '../battery/endpoint-integrity.js'
import { testFeatureMembership } from '../battery/feature-membership.js'
import { testDifferenceInDifferences, testForgettingScore } from '../battery/forgetting-score.js'
import { shareAlpha } from '../battery/membership-family.js'
import { testNeighbours } from '../battery/neighbours.js'
import { runOptionalTests } from '../battery/optional-tests.js'
import { testResidualMembership } from '../battery/residual-membership.js'
import { testRetrainReference } from '../battery/retrain-reference.js'
import type { TestContext } from '../battery/test-context.js'
import { testUtility } from '../battery/utility.js'
import type { AuditData } from './audit-data.js'

/** Every test that these data allow, in the order of the report. */
export function runBattery(data: AuditData, examined: Omit<TestContext, 'furtherAccusations'>): AuditTest[] {
  const optional = runOptionalTests(data)
  const context: TestContext = { ...examined, furtherAccusations: optional.accusations }
  const measured = [
    ...membershipTests(context),
    ...utilityTests(data, context),
    testBlindControl(data.blind),
    ...optional.tests.map((test) => shareAlpha(test, context)),
  ]
  const integrity = testEndpointIntegrity(data.endpoints)
  return [integrity, ...(data.isIncomplete ? measured.map(asIncomplete) : measured)]
}

/** What was measured on part of the answers shows what was seen, and decides nothing. */
const asIncomplete = (test: AuditTest): AuditTest =>
  test.id === 'blind-control' || test.outcome === 'informative'
    ? test
    : { ...test, outcome: 'inconclusive', detail: `Measured on incomplete answers. ${test.detail}` }

function membershipTests(context: TestContext): AuditTest[] {
  return [
    testForgettingScore(context),
    testDifferenceInDifferences(context),
    testAlignmentGap(context),
    testResidualMembership(context),
    testFeatureMembership(context),
    testRetrainReference(context),
  ].filter((test) => test !== null)
}

function utilityTests({ neighbours }: AuditData, { before, after, policy }: TestContext): AuditTest[] {
  const [first, second] = [before.utility, after.utility]
  return [
    ...(first === null || second === null ? [] : [testUtility(first, second, policy)]),
    ...(neighbours === null ? [] : [testNeighbours(neighbours, policy)]),
  ]
}
