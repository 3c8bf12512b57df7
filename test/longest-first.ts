import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, in this order. */
const longest = [
  'diagnose/kernel',
  'labs/exercises',
  'labs/many-services',
  'run/apply',
  'cli/state',
  'security/limits-in-labs',
  'security/sealed',
  'cli/up',
  'run/sync',
  'package/tarball',
  'labs/three-backends',
  'labs/session-affinity',
].map(file => `/test/${file}.test.ts`)

/**
 * Starts the longest files first, so that no processor waits for one of them at the end; then those that share a worker, so that it goes on
 * from one to the next.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      const at = longest.findIndex(file => moduleId.endsWith(file))
      return at < 0 ? longest.length + Number(project.config.isolate) : at
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}
