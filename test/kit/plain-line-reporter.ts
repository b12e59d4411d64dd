import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Ends a run with one plain line, `N passed, N failed`, that any machine can read. A file that cannot be loaded and an
 * error outside of every test count as failures too, so that the line never says 0 failed when the run did fail.
 */
export default class PlainLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const passed = tests.filter((test) => test.result().state === 'passed').length
    const failedTests = tests.filter((test) => test.result().state === 'failed').length
    const brokenFiles = modules.filter((module) => module.state() === 'failed' && hasNoFailedTest(module)).length
    process.stdout.write(`${passed} passed, ${failedTests + brokenFiles + unhandledErrors.length} failed\n`)
  }
}

const hasNoFailedTest = (module: TestModule): boolean =>
  ![...module.children.allTests()].some((test) => test.result().state === 'failed')
