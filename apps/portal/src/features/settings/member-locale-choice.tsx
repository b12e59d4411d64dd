'use client'
import { LocaleChoice } from '@/features/settings/choices'
import { ChooseMailLanguageDocument } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'

/** Mail comes in the language that the portal is read in, unless another one is chosen for it afterwards. */
export function MemberLocaleChoice() {
  const { mutate } = useChange(ChooseMailLanguageDocument)
  return <LocaleChoice onChosen={(language) => mutate({ input: { idempotencyKey: newIdempotencyKey(), language } })} />
}
