import { platformUsersConf, writePrivately } from '@lethe/stack'
import type { Command } from 'commander'
import { withExamples } from '../files/command-options.js'
import { stateDirOf } from '../state-dir.js'

export function registerBus(program: Command): void {
  const bus = program.command('bus').description('the platform’s part of a nats-server that you run yourself')
  const users = bus
    .command('users')
    .description(
      'write the users of the services with their rights and passwords, for the `authorization` of the server’s configuration',
    )
    .option('-o, --out <file>', 'where they go, readable by you alone; default standard output')
    .action(writeUsers)
  withExamples(users, [
    'lethe bus users --out lethe-users.conf   # authorization { include "lethe-users.conf" }',
    'NATS_URL=nats://nats.example.org:4222 lethe up --no-demo',
  ])
}

function writeUsers({ out }: { readonly out?: string }): void {
  const users = platformUsersConf(stateDirOf())
  if (out === undefined) process.stdout.write(users)
  else writePrivately(out, users)
}
