import { useEffect, useRef } from 'preact/hooks'
import { directionWords, type Stop } from '../live/stops.ts'

interface PlayerProps {
  stops: readonly Stop[]
  at: number
  go(at: number): void
}

/** Where the packet stands, and the keys that move it. */
export function Player({ stops, at, go }: PlayerProps) {
  const stop = stops[at]!
  return (
    <section class="player" aria-label="The packet">
      <div class="keys">
        <button type="button" onClick={() => go(at - 1)} disabled={at === 0} aria-label="a stop back">
          ◀
        </button>
        <span>
          {at + 1} of {stops.length}
        </span>
        <button
          type="button"
          onClick={() => go(at + 1)}
          disabled={at === stops.length - 1}
          aria-label="a stop on"
        >
          ▶
        </button>
      </div>
      <div role="status" class={stop.isLost ? 'stop lost' : 'stop'}>
        <p>
          <strong>{stop.place}</strong> {stop.title}
        </p>
        {stop.ends === undefined ? null : (
          <p class="ends">
            {directionWords(stop.direction)}: <code>{stop.ends}</code>
          </p>
        )}
        {stop.changes.map(({ what, before, after }) => (
          <p class="change" key={what}>
            {what}: <code>{before}</code> becomes <code>{after}</code>
          </p>
        ))}
      </div>
    </section>
  )
}

/** All stops, the rules of each, and which one it is now. */
export function Stops({ stops, at, go }: PlayerProps) {
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => list.current?.scrollIntoView({ block: 'nearest' }), [stops])
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [at])
  return (
    <ol class="stops" ref={list}>
      {stops.map((stop, index) => {
        const isFirst = index === 0 || stops[index - 1]!.direction !== stop.direction
        return (
          <li key={index} class={stop.isLost ? 'lost' : undefined}>
            {isFirst ? <h2>{directionWords(stop.direction)}</h2> : null}
            <button type="button" aria-current={index === at ? 'step' : undefined} onClick={() => go(index)}>
              <strong>{stop.place}</strong> {stop.title}
            </button>
            {index === at ? <RulesOf stop={stop} /> : null}
          </li>
        )
      })}
    </ol>
  )
}

function RulesOf({ stop }: { stop: Stop }) {
  if (stop.rules.length === 0) return null
  return (
    <ul class="met">
      {stop.rules.map(({ depth, number, text, explain }, index) => (
        <li key={index} style={{ marginLeft: `${depth}em` }}>
          {number === undefined ? null : `${number}  `}
          <code>{text}</code>
          {explain === undefined ? null : <p>{explain}</p>}
        </li>
      ))}
    </ul>
  )
}
