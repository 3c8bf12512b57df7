import { resolve } from 'node:path'
import { commandLine, shellWord } from '../command/command-line.ts'
import { parseSaved, restoreLine } from '../command/iptables-save.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { Course } from '../lesson/course.ts'
import { iptablesOf } from '../model/families.ts'
import { placesOf } from '../model/places.ts'
import { type ObservedLab, runTool } from '../observe/tool.ts'
import { labAsBuilt } from '../plan/lab-in-condition.ts'
import { down } from '../run/down.ts'
import { isTaskOpen } from '../run/lab-folder.ts'
import { LabStart } from '../run/lab-start.ts'
import { openLab } from '../run/lab-state.ts'
import { endPod } from '../run/pods.ts'
import { rebuild } from '../run/rebuild.ts'
import { fields, oneOf, type Shape, text, whole } from '../run/shape.ts'
import { sync } from '../run/sync.ts'
import { trace } from '../trace/trace.ts'
import { traceMany } from '../trace/trace-many.ts'
import { verify } from '../verify/verify.ts'
import { duration, plural } from '../view/format.ts'
import { findingsOf } from '../view/live/findings.ts'
import type { Done, Orders, RuleNamed } from '../view/live/orders.ts'
import { printable } from '../view/printable.ts'
import type { Shown } from './lab-watch.ts'
import { followed, type PageLesson } from './page-lesson.ts'

/** What the page is about: its lab, as it shows it, and the lesson that goes through it. */
export interface Desk {
  lab: string
  shown: Shown
  lesson: PageLesson
}

/** A lab that runs, looked at for one order. */
type Opened = ReturnType<typeof openLab> & { observed: ObservedLab; lesson: PageLesson }

/** How an order is carried out, and what those who look on are told meanwhile. */
interface Order<Name extends keyof Orders> {
  shape: Shape
  words: string
  /** It is about a lab with all of its steps: a lesson knows better how far it is. */
  isForWhole?: true
  carryOut(opened: Opened, body: Orders[Name]['body'], signal: AbortSignal): Promise<Orders[Name]['told']>
}

/** Requests to each service from each place: somebody waits, and what was broken by hand is not off by a few per cent. */
const samplesOnPage = 20

/** More take long to read, and say no more. */
const mostRequests = 2000

/** All that the page can ask for: what it does is what the verbs do. */
const orders: { readonly [Name in keyof Orders]: Order<Name> } = {
  send: {
    shape: fields({ from: text, url: text }),
    words: 'a request is on its way',
    carryOut: async ({ observed, lab, state }, { from, url }) => {
      mustBePlace(placesOf(lab), from)
      const unexplained = isTaskOpen(state)
      return followed(await trace(observed, from, url, { unexplained }), observed)
    },
  },
  many: {
    shape: fields({ from: text, url: text, requests: whole(1, mostRequests) }),
    words: 'many requests are on their way',
    carryOut: ({ observed, lab }, { from, url, requests }) => {
      mustBePlace(placesOf(lab), from)
      return traceMany(observed, from, url, requests)
    },
  },
  cut: {
    shape: fields({ place: text, link: text }),
    words: 'a link goes down',
    carryOut: async ({ observed, lab }, { place, link }) => {
      mustBePlace(placesOf(lab), place)
      const argv = ['ip', 'link', 'set', 'dev', link, 'down']
      return { typed: await runInside(observed, argv, place), words: `${link} in ${place} is down` }
    },
  },
  kill: {
    shape: fields({ pod: text }),
    words: 'a pod is killed',
    isForWhole: true,
    carryOut: async ({ folder, sandbox, lab }, { pod }) => {
      const { endpointOf, watched } = await endPod(folder, sandbox, pod, 'kill')
      const still =
        endpointOf.length === 0 || watched
          ? ''
          : `; nobody has told kube-proxy: its rules still send to it for ${endpointOf.join(', ')}`
      return { typed: `netlab pod kill ${pod} --lab ${lab.name}`, words: `${pod} is killed${still}` }
    },
  },
  delete: {
    shape: fields({ place: text, family: oneOf('ipv4', 'ipv6'), table: text, chain: text, text }),
    words: 'a rule is deleted',
    carryOut: ({ observed, lab }, rule) => {
      mustBePlace(placesOf(lab), rule.place)
      return deleteRule(observed, rule)
    },
  },
  verify: {
    shape: fields({}),
    words: 'the lab is verified',
    isForWhole: true,
    carryOut: async ({ observed, state }) => {
      const unexplained = isTaskOpen(state)
      return findingsOf(await verify(observed, { requests: samplesOnPage, unexplained }))
    },
  },
  sync: {
    shape: fields({}),
    words: 'kubelet, the endpoint controller and kube-proxy look',
    isForWhole: true,
    carryOut: async ({ lab, ...living }, _, signal) => {
      const { pods, rules, ok } = await sync(living, { look: true, signal })
      const news = pods.map(({ pod, ready, why }) => `${pod} is ${ready ? 'ready' : `not ready: ${why}`}`)
      const changed = `${plural(rules.rules, 'rule')} changed${ok ? '' : ', and not all went well'}`
      return { typed: `netlab sync ${lab.name}`, words: [...news, changed].join('; ') }
    },
  },
  mend: {
    shape: fields({}),
    words: 'the lab is built again',
    isForWhole: true,
    carryOut: async (living, _, signal): Promise<Done> => {
      const { ms, stopped } = await rebuild(living, signal)
      const typed = `netlab down ${living.lab.name} && netlab up ${shellWord(living.state.file)}`
      if (stopped === undefined)
        return { typed, words: `${living.lab.name} is built again, in ${duration(ms)}` }
      throw new NetlabError({
        what: `step ${stopped.index + 1}, ${stopped.step.title}, fails now`,
        fix: `netlab verify ${living.lab.name}`,
      })
    },
  },
  begin: {
    shape: fields({}),
    words: 'the lesson begins',
    isForWhole: true,
    carryOut: async ({ folder, state, lesson }) => {
      const asBuilt = labAsBuilt(folder.readLab())
      await down(folder.name)
      const start = new LabStart()
      try {
        const { file, cwd } = state
        const course = new Course(asBuilt, resolve(cwd, file))
        return await lesson.begin(asBuilt, { file, start, course })
      } catch (error) {
        await start.giveUp()
        throw error
      }
    },
  },
  press: {
    shape: fields({ key: text, turn: whole(0, Number.MAX_SAFE_INTEGER) }),
    words: 'the lesson goes on',
    carryOut: ({ lesson }, { key, turn }) => lesson.press(key, turn),
  },
}

