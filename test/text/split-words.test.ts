import { expect, test } from 'vitest'
import { splitWords } from '../../src/text/split-words.ts'

test.each([
  ['ip link set br1 up', ['ip', 'link', 'set', 'br1', 'up']],
  ['  a\t b  ', ['a', 'b']],
  [`echo 'a b' "c d" e\\ f`, ['echo', 'a b', 'c d', 'e f']],
  [`echo it''s "" ''`, ['echo', 'its', '', '']],
  [`echo "a\\"b\\\\c\\d" 'a\\b'`, ['echo', 'a"b\\c\\d', 'a\\b']],
  ['echo $HOME *.txt ~ #x', ['echo', '$HOME', '*.txt', '~', '#x']],
  [
    `sh -c 'iptables-save | grep "$1" > /tmp/x; true'`,
    ['sh', '-c', 'iptables-save | grep "$1" > /tmp/x; true'],
  ],
  [`curl "http://x/?a=1&b=2"`, ['curl', 'http://x/?a=1&b=2']],
  ['iptables -A X \\\n  -j Y', ['iptables', '-A', 'X', '-j', 'Y']],
  ['a\\|b', ['a|b']],
])('%s', (line, words) => {
  expect(splitWords(line)).toEqual({ words })
})

test.each([
  ['a | b', '| is for a shell'],
  ['a>b', '> is for a shell'],
  ['a 2>&1', '> is for a shell'],
  ['a < b', '< is for a shell'],
  ['a; b', '; is for a shell'],
  ['a && b', '&& is for a shell'],
  ['a &', '& is for a shell'],
  ['a $(b)', '$() is for a shell'],
  ['a "$(b)"', '$() is for a shell'],
  ['a `b`', '` is for a shell'],
  ['a "b', 'a " is never closed'],
  ["a 'b", "a ' is never closed"],
  ['a\nb', 'several lines'],
  ['', 'an empty command'],
])('%s is refused', (line, refusal) => {
  expect(splitWords(line)).toEqual({ refusal: expect.stringContaining(refusal), fix: expect.any(String) })
})
