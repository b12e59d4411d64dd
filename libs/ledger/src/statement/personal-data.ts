import { ledgerError } from '../errors.js'

/**
 * Member names under which people are described. Compared without case and punctuation, so that `subject_key`,
 * `subjectKey` and `Subject-Key` are one. A thing of ours has an `id` or a `label`, never a `name`.
 */
const PERSONAL = new Set(
  `name names fullname firstname lastname middlename givenname familyname surname nickname displayname username login
  email emails emailaddress mail phone phonenumber telephone mobile fax address streetaddress postaladdress postcode
  zipcode city birthdate dateofbirth birthday age gender nationality ssn taxid passport nationalid driverlicence
  driverlicense ip ipaddress useragent deviceid cookie subjectkey subjectkeys datasubject datasubjectid subjectid
  personid customerid externalid ownername owneremail username useremail contact contactname contactemail requester
  requestername requesteremail photo portrait iban cardnumber`
    .trim()
    .split(/\s+/),
)

/** Bounded, so that a long text without an address is read in linear time. */
const EMAIL = /[^\s@<>]{1,64}@[^\s@<>]{1,255}\.[A-Za-z]{2,}/u

/**
 * Evidence outlives erasure, so no personal data may enter it, hashed or not. A guard against a slip, not a proof of
 * absence: it knows member names and e-mail addresses, and cannot know that a free text names somebody.
 *
 * @throws DomainError PERSONAL_DATA naming the member, never its value.
 */
export function assertNoPersonalData(value: unknown, path = 'predicate'): void {
  if (typeof value === 'string' && EMAIL.test(value)) throw refusal(path, 'holds an e-mail address')
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) assertNoPersonalData(item, `${path}.${index}`)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    if (EMAIL.test(key)) throw refusal(path, 'has a member named by an e-mail address')
    if (PERSONAL.has(key.toLowerCase().replace(/[^a-z0-9]/g, '')))
      throw refusal(`${path}.${key}`, 'is named like personal data')
    assertNoPersonalData(member, `${path}.${key}`)
  }
}

const refusal = (path: string, what: string) =>
  ledgerError(
    'PERSONAL_DATA',
    `${path} ${what}. Evidence cannot be erased: record an id or a salted commitment instead.`,
    path,
  )
