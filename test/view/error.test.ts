import { describe, expect, it } from 'vitest'
import { NetlabError } from '../../src/errors.ts'
import { LabError, type Problem } from '../../src/text/problem.ts'
import { SourceText } from '../../src/text/source-text.ts'
import { renderError } from '../../src/view/error.ts'
import { coloured, plain } from './fixtures.ts'

const octet: Problem = {
  file: 'labs/clusterip.yaml',
  line: 12,
  column: 26,
  length: 13,
  sourceLine: '    netns_011: {address: 10.0.0.300/24, serve: 8080, labels: {component: http-server}}',
  message: '10.0.0.300 is not an IPv4 address: 300 is more than 255',
  fix: 'write four numbers from 0 to 255, as in 10.0.0.30/24',
}
const wide: Problem = {
  file: 'x.yaml',
  line: 3,
  column: 6,
  length: 4,
  sourceLine: '\t日本:\tnope # x',
  message: 'no such key',
}

describe('mistakes in a lab file', () => {
  it('are shown at their place, with what to write, and counted', () => {
    expect(renderError(plain(80), new LabError([octet, wide]))).toMatchInlineSnapshot(`
      "labs/clusterip.yaml:12:26
       12 │     netns_011: {address: 10.0.0.300/24, serve: 8080, labels: {component: …
          │                          ^^^^^^^^^^^^^
            10.0.0.300 is not an IPv4 address: 300 is more than 255
            fix: write four numbers from 0 to 255, as in 10.0.0.30/24

      x.yaml:3:6
       3 │     日本:   nope # x
         │             ^^^^
           no such key

      2 problems in 2 files; nothing was started.
      "
    `)
  })

  it('are shown at their place in a line of many megabytes', () => {
    const text = `{"😀": [${'{"kind": "Ä"},'.repeat(2_000_000)}{"kind": "Sevice"}]}`
    const at = text.indexOf('"Sevice"')
    const problem = new SourceText(text, 'dump.json').problem(at, at + 8, 'unknown kind "Sevice"')
    expect(problem).toMatchObject({ line: 1, column: 7 + 2_000_000 * 14 + 10, length: 8 })
    expect(renderError(plain(80), new LabError([problem]))).toContain('"Sevice"')
  })

  it('stay visible in 40 columns', () => {
    expect(renderError(plain(40), new LabError([octet]))).toMatchInlineSnapshot(`
      "labs/clusterip.yaml:12:26
       12 │ …1: {address: 10.0.0.300/24, serv…
          │               ^^^^^^^^^^^^^
            10.0.0.300 is not an IPv4 address:
            300 is more than 255
            fix: write four numbers from 0 to
                 255, as in 10.0.0.30/24

      1 problem; nothing was started.
      "
    `)
  })

  it('are underlined by columns, not by characters', () => {
    const underlined = (problem: Partial<Problem>) =>
      renderError(plain(40), new LabError([{ ...octet, line: 1, ...problem }]))
        .split('\n')
        .slice(1, 3)
    expect(underlined({ sourceLine: 'a: 日本', column: 4, length: 2 })).toEqual([
      ' 1 │ a: 日本',
      '   │    ^^^^',
    ])
    expect(underlined({ sourceLine: '日: b', column: 4, length: 1 })).toEqual([' 1 │ 日: b', '   │     ^'])
    expect(underlined({ sourceLine: 'a:\tb', column: 4, length: 1 })).toEqual([' 1 │ a:  b', '   │     ^'])
    expect(underlined({ sourceLine: '\ta', column: 1, length: 1 })).toEqual([' 1 │     a', '   │ ^^^^'])
    expect(underlined({ sourceLine: 'abc', column: 4, length: 1 })).toEqual([' 1 │ abc', '   │    ^'])
    expect(underlined({ sourceLine: 'x'.repeat(200), column: 151, length: 100 })).toEqual([
      ` 1 │ …${'x'.repeat(33)}…`,
      `   │  ${'^'.repeat(33)}`,
    ])
  })

  it('show no excerpt of a file that has no such line', () => {
    expect(renderError(plain(80), new LabError([{ ...wide, sourceLine: '' }]))).toMatchInlineSnapshot(`
      "x.yaml:3:6
           no such key

      1 problem; nothing was started.
      "
    `)
  })
})

describe('an error on purpose', () => {
  const error = new NetlabError({
    what: 'clusterip runs already',
    where: '/run/user/1000/netlab/clusterip',
    why: 'A name stands for one sandbox, and this one lives.',
    details: 'pid 4711',
    fix: 'netlab down clusterip, or give this one another name: netlab up labs/clusterip.yaml --name second',
    cause: new Error('EEXIST'),
  })

  it('tells what, where, why and what to do', () => {
    expect(renderError(plain(80), error)).toMatchInlineSnapshot(`
      "error: clusterip runs already
        at /run/user/1000/netlab/clusterip

        A name stands for one sandbox, and this one lives.

          pid 4711

        because: EEXIST

        fix: netlab down clusterip, or give this one another name: netlab up
             labs/clusterip.yaml --name second
      "
    `)
    expect(renderError(plain(40), error)).toMatchInlineSnapshot(`
      "error: clusterip runs already
        at /run/user/1000/netlab/clusterip

        A name stands for one sandbox, and
        this one lives.

          pid 4711

        because: EEXIST

        fix: netlab down clusterip, or give
             this one another name: netlab up
             labs/clusterip.yaml --name second
      "
    `)
  })

  it('may be one line', () => {
    expect(renderError(plain(80), new NetlabError({ what: 'no lab is running' }))).toBe(
      'error: no lab is running\n',
    )
    expect(renderError(coloured(80), new NetlabError({ what: 'no lab is running' }))).toBe(
      '\u001b[31m\u001b[1merror:\u001b[22m\u001b[39m no lab is running\n',
    )
  })

  it('leaves a fix of several lines as it is', () => {
    expect(
      renderError(
        plain(40),
        new NetlabError({
          what: 'no iptables',
          fix: 'type:\n  sudo apt-get install --yes iptables iproute2\n',
        }),
      ),
    ).toBe('error: no iptables\n\n  fix:\n    type:\n      sudo apt-get install --yes iptables iproute2\n')
  })
})

it('shows a bug with its stack and where to report it', () => {
  const bug = new TypeError('x is not a function')
  bug.stack = 'TypeError: x is not a function\n    at here (file.js:1:2)'
  expect(renderError(plain(80), bug)).toMatchInlineSnapshot(`
    "error: this is a bug in netlab, not in your lab.

      TypeError: x is not a function
          at here (file.js:1:2)

    Please report it in the issues of netlab's repository, with these lines, the
    command that you typed and the lab file. \`netlab down --all\` sweeps whatever it
    left.
    "
  `)
  expect(renderError(plain(80), 'text')).toContain('  thrown: text\n')
})
