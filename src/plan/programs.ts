import { programOf } from '../command/pause.ts'
import type { Plan } from './plan.ts'
import { actionsOf, checksOf } from './task-steps.ts'

/**
 * The programs that a plan runs by name, and CNI plugins by their paths, each with the title of the first step that does; netlab's own
 * not.
 */
export function programsOf({ steps }: Pick<Plan, 'steps'>): ReadonlyMap<string, string> {
  const programs = new Map<string, string>()
  for (const step of steps) {
    const { title } = step
    const actions = actionsOf(step)
    for (const { command } of actions)
      for (const path of [command.plugin?.program, command.plugin?.ipam])
        if (path !== undefined && !programs.has(path)) programs.set(path, title)
    const commands = [
      ...actions.map(({ command }) => programOf(command)),
      ...checksOf(step).map(check => (check.kind === 'command' ? check.argv : ['curl'])),
    ]
    for (const [program = ''] of commands) {
      const isPath = program.includes('/')
      if (!isPath && program !== 'netlab' && !programs.has(program)) programs.set(program, title)
    }
  }
  return programs
}
