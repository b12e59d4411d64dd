import { GraphQLError } from 'graphql'

export const unauthenticated = (): GraphQLError =>
  new GraphQLError('Sign in and send your token as `Authorization: Bearer …`; tokens expire after minutes.', {
    extensions: { code: 'UNAUTHENTICATED' },
  })

export const forbidden = (message = 'Your role does not allow this; ask an owner of your tenant.'): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } })
