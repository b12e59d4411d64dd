import { Arg, Args, createUnionType, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { chooseMailLanguage, chooseNotice, markNoticesSeen } from './keep-notices.js'
import { listNotices, readChoices, readInbox } from './notice.reads.js'
import {
  ChooseMailLanguageInput,
  ChooseNoticeInput,
  MarkNoticesSeenInput,
  Notice,
  NoticeChoices,
  NoticeConnection,
  NoticeInbox,
} from './notice.types.js'

const MarkNoticesSeenResult = createUnionType({
  name: 'MarkNoticesSeenResult',
  types: () => [NoticeInbox, UserError] as const,
})

const ChooseMailLanguageResult = createUnionType({
  name: 'ChooseMailLanguageResult',
  types: () => [NoticeChoices, UserError] as const,
})

const ChooseNoticeResult = createUnionType({
  name: 'ChooseNoticeResult',
  types: () => [NoticeChoices, UserError] as const,
})

@Resolver(() => Notice)
export class NoticeResolver {
  @Requires('tenant:read')
  @Query(() => NoticeConnection)
  notices(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listNotices(context.scope(), page)
  }

  @Requires('tenant:read')
  @Query(() => NoticeInbox)
  noticeInbox(@Ctx() context: Context) {
    return readInbox(context.scope())
  }

  @Requires('tenant:read')
  @Query(() => NoticeChoices)
  noticeChoices(@Ctx() context: Context) {
    return readChoices(context.scope())
  }

  @Requires('tenant:read')
  @Mutation(() => MarkNoticesSeenResult)
  markNoticesSeen(@Arg('input', () => MarkNoticesSeenInput) input: MarkNoticesSeenInput, @Ctx() context: Context) {
    return answerOf(async () => {
      await markNoticesSeen(context.scope(), input)
      return readInbox(context.scope())
    })
  }

  @Requires('tenant:read')
  @Mutation(() => ChooseNoticeResult)
  chooseNotice(@Arg('input', () => ChooseNoticeInput) input: ChooseNoticeInput, @Ctx() context: Context) {
    return answerOf(async () => {
      await chooseNotice(context.scope(), input)
      return readChoices(context.scope())
    })
  }

  @Requires('tenant:read')
  @Mutation(() => ChooseMailLanguageResult, { description: "The language of the viewer's mail, in all their tenants." })
  chooseMailLanguage(
    @Arg('input', () => ChooseMailLanguageInput) input: ChooseMailLanguageInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      await chooseMailLanguage(context.scope(), input)
      return readChoices(context.scope())
    })
  }

  @FieldResolver(() => ErasureRequest, { nullable: true })
  async erasureRequest(@Root() notice: Notice, @Ctx() context: Context) {
    if (notice.requestId === null) return null
    const row = await context.scope().loaders.erasureRequest.load(notice.requestId)
    return row && shapeErasureRequest(row)
  }
}
