import { useState } from 'preact/hooks'
import type { Evidence } from '../../diagnose/evidence.ts'
import { plural } from '../format.ts'
import type { Findings } from '../live/findings.ts'
import type { Failed } from '../live/orders.ts'
import type { Parts } from '../live/parts.ts'

interface SendProps {
  places: Parts['places']
  targets: Parts['lab']['targets']
  from: string
  isBusy: boolean
  choose(place: string): void
  send(url: string): void
  sendMany(url: string): void
}

/** How many requests the button sends. */
export const manyRequests = 1000

/** Who asks, and for what. */
export function Send({ places, targets, from, isBusy, choose, send, sendMany }: SendProps) {
  const [typed, type] = useState<string>()
  const url = typed ?? targets[0]?.url ?? ''
  return (
    <form
      class="send"
      onSubmit={event => {
        event.preventDefault()
        send(url)
      }}
    >
      <label>
        From
        <select value={from} onChange={event => choose(event.currentTarget.value)}>
          {places.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="wide">
        To
        <input
          list="targets"
          value={url}
          onInput={event => type(event.currentTarget.value)}
          spellcheck={false}
          autocomplete="off"
        />
      </label>
      <datalist id="targets">
        {targets.map(({ name, url }) => (
          <option key={`${name} ${url}`} value={url}>
            {name}
          </option>
        ))}
      </datalist>
      <button type="submit" disabled={isBusy || url === ''}>
        Send
      </button>
      <button type="button" disabled={isBusy || url === ''} onClick={() => sendMany(url)}>
        Send 1,000
      </button>
    </form>
  )
}

interface BreakProps {
  places: Parts['places']
  chosen: string
  isBusy: boolean
  choose(place: string): void
  cut(link: string): void
  kill(): void
  sync(): void
  verify(): void
  mend(): void
  findings: Findings | undefined
}

/** What can be broken, who says what is wrong, and what mends it. */
export function Break({
  places,
  chosen,
  isBusy,
  choose,
  cut,
  kill,
  sync,
  verify,
  mend,
  findings,
}: BreakProps) {
  const place = places.find(({ name }) => name === chosen)
  return (
    <>
      <div class="send">
        <label>
          Break in
          <select value={chosen} onChange={event => choose(event.currentTarget.value)}>
            {places.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {place?.links.map(({ name, up }) => (
          <button key={name} type="button" disabled={isBusy || !up} onClick={() => cut(name)}>
            {up ? `Take ${name} down` : `${name} is down`}
          </button>
        ))}
        {place?.kind === 'pod' ? (
          <button type="button" disabled={isBusy} onClick={kill}>
            Kill {place.name}
          </button>
        ) : null}
      </div>
      <p>A rule is deleted under Rules.</p>
      <div class="send">
        <button type="button" disabled={isBusy} onClick={verify}>
          What is wrong?
        </button>
        <button type="button" disabled={isBusy} onClick={sync}>
          Sync
        </button>
        <button type="button" disabled={isBusy} onClick={mend}>
          Mend: build it again
        </button>
      </div>
      {findings === undefined ? null : <Found findings={findings} />}
    </>
  )
}

function Found({ findings: { ok, checks, samples, off } }: { findings: Findings }) {
  const asked = `${plural(checks, 'check')} and ${plural(samples, 'sample')}`
  return (
    <section class="findings" aria-label="What is wrong">
      <h2>{ok ? `✔ ${asked}: all is as it should be` : `✘ ${off.length} of ${asked} are off`}</h2>
      <ul>
        {off.map(({ what, expected, observed, evidence }) => (
          <li key={what}>
            <p>
              <strong>{what}</strong>
            </p>
            <p>expected: {expected}</p>
            <p class="lost">observed: {observed}</p>
            <Cause evidence={evidence} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What the diagnosis has found, if it has. */
export function Cause({ evidence }: { evidence: Evidence | undefined }) {
  if (evidence === undefined) return null
  const { headline, typed = [], lines } = evidence
  return (
    <>
      <p class="cause">{headline}</p>
      {typed.length === 0 ? null : (
        <>
          <p>what mends it:</p>
          <Printed text={typed.join('\n')} />
        </>
      )}
      {lines.length === 0 ? null : <Printed text={lines.join('\n')} />}
    </>
  )
}

/** Text as a terminal has it. */
export function Printed({ text }: { text: string }) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is scrolled with the keyboard
  return <pre tabIndex={0}>{text}</pre>
}

/** Why something could not be done. */
export function Refused({ failed }: { failed: Failed }) {
  const { what, where, why, details, fix } = failed
  return (
    <div class="refused" role="alert">
      <p>
        <strong>{what}</strong>
      </p>
      {[where, why].map(words => (words === undefined ? null : <p key={words}>{words}</p>))}
      {details === undefined ? null : <Printed text={details} />}
      {fix === undefined ? null : <p>{fix}</p>}
    </div>
  )
}
