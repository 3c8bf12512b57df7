import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NetlabError } from '../errors.ts'
import type { Lab, Pod } from '../model/lab.ts'
import type { ProbeState } from '../observe/readiness.ts'
import type { Standing } from '../plan/apply-endpoints.ts'
import { compilePlan } from '../plan/compile.ts'
import { type EndpointsByService, serviceTargets } from '../plan/kube-proxy.ts'
import type { Plan } from '../plan/plan.ts'
import { lastEndpoints } from '../plan/step-endpoints.ts'
import { writeWhole } from '../sandbox/state-folder.ts'
import { type LabFolder, type LabState, stageOf } from './lab-state.ts'
import { labShape, syncStateShape } from './state-shapes.ts'

/** What is kept of a running lab beyond its plan: what kubelet, the endpoint controller and kube-proxy would remember. */
export interface SyncState {
  version: 1
  /** The endpoints that kube-proxy's rules have. */
  endpoints: EndpointsByService
  /** Pods whose programs somebody ended, and how. */
  ended: Readonly<Record<string, 'stopped' | 'killed'>>
  /** Pods that are not ready, with why. */
  notReady: Readonly<Record<string, string>>
  /** `pod/container` → what its probes have come to. */
  probes: Readonly<Record<string, ProbeState>>
  /** Pods that an apply was making or taking away when it failed. */
  unfinished: readonly Pod[]
  /** A sync has failed: the next one writes every rule. */
  fullSync: boolean
}

/** The lab as it stands, which an apply may have changed since it was brought up. */
export function readLab(folder: LabFolder): Lab {
  const lab = folder.readFile<Lab>('lab.json', labShape)
  if (lab === undefined) {
    throw new NetlabError({
      what: `what the lab ${folder.name} is made of is not known any more`,
      fix: `netlab down ${folder.name}, and bring it up again`,
    })
  }
  return lab
}

/**
 * What is remembered; of a lab that nothing has happened to since it came up, what its last step left. Where that was lost, the
 * next sync writes every rule.
 */
export function readSyncState(folder: LabFolder, lab: Lab): SyncState {
  const known = folder.readFile<SyncState>('sync.json', syncStateShape)
  if (known !== undefined) return known
  return {
    version: 1,
    endpoints: lastEndpoints(lab),
    ended: {},
    notReady: {},
    probes: {},
    unfinished: [],
    fullSync: existsSync(join(folder.path, 'sync.json')),
  }
}

/** Pods that are known not to run or not to be ready; empty where nothing has happened to any. */
export function readPodTroubles(folder: LabFolder): Pick<SyncState, 'ended' | 'notReady'> {
  return folder.readFile<SyncState>('sync.json', syncStateShape) ?? { ended: {}, notReady: {} }
}

export function writeSyncState(folder: LabFolder, state: SyncState): void {
  writeWhole(join(folder.path, 'sync.json'), `${JSON.stringify(state)}\n`)
}

/** Throws NetlabError for a lab that has not come up whole: what it is made of is not known. */
export function mustBeUp(state: LabState): void {
  const stage = stageOf(state)
  if (stage === 'up') return
  throw new NetlabError({
    what: `${state.lab} is ${stage === 'starting' ? 'being brought up right now' : 'not up: a step of it failed'}`,
    why: 'only a lab whose every step went well can be changed or synced',
    fix: stage === 'starting' ? 'wait until it is up' : `netlab down ${state.lab}, and bring it up again`,
  })
}

/** Keeps what stands now, so that `verify`, `status` and the next apply know it. */
export function writeLab(folder: LabFolder, standing: Standing, state: SyncState): void {
  writeWhole(join(folder.path, 'lab.json'), `${JSON.stringify(standing.lab)}\n`)
  writePlan(folder, compilePlan(standing.lab), standing, state)
  writeSyncState(folder, { ...state, endpoints: standing.endpoints })
}

/** Lets `verify` expect what kube-proxy's rules promise now. */
export function writePlan(folder: LabFolder, plan: Plan, standing: Standing, state: SyncState): void {
  const services = serviceTargets(standing.lab, standing.endpoints)
  const notReady = Object.keys(state.notReady)
  writeWhole(join(folder.path, 'plan.json'), `${JSON.stringify({ ...plan, services, notReady })}\n`)
}
