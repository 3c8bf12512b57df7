import { withoutComment } from '../../trace/texts.ts'
import type { ManyReport } from '../../trace/trace-many.ts'
import type { Branch } from '../../trace/tree.ts'
import { percentage, plural, thousands } from '../format.ts'
import { chainName } from '../trace/words.ts'

/** The ways of many requests: who answered how often, and how many each rule took beside how many it should have. */
export function Histogram({ report }: { report: ManyReport }) {
  const { requests, failed, answers, chains, notes } = report
  const off = failed === 0 ? '' : `; ${plural(failed, 'request')} failed`
  return (
    <section class="histogram" aria-label="Many requests">
      <h2>
        {plural(requests, 'request')}
        {off}
      </h2>
      <ul>
        {Object.entries(answers).map(([pod, count]) => (
          <li key={pod}>
            <Bar words={pod} count={count} of={requests} />
          </li>
        ))}
      </ul>
      {notes.map(note => (
        <p key={note}>{note}</p>
      ))}
      <ul>
        {chains.map(chain => (
          <li key={`${chain.place} ${chainName(chain, chain.chain)}`}>
            <h3>
              {chain.place}: {chainName(chain, chain.chain)}, {thousands(chain.count)}
              {chain.dropped === 0 ? '' : `, ${thousands(chain.dropped)} dropped`}
            </h3>
            <Branches branches={chain.branches} of={chain.count} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Jumps to chains where nothing takes a packet are left out. */
function Branches({ branches, of }: { branches: readonly Branch[]; of: number }) {
  const told = branches.filter(({ to, inside }) => to === undefined || inside.length > 0)
  if (told.length === 0) return null
  return (
    <ul>
      {told.map(({ number, text = '', explain, to, count, expected, inside }) => (
        <li key={`${number} ${text} ${to}`}>
          <Bar
            words={
              / vmap /.test(text) && to !== undefined
                ? `${withoutComment(text)} → ${to}`
                : withoutComment(text)
            }
            count={count}
            of={of}
            {...(expected === undefined ? {} : { expected })}
          />
          {explain === undefined ? null : <p>{explain}</p>}
          <Branches branches={inside} of={count} />
        </li>
      ))}
    </ul>
  )
}

interface BarProps {
  words: string
  count: number
  of: number
  /** How many it should have been. */
  expected?: number
}

function Bar({ words, count, of, expected }: BarProps) {
  const share = of === 0 ? 0 : count / of
  return (
    <div class="bar">
      <code>{words}</code>
      <div class="track" aria-hidden="true">
        <div class="fill" style={{ width: `${share * 100}%` }} />
        {expected === undefined ? null : <div class="mark" style={{ left: `${(expected / of) * 100}%` }} />}
      </div>
      <span>
        {thousands(count)}, {percentage(share)}
        {expected === undefined ? '' : `, should be ${percentage(expected / of)}`}
      </span>
    </div>
  )
}
