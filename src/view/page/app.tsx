import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { ManyReport } from '../../trace/trace-many.ts'
import type { Findings } from '../live/findings.ts'
import type { LessonPart } from '../live/lesson-part.ts'
import type { Failed, Followed, Orders, RuleNamed } from '../live/orders.ts'
import { type Known, listen, nothingKnown, OrderError, order } from './connection.ts'
import { Drawing } from './drawing.tsx'
import { Histogram } from './histogram.tsx'
import { Lesson, useLessonKeys } from './lesson.tsx'
import { Break, Cause, manyRequests, Refused, Send } from './panels.tsx'
import { Player, Stops } from './player.tsx'
import { Rules } from './rules.tsx'
import { Shell } from './shell.tsx'
import { hearShells } from './shells.ts'

const tabs = ['Lesson', 'Send', 'Rules', 'Break', 'Shell'] as const
type Tab = (typeof tabs)[number]

/** What is half-way through its lesson is broken in a shell, and mended by the lesson's own keys. */
const tabsInLesson = tabs.filter(tab => tab !== 'Break')
const noLesson: LessonPart = { language: 'en', steps: [], words: [], keys: [], turn: 0 }

/** What came of the last thing that was asked for. */
interface Outcome {
  trace?: Followed
  many?: ManyReport
  findings?: Findings
  done?: { typed: string; words: string }
  failed?: Failed
}

