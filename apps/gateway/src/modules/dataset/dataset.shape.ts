import type {
  DataOwner as DataOwnerRow,
  Dataset as DatasetRow,
  DatasetVersion as VersionRow,
  Sample as SampleRow,
} from '@lethe/db'
import type { Role } from '@lethe/domain'
import { z } from 'zod'
import { shape } from '../../graphql/node.js'
import {
  DataOwner,
  Dataset,
  DatasetVersion,
  type DatasetVersionState,
  QuarantinedSample,
  Sample,
  type Split,
} from './dataset.types.js'

export const shapeDataset = ({ id, name, description, attribution, createdAt }: DatasetRow): Dataset =>
  shape(Dataset, { id, name, description, attribution, createdAt })

const Quarantined = z.array(z.object({ key: z.string(), reason: z.string() }))

export const shapeDatasetVersion = (row: VersionRow): DatasetVersion =>
  shape(DatasetVersion, {
    id: row.id,
    datasetId: row.datasetId,
    ingestRunId: row.ingestRunId,
    number: row.number,
    state: row.state as DatasetVersionState,
    failure: row.failure,
    packDigest: row.packDigest,
    imageSize: row.imageSize,
    sampleCount: row.sampleCount,
    redactedCount: row.redactedCount,
    uploadDestroyedAt: row.uploadDestroyedAt,
    exactDuplicates: row.exactDuplicates,
    nearDuplicates: row.nearDuplicates,
    quarantinedCount: row.quarantinedCount,
    quarantined: Quarantined.parse(row.quarantined).map((sample) => shape(QuarantinedSample, sample)),
    createdAt: row.createdAt,
    readyAt: row.readyAt,
  })

/** An auditor can tell data owners apart, and needs not know by which key the tenant knows them. */
export const shapeDataOwner = (
  { id, subjectKey }: Pick<DataOwnerRow, 'id' | 'subjectKey'>,
  { role }: { readonly role: Role },
): DataOwner => shape(DataOwner, { id, subjectKey: role === 'auditor' ? `withheld-${id.slice(-8)}` : subjectKey })

export const shapeSample = (row: SampleRow): Sample =>
  shape(Sample, {
    ownerId: row.ownerId,
    index: row.index,
    contentId: row.contentId,
    key: row.key,
    label: row.label,
    group: row.group,
    split: row.split as Split,
    nearDuplicateOf: row.nearDuplicateOf,
    thumbnailPath: `/v1/samples/${row.datasetVersionId}/${row.index}.png`,
  })