/** Milliseconds that an order may take: where nobody answers, verifying waits for each in vain. */
const patience = 600_000

/** What those who look on are told while an order is carried out. Throws NetlabError where there is no such order. */
export function orderWords(name: string): string {
  return orderNamed(name).words
}

/** Carries out an order of the page, on a lab as the page shows it. Throws NetlabError where it makes no sense or fails. */
export async function carryOutOrder(
  { lab, shown, lesson }: Desk,
  name: string,
  body: unknown,
  stopped: AbortSignal,
): Promise<unknown> {
  const order = orderNamed(name)
  if (!order.shape(body))
    throw new NetlabError({ what: `the order ${name} is not as it should be`, exitCode: exitCode.wrongInput })
  if (order.isForWhole && lesson.stands !== undefined)
    throw new NetlabError({
      what: `not while ${lab} is walked through`,
      why: 'it is about a lab with all of its steps',
      fix: 'q ends the lesson, and k keeps the lab up; r builds the step at hand again',
    })
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(patience)])
  return order.carryOut({ ...openLab(lab), lesson, observed: { ...shown(), signal } }, body as never, signal)
}

function orderNamed(name: string): Order<keyof Orders> {
  if (Object.hasOwn(orders, name)) return orders[name as keyof Orders] as Order<keyof Orders>
  throw new NetlabError({ what: 'there is no such order', exitCode: exitCode.wrongInput })
}

function mustBePlace(places: readonly string[], place: string): void {
  if (places.includes(place)) return
  throw new NetlabError({
    what: `there is no place named ${place}`,
    fix: `there are: ${places.join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}

/** Runs a command that the person has asked for; returns how it is typed. */
async function runInside(
  { sandbox, running, signal }: ObservedLab,
  argv: readonly string[],
  place: string,
): Promise<string> {
  await runTool(sandbox, argv, {
    ...{ place, why: 'the page has asked for it' },
    ...(signal === undefined ? {} : { signal }),
  })
  return `netlab exec ${running.lab.name} -- ${commandLine({ argv, in: place })}`
}

/** The rule is looked for by its words, as the page was told them: its number may be another one's by now. */
async function deleteRule(observed: ObservedLab, rule: RuleNamed): Promise<Done> {
  const { place, family, table, chain, text: wanted } = rule
  const program = iptablesOf(family)
  const { stdout } = await runTool(observed.sandbox, [`${program}-save`, '-t', table], {
    ...{ place, why: 'looking for the rule' },
    ...(observed.signal === undefined ? {} : { signal: observed.signal }),
  })
  const rules = parseSaved(stdout).get(table)?.get(chain)?.rules ?? []
  const found = rules.find(({ argv }) => printable(restoreLine(argv)) === wanted)
  if (found === undefined)
    throw new NetlabError({ what: `${table} ${chain} of ${place} has no such rule any more` })
  const argv = [program, '-t', table, '-D', chain, `${found.number}`]
  const typed = await runInside(observed, argv, place)
  return { typed, words: `rule ${found.number} of ${table} ${chain} in ${place} is deleted` }
}
