import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { FailureSummary } from './test/failure-summary.ts'
import { LongestFirst } from './test/longest-first.ts'

/** Netlab is killed at random moments, and the machine filled with labs: one file after the other. */
const machine = ['test/stress/**/*.test.ts']

/** What starts netlab, or makes namespaces: whole folders, and in the others files of these names. */
const kernel = [
  'test/{cli,run}/**/*.test.ts',
  'test/labs/!(differences|shipped).test.ts',
  'test/lesson/{lesson-record,walk}.test.ts',
  'test/command/{ip-argv,iptables-rule,undo}.test.ts',
  'test/**/{flows,kernel,writing-a-lab}.test.ts',
]

/**
 * A process of its own for each file: it is about what a process has and leaves behind (rights, open files, environment), or it mocks
 * modules, as curl.test.ts and ends.test.ts do.
 */
const alone = ['test/{package,sandbox,scripts,security}/**/*.test.ts', 'test/**/{curl,ends}.test.ts']

/** Labs mostly wait. */
const labWorkers = Math.max(3, availableParallelism())

/** Milliseconds: an end for what hangs, not a measure. A busy machine takes its time, and an emulated one ten times as long (scripts/test-kernels). */
const patience = process.env.NETLAB_IN_VM === undefined ? 600_000 : 6_000_000

export default defineConfig({
  test: {
    testTimeout: patience,
    hookTimeout: patience,
    globalSetup: 'test/labs/set-up-package.ts',
    // The log of a failure is read from its end.
    reporters: ['default', new FailureSummary()],
    sequence: { sequencer: LongestFirst },
    diff: { truncateThreshold: 60 },
    coverage: { include: ['src/**'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [...kernel, ...alone, ...machine],
          isolate: false,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'kernel',
          include: kernel,
          exclude: alone,
          // To load netlab costs some seconds: once for each worker, and not for each file.
          isolate: false,
          maxWorkers: labWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          maxWorkers: labWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'machine',
          include: machine,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
