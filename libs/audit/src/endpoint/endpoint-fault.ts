import { DomainError } from '@lethe/domain'

/** Why an endpoint could not be relied on; stable, and the first reason of the verdict. */
export type EndpointCode =
  /** No answer came in time. */
  | 'ENDPOINT_TIMED_OUT'
  /** Nobody answered at the address. */
  | 'ENDPOINT_UNREACHABLE'
  /** The endpoint answered that it would not answer. */
  | 'ENDPOINT_REFUSED'
  /** What came is no embedding of every picture. */
  | 'ENDPOINT_MALFORMED'
  | 'ENDPOINT_NOT_FINITE'
  | 'ENDPOINT_DIMENSION_CHANGED'
  /** Identical questions get different answers. */
  | 'ENDPOINT_INCONSISTENT'
  /** An answer depends on the pictures beside it, or on their order. */
  | 'ENDPOINT_DEPENDS_ON_COMPANY'
  /** Every picture gets one embedding. */
  | 'ENDPOINT_CONSTANT'
  /** Answers do not shrink with the change of a picture: noise or rounding. */
  | 'ENDPOINT_NOISY'
  /** Answers jump where a known picture turns into another. */
  | 'ENDPOINT_RECOGNISES_PICTURES'
  /** Answers are not those of the weights that were attested. */
  | 'ENDPOINT_NOT_ATTESTED'

/** What an `Embed` throws when the endpoint failed and will fail again: the audit ends with this reason, its answers so far kept. */
export class EndpointFault extends DomainError<EndpointCode> {}
