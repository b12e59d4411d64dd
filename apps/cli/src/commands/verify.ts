import type { Command } from 'commander'

/** The verifier of evidence bundles, with its own options: what an outsider runs as `lethe-verify`. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('verify an evidence bundle, a saved answer or an export, offline; see `lethe verify --help`')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[arguments...]', 'as lethe-verify takes them')
    .action(async (_arguments: unknown, _options: unknown, command: Command) => {
      const { verifyOnTerminal } = await import('@lethe/verify')
      process.exitCode = await verifyOnTerminal(command.args)
    })
}
