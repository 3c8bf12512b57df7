import { expect, test } from 'vitest'
import { type Asked, admitted } from '../../src/web/gate.ts'

const door = { port: 4000, token: 'secret' }
const page: Asked = { method: 'GET', url: '/secret/', host: '127.0.0.1:4000' }
const order: Asked = {
  ...{ method: 'POST', url: '/secret/send', host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' },
  ...{ fetchSite: 'same-origin', contentType: 'application/json' },
}

function statusOf(asked: Asked, at = door): number | string {
  const answer = admitted(asked, at)
  return 'path' in answer ? `/${answer.path}` : answer.status
}

test.each<[string, Asked, number | string]>([
  ['the page', page, '/'],
  ['the page by another name of this machine', { ...page, host: 'localhost:4000' }, '/'],
  ['the page by a link on another page', { ...page, fetchSite: 'cross-site' }, '/'],
  ['a file of the page', { ...page, url: '/secret/page.js?v=1', fetchSite: 'same-origin' }, '/page.js'],
  ['an order', order, '/send'],
  ['no token', { ...page, url: '/' }, 403],
  ['no slash behind the token', { ...page, url: '/secret' }, 403],
  ['a wrong token', { ...page, url: '/secreT/' }, 403],
  ['a token with more behind it', { ...page, url: '/secret1/' }, 403],
  ['a whole URL, as for a proxy', { ...page, url: 'http://127.0.0.1:4000/secret/' }, 403],
  ['no Host', { ...page, host: undefined }, 403],
  ['a name that leads here (DNS rebinding)', { ...page, host: 'evil.example:4000' }, 403],
  ['the right name with another port', { ...page, host: '127.0.0.1:4001' }, 403],
  ['a name that begins like ours', { ...page, host: '127.0.0.1:4000.evil.example' }, 403],
  ['a file for another origin', { ...page, url: '/secret/events', origin: 'http://evil.example' }, 403],
  ['a file for another page', { ...page, url: '/secret/events', fetchSite: 'cross-site' }, 403],
  ['a file for a page on another port', { ...page, url: '/secret/events', fetchSite: 'same-site' }, 403],
  ['an order of nobody', { ...order, origin: undefined }, 403],
  ['an order of a frame without origin', { ...order, origin: 'null' }, 403],
  ['an order of another page', { ...order, origin: 'http://127.0.0.1:4001' }, 403],
  ['an order of a page with encryption', { ...order, origin: 'https://127.0.0.1:4000' }, 403],
  ['an order as a form would send it', { ...order, contentType: 'text/plain' }, 415],
  ['another method', { ...order, method: 'DELETE' }, 405],
  ['a question what is allowed', { ...order, method: 'OPTIONS' }, 405],
])('%s', (_, asked, expected) => {
  expect(statusOf(asked)).toBe(expected)
})

test("at HTTP's own port browsers name none", () => {
  const plain = { ...door, port: 80 }
  expect(statusOf({ ...page, host: '127.0.0.1' }, plain)).toBe('/')
  expect(statusOf({ ...order, host: 'localhost', origin: 'http://localhost' }, plain)).toBe('/send')
  expect(statusOf({ ...page, host: 'evil.example' }, plain)).toBe(403)
  expect(statusOf({ ...page, host: '127.0.0.1' })).toBe(403)
})
