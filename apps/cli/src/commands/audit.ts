import type { Command } from 'commander'

/** The owner's kit, with its own options: what a stranger runs as `lethe-audit`. */
export function registerAudit(program: Command): void {
  program
    .command('audit')
    .description(
      'audit two embedding endpoints by your own pictures, or verify such an audit; see `lethe audit --help`',
    )
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[arguments...]', 'as lethe-audit takes them')
    .action(async (_arguments: unknown, _options: unknown, command: Command) => {
      const { auditOnTerminal } = await import('@lethe/audit-kit')
      process.exitCode = await auditOnTerminal(command.args)
    })
}
