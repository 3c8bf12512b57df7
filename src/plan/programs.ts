import { programOf } from '../command/pause.ts'
import type { Plan } from './plan.ts'

/**
 * The programs that a plan runs by name, and CNI plugins by their paths, each with the title of the first step that does; netlab's own
 * not.
 */
export function programsOf({ steps }: Pick<Plan, 'steps'>): ReadonlyMap<string, string> {
  const programs = new Map<string, string>()
  for (const { title, actions, checks } of steps) {
    for (const { command } of actions)
      for (const path of [command.plugin?.program, command.plugin?.ipam])
        if (path !== undefined && !programs.has(path)) programs.set(path, title)
    const commands = [
      ...actions.map(({ command }) => programOf(command)),
      ...checks.map(check => (check.kind === 'command' ? check.argv : ['curl'])),
    ]
    for (const [program = ''] of commands) {
      const isPath = program.includes('/')
      if (!isPath && program !== 'netlab' && !programs.has(program)) programs.set(program, title)
    }
  }
  return programs
}
