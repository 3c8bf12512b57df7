import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type {
  LessonCheck,
  LessonCommand,
  LessonPart,
  LessonQuestion,
  LessonStep,
} from '../live/lesson-part.ts'
import type { Answered } from '../predictions.ts'
import { type Words, wordsIn } from '../words/words.ts'
import { Cause, Printed } from './panels.tsx'

interface LessonProps {
  lesson: LessonPart
  /** Whether something goes on that should not be disturbed. */
  isBusy: boolean
  begin(): void
  press(key: string): void
}

/** The lesson: the step at hand with its reason, its commands and its checks, and the keys that go on; or how it is begun. */
export function Lesson({ lesson, isBusy, begin, press }: LessonProps) {
  const section = useRef<HTMLElement>(null)
  const { language, step, steps, words, keys } = lesson
  const say = wordsIn[language]
  useEffect(() => {
    if (step?.state === 'ahead') section.current?.scrollIntoView()
    else section.current?.querySelector(newest(step))?.scrollIntoView({ block: 'nearest' })
  }, [step])
  if (step === undefined) return <Ahead {...{ lesson, isBusy, begin }} />
  const pressed = (key: string) => {
    // What is pressed next is for the lesson again, and not for this button.
    section.current?.focus()
    press(key)
  }
  return (
    <>
      <section class="lesson" lang={language} aria-label={say.onPage.lesson} ref={section} tabIndex={-1}>
        <details>
          <summary>{say.onPage.stepOf(step.index + 1, steps.length)}</summary>
          <Steps steps={steps} />
        </details>
        <h2>{step.title}</h2>
        {paragraphs(step.why).map(text => (
          <p key={text}>{text}</p>
        ))}
        <Commands commands={step.commands} />
        {step.leftOut === undefined ? null : <p class="lost">{step.leftOut}</p>}
        <div aria-live="polite">
          {step.question === undefined ? null : (
            <Question question={step.question} isBusy={isBusy} press={pressed} say={say} />
          )}
        </div>
        {step.checks.length === 0 ? null : <Checks step={step} say={say} />}
        <div role="status">
          <p class={step.state === 'failed' ? 'lost' : undefined}>{stateWords(step, say)}</p>
          {step.question?.judged === undefined ? null : <Verdict judged={step.question.judged} say={say} />}
          {paragraphs(step.because ?? '').map(text => (
            <p key={text}>{text}</p>
          ))}
        </div>
        {words.map(line => (
          <p key={line} class="aside">
            {line}
          </p>
        ))}
      </section>
      <div class="keys lesson-keys" lang={language}>
        {otherKeys(lesson).map(({ key, does }) => (
          <button key={key} type="button" disabled={isBusy} onClick={() => pressed(key)}>
            <kbd>{key}</kbd> {does}
          </button>
        ))}
        {keys.length === 0 ? <p>…</p> : null}
      </div>
    </>
  )
}

/** What has come last of a step, as a selector. */
function newest(step: LessonStep | undefined): string {
  const question = step?.question
  if (question !== undefined && question.said === undefined) return '.question'
  return question?.judged === undefined ? '.running, .checks' : '.verdict'
}

/** The keys that are no answer to a question: these stand with it. */
function otherKeys({ keys, step }: LessonPart): LessonPart['keys'] {
  const answers = step?.question?.answers ?? []
  return keys.filter(({ key }) => answers.every(answer => answer.key !== key))
}

interface QuestionProps {
  question: LessonQuestion
  isBusy: boolean
  press(key: string): void
  say: Words
}

