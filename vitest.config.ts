import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { FailureSummary } from './test/failure-summary.ts'
import { LongestFirst } from './test/longest-first.ts'

/** Netlab is killed at random moments, and the machine filled with labs: one file after the other. */
const machine = ['test/stress/**/*.test.ts']

/** What starts netlab, or makes namespaces: whole folders, and in the others files of these names. curl.test.ts and ends.test.ts mock modules. */
const kernel = [
  'test/{cli,package,run,sandbox,scripts,security}/**/*.test.ts',
  'test/labs/!(differences|shipped).test.ts',
  'test/lesson/{lesson-record,walk}.test.ts',
  'test/command/{ip-argv,iptables-rule,undo}.test.ts',
  'test/**/{curl,ends,flows,kernel,writing-a-lab}.test.ts',
]

/** Milliseconds: an end for what hangs, not a measure. A busy machine takes its time. */
const patience = 600_000

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
          exclude: [...kernel, ...machine],
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
          // Labs mostly wait.
          maxWorkers: Math.max(3, availableParallelism()),
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
