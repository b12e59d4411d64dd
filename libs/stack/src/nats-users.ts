/** As nats-server's configuration takes them: subjects, with its wildcards. */
export interface NatsPermissions {
  readonly publish: { readonly allow: readonly string[]; readonly deny?: readonly string[] }
  readonly subscribe: { readonly allow: readonly string[] }
}

const list = (name: string, subjects: readonly string[] | undefined): string[] =>
  subjects === undefined
    ? []
    : [`        ${name}: [`, ...subjects.map((each) => `          ${JSON.stringify(each)}`), '        ]']

const rights = ({ publish, subscribe }: NatsPermissions): string[] => [
  '    permissions: {',
  '      publish: {',
  ...list('allow', publish.allow),
  ...list('deny', publish.deny),
  '      }',
  '      subscribe: {',
  ...list('allow', subscribe.allow),
  '      }',
  '    }',
]

/**
 * The `users` of nats-server's configuration. A password is written as it is given: text in quotes, or the name of a
 * variable of its environment. Who has no permissions listed may do everything.
 */
export const natsUsersConf = (
  users: readonly {
    readonly user: string
    readonly password: string
    readonly permissions?: NatsPermissions | undefined
  }[],
): string =>
  [
    'users: [',
    ...users.flatMap(({ user, password, permissions }) => [
      '  {',
      `    user: ${JSON.stringify(user)}, password: ${password}`,
      ...(permissions === undefined ? [] : rights(permissions)),
      '  }',
    ]),
    ']',
    '',
  ].join('\n')