function Question({ question: { ask, answers, said }, isBusy, press, say }: QuestionProps) {
  return (
    <section class="question" aria-labelledby="ask">
      <h3 id="ask">{ask}</h3>
      {said === undefined ? (
        <ul class="answers">
          {answers.map(({ key, text, earlier }) => (
            <li key={key}>
              <button type="button" disabled={isBusy} onClick={() => press(key)}>
                <kbd>{key}</kbd> {text}
                {earlier ? say.aside(say.prediction.earlier) : ''}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <SaidLines lines={[said]} say={say} />
      )}
    </section>
  )
}

interface VerdictProps {
  judged: NonNullable<LessonQuestion['judged']>
  say: Words
}

function Verdict({ judged: { verdict, lines }, say }: VerdictProps) {
  return (
    <section class={`verdict ${verdict}`} aria-label={say.onPage.yourAnswer}>
      <h3>{say.prediction[verdict]}</h3>
      <SaidLines lines={lines} say={say} />
    </section>
  )
}

function SaidLines({ lines, say }: { lines: readonly Answered[]; say: Words }) {
  return (
    <dl>
      {lines.map(({ label, text }) => (
        <>
          {label === undefined ? null : <dt>{say.prediction[label]}</dt>}
          <dd>{text}</dd>
        </>
      ))}
    </dl>
  )
}

function Ahead({
  lesson: { language, steps },
  isBusy,
  begin,
}: Pick<LessonProps, 'lesson' | 'isBusy' | 'begin'>) {
  const say = wordsIn[language].onPage
  return (
    <section class="lesson" lang={language} aria-label={say.lesson}>
      <p>{say.ahead(steps.length)}</p>
      <button type="button" disabled={isBusy} onClick={begin}>
        {say.begin}
      </button>
      <Steps steps={steps} />
    </section>
  )
}

const marks = { ahead: '', running: '… ', done: '✔ ', failed: '✘ ' } as const

function Steps({ steps }: Pick<LessonPart, 'steps'>) {
  return (
    <ol class="steps">
      {steps.map(({ title, state }, index) => (
        <li key={index} class={state === 'failed' ? 'lost' : state}>
          {marks[state]}
          {index + 1}. {title}
        </li>
      ))}
    </ol>
  )
}

function Commands({ commands }: Pick<LessonStep, 'commands'>) {
  return (
    <ul class="commands">
      {commands.map((piece, index) =>
        'words' in piece ? (
          <li key={index}>
            <details class={stateOf(piece.commands)}>
              <summary>
                {marks[stateOf(piece.commands)]}
                {piece.words}
              </summary>
              <Commands commands={piece.commands} />
            </details>
            {piece.commands.map((command, at) =>
              command.state === 'failed' ? <CommandOf key={at} command={command} /> : null,
            )}
          </li>
        ) : (
          <li key={index}>
            <CommandOf command={piece} />
          </li>
        ),
      )}
    </ul>
  )
}

/** How far commands are that stand in one line. */
function stateOf(commands: readonly LessonCommand[]): LessonCommand['state'] {
  const has = (state: LessonCommand['state']) => commands.some(command => command.state === state)
  if (has('failed')) return 'failed'
  if (commands.every(({ state }) => state === 'done')) return 'done'
  return has('running') || has('done') ? 'running' : 'ahead'
}

function CommandOf({ command }: { command: LessonCommand }) {
  const { text, explain, state, output, ending, stderr } = command
  return (
    <div class={`command ${state}`}>
      {explain === undefined ? null : <p class="explain"># {explain}</p>}
      <p>
        <code>$ {text}</code>
      </p>
      {output === undefined ? null : <Printed text={output} />}
      {ending === undefined ? null : <p class="lost">✘ {ending}</p>}
      {stderr === undefined || stderr === '' ? null : <Printed text={stderr} />}
    </div>
  )
}

function Checks({ step: { checks, leftOut }, say }: { step: LessonStep; say: Words }) {
  const { itsChecks, notChecked, thenChecked, checked } = say.onPage
  const isAhead = checks.every(({ state }) => state === 'ahead')
  return (
    <section class="checks" aria-label={itsChecks}>
      <h3>{leftOut !== undefined ? notChecked : isAhead ? thenChecked : checked}</h3>
      <ul class="check-list">
        {checks.map((check, index) => (
          <CheckOf key={index} check={check} say={say} />
        ))}
      </ul>
    </section>
  )
}

function CheckOf({ check, say }: { check: LessonCheck; say: Words }) {
  const { what, expected, state, observed, means, evidence } = check
  return (
    <li class={`check ${state}`}>
      <p>
        {marks[state] || '? '}
        <code>{what}</code>
      </p>
      {state === 'ahead' ? null : (
        <dl>
          <dt>{say.expected}</dt>
          <dd>{expected}</dd>
          {observed === undefined ? null : (
            <>
              <dt>{say.observed}</dt>
              <dd class={state === 'failed' ? 'lost' : 'held'}>{observed}</dd>
            </>
          )}
          {means === undefined ? null : (
            <>
              <dt>{say.so}</dt>
              <dd>{means}</dd>
            </>
          )}
        </dl>
      )}
      <Cause evidence={evidence} />
    </li>
  )
}

/** What is heard when a step goes on; its question speaks for itself. */
function stateWords({ state, checks, question }: LessonStep, { onPage: say }: Words): string {
  switch (state) {
    case 'ahead':
      return ''
    case 'running':
      if (question !== undefined && question.said === undefined) return ''
      return checks.some(check => check.state === 'running') ? `… ${say.checksTried}` : `… ${say.commandsRun}`
    case 'done':
      return `✔ ${checks.length === 0 ? say.done : say.asExpected}`
    case 'failed':
      return `✘ ${say.failed}`
  }
}

function paragraphs(text: string): string[] {
  return text.split(/\n\s*\n/).filter(each => each.trim() !== '')
}

/** The lesson's keys, as on a terminal: but where something is typed or chosen, and Enter where it presses something else. */
export function useLessonKeys(keys: LessonPart['keys'], press: (key: string) => void): void {
  // At once: a key that is shown is heard.
  useLayoutEffect(() => {
    if (keys.length === 0) return
    const hear = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return
      const known = keys.find(({ key }) => key.toLowerCase() === event.key.toLowerCase())
      if (known === undefined || isAnothers(event)) return
      event.preventDefault()
      press(known.key)
    }
    addEventListener('keydown', hear)
    return () => removeEventListener('keydown', hear)
  }, [keys, press])
}

const typed = 'input, select, textarea'
const pressable = 'button:not([role=tab][aria-selected=true]), summary, a, [role=button]'

function isAnothers({ target, key }: KeyboardEvent): boolean {
  const others = key === 'Enter' ? `${typed}, ${pressable}` : typed
  return target instanceof Element && target.closest(others) !== null
}