/** The page of a running lab. */
export function App() {
  const [known, setKnown] = useState(nothingKnown)
  const [chosenTab, setTab] = useState<Tab>()
  const [place, choose] = useState<string>()
  const [outcome, setOutcome] = useState<Outcome>({})
  const [isWhole, showWhole] = useState(false)
  const [step, setStep] = useState({ at: 0, before: 0 })
  useEffect(() => listen(setKnown, hearShells), [])

  const { lab, places = [], drawing, arrows = {}, rules = [], packets = [] } = known.parts
  const stops = outcome.trace?.stops ?? []
  const go = useCallback(
    (at: number) =>
      setStep(({ at: before }) => (at < 0 || at >= stops.length ? { at: before, before } : { at, before })),
    [stops.length],
  )
  useArrowKeys(step.at, go, stops.length > 0)
  const { lesson = noLesson } = known.parts
  const hasLesson = lesson.step !== undefined
  const shownTabs: readonly Tab[] = hasLesson ? tabsInLesson : tabs
  const tab = shownTabs.find(each => each === chosenTab) ?? (hasLesson ? 'Lesson' : 'Send')
  const isAlone = known.ended !== '' || !known.connected
  const isBusy = known.busy !== '' || isAlone
  const ask = useCallback(
    <Name extends keyof Orders>(
      name: Name,
      body: Orders[Name]['body'],
      outcomeOf: (told: Orders[Name]['told']) => Outcome,
    ) => {
      const show = (outcome: Outcome) => {
        setOutcome(outcome)
        setStep({ at: 0, before: 0 })
      }
      order(name, body).then(
        told => show(outcomeOf(told)),
        error => show({ failed: error instanceof OrderError ? error.failed : { what: String(error) } }),
      )
    },
    [],
  )
  const { turn } = lesson
  const goToShell = useCallback(() => {
    setTab('Shell')
    requestAnimationFrame(() => document.getElementById('open-shell')?.focus())
  }, [])
  const press = useCallback(
    (key: string) => {
      // A shell is this window's, and the lesson waits for none.
      if (key === 's') goToShell()
      else ask('press', { key, turn }, ({ trace }) => (trace === undefined ? {} : { trace }))
    },
    [ask, turn, goToShell],
  )
  // A question is told before the order that has led to it is over: a key that answers it by then waits.
  const [early, setEarly] = useState<{ key: string; turn: number }>()
  useEffect(() => {
    if (early === undefined || (known.busy !== '' && !isAlone)) return
    setEarly(undefined)
    if (early.turn === turn && !isAlone) press(early.key)
  }, [early, known.busy, turn, isAlone, press])
  const hear = useCallback(
    (key: string) => (known.busy === '' ? press(key) : setEarly({ key, turn })),
    [known.busy, press, turn],
  )
  useLessonKeys(tab === 'Lesson' && !isAlone ? lesson.keys : noLesson.keys, hear)

  if (lab === undefined || drawing === undefined) return <Waiting known={known} />
  const chosen = place ?? places.find(({ kind }) => kind === 'pod')?.name ?? places[0]?.name ?? ''
  const done = (done: Orders['sync']['told']): Outcome => ({ done })
  const way =
    outcome.trace === undefined ? null : (
      <>
        <Stops stops={stops} at={step.at} go={go} />
        <Cause evidence={outcome.trace.evidence} />
        {outcome.trace.notes.map(note => (
          <p key={note}>{note}</p>
        ))}
      </>
    )
  const stop = stops[step.at]
  const before = stops[step.before]
  return (
    <>
      <header>
        <h1>{lab.name}</h1>
        <p class="title" lang={lesson.language}>
          {lab.title}
        </p>
        <State known={known} />
      </header>
      <main class={tab === 'Lesson' || tab === 'Shell' ? 'roomy' : undefined}>
        <div class="stage">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is larger than the page is scrolled with the keyboard */}
          <section class={isWhole ? 'paper whole' : 'paper'} tabIndex={0} aria-label="The lab">
            <Drawing
              drawing={drawing}
              arrows={arrows}
              chosen={chosen}
              choose={choose}
              packet={
                stop === undefined
                  ? undefined
                  : {
                      spot: stop.spot,
                      isLost: stop.isLost,
                      ...(before === undefined ? {} : { before: before.spot }),
                    }
              }
            />
          </section>
          <button type="button" class="zoom" aria-pressed={isWhole} onClick={() => showWhole(!isWhole)}>
            Whole lab
          </button>
          {stop === undefined ? null : <Player stops={stops} at={step.at} go={go} />}
        </div>
        <div class="panel">
          <Tabs tabs={shownTabs} chosen={tab} choose={setTab} />
          <div role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`}>
            {outcome.failed === undefined ? null : <Refused failed={outcome.failed} />}
            {outcome.done === undefined ? null : (
              <p class="done" role="status">
                {outcome.done.words}
                <br />
                <code>{outcome.done.typed}</code>
              </p>
            )}
            {tab === 'Lesson' ? (
              <>
                <Lesson {...{ lesson, isBusy, press }} begin={() => ask('begin', {}, () => ({}))} />
                {way}
              </>
            ) : null}
            {tab === 'Send' ? (
              <>
                <Send
                  {...{ places, targets: lab.targets, from: chosen, isBusy, choose }}
                  send={url => ask('send', { from: chosen, url }, trace => ({ trace }))}
                  sendMany={url =>
                    ask('many', { from: chosen, url, requests: manyRequests }, many => ({ many }))
                  }
                />
                {way}
                {outcome.many === undefined ? null : <Histogram report={outcome.many} />}
              </>
            ) : null}
            {tab === 'Rules' ? (
              <Rules
                {...{ rules, packets, isBusy }}
                remove={(rule: RuleNamed) => ask('delete', rule, done)}
              />
            ) : null}
            {tab === 'Break' ? (
              <Break
                {...{ places, chosen, isBusy, choose, findings: outcome.findings }}
                cut={link => ask('cut', { place: chosen, link }, done)}
                kill={() => ask('kill', { pod: chosen }, done)}
                sync={() => ask('sync', {}, done)}
                verify={() => ask('verify', {}, findings => ({ findings }))}
                mend={() => ask('mend', {}, done)}
              />
            ) : null}
            <Shell
              {...{ places, chosen, choose }}
              reader={known.connected ? known.reader : ''}
              isShown={tab === 'Shell'}
            />
          </div>
        </div>
      </main>
    </>
  )
}

function Waiting({ known }: { known: Known }) {
  return (
    <main>
      <h1>netlab</h1>
      <p role="status">{known.ended || known.trouble || known.busy || 'Looking at the lab …'}</p>
    </main>
  )
}

/** What is off at this moment, in words. */
function State({ known }: { known: Known }) {
  const { parts, busy, trouble, ended, connected } = known
  const off = [
    ...(parts.places ?? []).flatMap(({ name, marks }) => marks.map(words => `${name}: ${words}`)),
    ...(parts.marks ?? []),
  ]
  const words =
    ended ||
    (connected ? '' : 'netlab view does not answer') ||
    (busy === '' ? '' : `… ${busy}`) ||
    trouble ||
    (off.length === 0
      ? '✔ nothing is off'
      : `✘ ${off.slice(0, 3).join(' · ')}${off.length > 3 ? ` · and ${off.length - 3} more` : ''}`)
  return (
    <p class={off.length > 0 || ended !== '' || trouble !== '' ? 'state lost' : 'state'} role="status">
      {words}
    </p>
  )
}

interface TabsProps {
  tabs: readonly Tab[]
  chosen: Tab
  choose(tab: Tab): void
}

function Tabs({ tabs, chosen, choose }: TabsProps) {
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.stopPropagation()
    const at = tabs.indexOf(chosen)
    const next = tabs[(at + step + tabs.length) % tabs.length]!
    choose(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <div role="tablist" aria-label="What to do">
      {tabs.map(tab => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === chosen}
          aria-controls="panel"
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => choose(tab)}
          onKeyDown={press}
        >
          {tab}
        </button>
      ))}
    </div>
  )
}

/** The arrow keys step through a trace, but where something is typed or chosen. */
function useArrowKeys(at: number, go: (at: number) => void, isOn: boolean): void {
  useLayoutEffect(() => {
    if (!isOn) return
    const press = (event: KeyboardEvent) => {
      if (event.target instanceof Element && event.target.closest('input, select, textarea') !== null) return
      if (event.altKey || event.ctrlKey || event.metaKey) return
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
      if (step === 0) return
      event.preventDefault()
      go(at + step)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [at, go, isOn])
}
