import type { Dataplane } from './dataplane.ts'
import { isSocketLbCommand } from './socket-commands.ts'

interface Commands<C> {
  mode: Pick<Dataplane, 'chainsOf'>
  commands: readonly C[]
}

/**
 * The commands that bring a node from one mode to another: the new ones first, so that at each moment somebody translates. Rules whose chains
 * have the same names cannot be there at once, so the old ones go before; a program that is asked about sockets is no rule.
 */
export function modeChange<C extends { argv: readonly string[] }>(gone: Commands<C>, made: Commands<C>): C[] {
  if (gone.mode.chainsOf !== made.mode.chainsOf) return [...made.commands, ...gone.commands]
  const isRule = (command: C) => !isSocketLbCommand(command)
  return [
    ...made.commands.filter(isSocketLbCommand),
    ...gone.commands.filter(isRule),
    ...made.commands.filter(isRule),
    ...gone.commands.filter(isSocketLbCommand),
  ]
}
