import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { PageArgs } from '../../graphql/connection.js'
import { Costs } from '../../graphql/limits.js'
import { Requires } from '../../graphql/requires.js'
import { EvidenceArgs } from './evidence-filter.js'
import {
  findEvidence,
  latestCheckpoint,
  listCheckpoints,
  listEvidence,
  proveConsistency,
  proveInclusion,
  readLog,
} from './evidence.reads.js'
import {
  EvidenceConnection,
  EvidenceEntry,
  EvidenceLog,
  EvidenceStatus,
  InclusionProof,
  LogCheckpoint,
  LogCheckpointConnection,
} from './evidence.types.js'

@Resolver(() => EvidenceEntry)
export class EvidenceResolver {
  @Requires('evidence:read')
  @Query(() => EvidenceConnection)
  evidence(@Args(() => EvidenceArgs) args: EvidenceArgs, @Ctx() context: Context) {
    return listEvidence(context.scope(), args, args)
  }

  @Requires('evidence:read')
  @Query(() => EvidenceEntry, { nullable: true })
  evidenceEntry(@Arg('seq', () => Int) seq: number, @Ctx() context: Context) {
    return findEvidence(context.scope(), seq)
  }

  @FieldResolver(() => EvidenceStatus)
  async status(@Root() entry: EvidenceEntry, @Ctx() context: Context): Promise<EvidenceStatus> {
    const newest = await context.scope().loaders.newestCheckpoint.load('newest')
    return newest !== null && Number(newest.size) >= entry.seq ? 'PUBLISHED' : 'PENDING'
  }

  @Costs(10)
  @FieldResolver(() => InclusionProof, {
    nullable: true,
    description: 'Proof against the newest log checkpoint, or the one of the given tree size. Null while pending.',
  })
  inclusionProof(
    @Root() entry: EvidenceEntry,
    @Arg('treeSize', () => Int, { nullable: true }) treeSize: number | undefined,
    @Ctx() context: Context,
  ) {
    return proveInclusion(context.scope(), entry.seq, treeSize)
  }
}

@Resolver(() => EvidenceLog)
export class EvidenceLogResolver {
  @Requires('evidence:read')
  @Query(() => EvidenceLog)
  evidenceLog(@Ctx() context: Context) {
    return readLog(context.scope())
  }

  @FieldResolver(() => LogCheckpoint, { nullable: true })
  latestCheckpoint(@Ctx() context: Context) {
    return latestCheckpoint(context.scope())
  }

  @FieldResolver(() => LogCheckpointConnection)
  checkpoints(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listCheckpoints(context.scope(), page)
  }

  @FieldResolver(() => [String], {
    description: 'RFC 6962 consistency proof between two published sizes; base64 hashes.',
  })
  consistencyProof(
    @Arg('first', () => Int) first: number,
    @Arg('second', () => Int) second: number,
    @Ctx() context: Context,
  ) {
    return proveConsistency(context.scope(), first, second)
  }
}
