import { hex } from '../testing/seed.js'
import type { QueryRow } from './row.js'

const page = '{ totalCount edges { node { id } } }'

/** One row for each field of Query; the matrix fails where one is missing. */
export const queryRows: Readonly<Record<string, QueryRow>> = {
  viewer: { document: '{ viewer { id tenant { id name } } }', foreign: 'own', own: 'found' },
  overview: { document: '{ overview { openRequests datasetCount } }', foreign: 'own', own: 'found' },
  node: { document: 'query ($id: ID!) { node(id: $id) { id } }', foreign: 'null', own: 'any' },

  datasets: {
    document: '{ datasets { totalCount edges { node { id name latestVersion { id packDigest } } } } }',
    foreign: 'own',
    own: 'listed',
  },
  dataset: {
    document: 'query ($dataset: ID!) { dataset(id: $dataset) { id name } }',
    foreign: 'null',
    own: 'found',
  },
  datasetVersion: {
    document: `query ($datasetVersion: ID!) {
      datasetVersion(id: $datasetVersion) { id samples { totalCount edges { node { contentId } } } } }`,
    foreign: 'null',
    own: 'found',
  },

  models: { document: '{ models { totalCount edges { node { id name } } } }', foreign: 'own', own: 'listed' },
  model: { document: 'query ($model: ID!) { model(id: $model) { id name } }', foreign: 'null', own: 'found' },
  modelVersion: {
    document: 'query ($modelVersion: ID!) { modelVersion(id: $modelVersion) { id } }',
    foreign: 'null',
    own: 'found',
  },

  runs: { document: `{ runs ${page} }`, foreign: 'empty', own: 'listed' },
  run: { document: 'query ($run: ID!) { run(id: $run) { id } }', foreign: 'null', own: 'found' },

  erasureRequests: { document: `{ erasureRequests ${page} }`, foreign: 'empty', own: 'listed' },
  erasureRequest: {
    document: 'query ($erasureRequest: ID!) { erasureRequest(id: $erasureRequest) { id number } }',
    foreign: 'null',
    own: 'found',
  },
  previewErasure: {
    document: '{ previewErasure(selection: { subjectKey: "subject-acme" }) { forgetCount } }',
    foreign: 'UNKNOWN_SUBJECT',
    own: 'found',
  },
  findSamples: {
    document: `{ findSamples(files: [{ contentId: "${hex('acme 0')}" }]) { matches { sample { key } } } }`,
    foreign: 'own',
    own: 'found',
  },

  notices: { document: `{ notices ${page} }`, foreign: 'own', own: 'listed' },
  noticeInbox: { document: '{ noticeInbox { unseenCount seenAt } }', foreign: 'own', own: 'any' },
  noticeChoices: { document: '{ noticeChoices { choices { kind byMail } } }', foreign: 'own', own: 'any' },
  deviceCosts: { document: '{ deviceCosts { settledRuns wallSeconds } }', foreign: 'own', own: 'any' },
  webhooks: { document: `{ webhooks ${page} }`, foreign: 'empty', own: 'listed' },
  webhook: {
    document: 'query ($webhook: ID!) { webhook(id: $webhook) { id url deliveries { totalCount } } }',
    foreign: 'null',
    own: 'found',
  },
  webhookDelivery: {
    document: 'query ($webhookDelivery: ID!) { webhookDelivery(id: $webhookDelivery) { id body } }',
    foreign: 'null',
    own: 'found',
  },

  audits: { document: `{ audits ${page} }`, foreign: 'empty', own: 'any' },
  audit: { document: 'query ($audit: ID!) { audit(id: $audit) { id } }', foreign: 'null', own: 'found' },

  slaClocks: { document: `{ slaClocks ${page} }`, foreign: 'empty', own: 'listed' },
  forecastQuality: { document: '{ forecastQuality { forecasts } }', foreign: 'own', own: 'any' },
  tenantCalendar: {
    document: '{ tenantCalendar { id holidays statutes { statuteId } } }',
    foreign: 'own',
    own: 'found',
  },
  // Of no tenant.
  holidayPreset: {
    document: '{ holidayPreset(country: "DE", years: [2026]) { holidays { day } } }',
    foreign: 'own',
    own: 'any',
  },
  slaBoard: { document: '{ slaBoard { totalCount } }', foreign: 'own', own: 'any' },

  evidence: {
    document: '{ evidence { totalCount edges { node { seq body } } } }',
    foreign: 'own',
    own: 'listed',
  },
  evidenceEntry: {
    document: 'query ($evidenceSeq: Int!) { evidenceEntry(seq: $evidenceSeq) { seq body } }',
    foreign: 'own',
    own: 'found',
  },

  members: { document: '{ members { totalCount edges { node { id name email } } } }', foreign: 'own', own: 'listed' },
  membershipChanges: {
    document: '{ membershipChanges { totalCount edges { node { id member evidenceSeq } } } }',
    foreign: 'own',
    own: 'listed',
  },
  invitations: { document: `{ invitations { totalCount edges { node { id email } } } }`, foreign: 'own', own: 'any' },
  ssoProviders: {
    document: `{ ssoProviders { totalCount edges { node { id issuer domain proofValue } } } }`,
    foreign: 'own',
    own: 'listed',
  },
  apiKeys: { document: `{ apiKeys { totalCount edges { node { id name madeBy } } } }`, foreign: 'own', own: 'any' },
  auditorGrants: {
    document: '{ auditorGrants { totalCount edges { node { id reason auditor erasureRequests { id } } } } }',
    foreign: 'own',
    own: 'listed',
  },
  tenants: { document: '{ tenants { totalCount } }', foreign: 'own', own: 'any' },
  tenant: { document: 'query ($tenant: ID!) { tenant(id: $tenant) { id } }', foreign: 'null', own: 'any' },
  evidenceLog: { document: '{ evidenceLog { size origin } }', foreign: 'own', own: 'any' },
  evidenceBundles: { document: `{ evidenceBundles ${page} }`, foreign: 'empty', own: 'listed' },
  evidenceBundle: {
    document: 'query ($evidenceBundle: ID!) { evidenceBundle(id: $evidenceBundle) { id digest } }',
    foreign: 'null',
    own: 'found',
  },
  erasureOpening: {
    document: 'query ($erasureRequest: ID!) { erasureOpening(erasureRequestId: $erasureRequest) { salt } }',
    foreign: 'NOT_FOUND',
    own: 'any',
  },
}
