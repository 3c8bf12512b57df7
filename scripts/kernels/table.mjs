/** What was found on each kernel, as a table of Markdown; what failed is told below it. */
export function table(results) {
  return results.map(one).join('\n')
}

function one({ kernel, labRoot, release, ended, seconds, found }) {
  const rows = found.map(({ name, state, seconds, counts }) => [
    name,
    stateWords(state, counts),
    `${seconds} s`,
  ])
  const count = state => found.filter(each => each.state === state).length
  const failures = found.filter(({ state, why }) => state === 'failed' && why !== undefined)
  return [
    `### ${kernel}: ${release === '' ? 'did not start' : `Linux ${release}`}${labRoot ? ", labs with the machine's root" : ''}`,
    '',
    ...(rows.length === 0 ? [] : lines([['what', 'came of it', 'time'], ...rows])),
    '',
    `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped in ${seconds} s${ended === 'done' ? '' : `; ${ended}`}`,
    '',
    ...failures.flatMap(({ name, why }) => [
      `${name} failed:`,
      '',
      ...why.split('\n').map(line => `    ${line}`),
      '',
    ]),
  ].join('\n')
}

function stateWords(state, counts) {
  if (counts === undefined) return state
  const { passed, failed, skipped } = counts
  return `${state}: ${passed} passed, ${failed} failed, ${skipped} skipped`
}

function lines([head, ...rows]) {
  const line = cells => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}
