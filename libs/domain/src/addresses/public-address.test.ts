import { expect, it } from 'vitest'
import { guardedLookup, isLoopbackAddress, isPublicAddress, writtenAddress } from './public-address.js'

it.each([
  ['8.8.8.8', true],
  ['93.184.216.34', true],
  ['2606:4700:4700::1111', true],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
  ['100.64.0.1', false],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
  ['172.31.255.255', false],
  ['192.0.0.9', false],
  ['192.0.2.1', false],
  ['192.88.99.1', false],
  ['192.168.1.1', false],
  ['198.18.0.1', false],
  ['203.0.113.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::7f00:1', false],
  ['::8.8.8.8', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::a00:1', false],
  ['2001::1', false],
  ['2001:1ff::1', false],
  ['2001:db8::1', false],
  ['2002:a00:1::', false],
  ['3fff::1', false],
  ['4000::1', false],
  ['fd00:ec2::254', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['fec0::1', false],
  ['ff02::1', false],
  ['127.1', false],
  ['8.8.2056', false],
  ['010.8.8.8', false],
  ['0x8.8.8.8', false],
  ['2130706433', false],
  ['localhost', false],
  ['', false],
])('%s is public: %s', (address, expected) => expect(isPublicAddress(address)).toBe(expected))

it.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', false],
  ['128.0.0.1', false],
  ['localhost', false],
])('%s is this machine: %s', (address, expected) => expect(isLoopbackAddress(address)).toBe(expected))

it.each([
  ['https://127.1/', '127.0.0.1'],
  ['https://0x7f.1/', '127.0.0.1'],
  ['https://2130706433/', '127.0.0.1'],
  ['https://[::1]:8443/', '::1'],
  ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['https://example.org/', null],
])('%s writes out %s', (url, address) => expect(writtenAddress(new URL(url))).toBe(address))

it.each([
  [['8.8.8.8', '8.8.4.4'], 'found'],
  [['8.8.8.8', '10.0.0.1'], 'refused'],
  [[], 'refused'],
])('a name with the addresses %j is %s, also where all are asked for', async (addresses, expected) => {
  const resolved = addresses.map((address) => ({ address, family: 4 }))
  const lookup = guardedLookup({
    resolve: () => Promise.resolve(resolved),
    isAllowed: isPublicAddress,
    refusal: () => new Error('refused'),
  })
  const ask = (all: boolean) =>
    new Promise((resolve) =>
      lookup('a.name', { all }, (error, address, family) => resolve(error?.message ?? [address, family])),
    )
  expect(await ask(false)).toEqual(expected === 'found' ? ['8.8.8.8', 4] : 'refused')
  expect(await ask(true)).toEqual(expected === 'found' ? [resolved, undefined] : 'refused')
})
