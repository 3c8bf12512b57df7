import { EarlyStart } from './cli/early-start.ts'

const earlyStart = new EarlyStart()
const [verb, lab] = process.argv.slice(2)
if ((verb === 'up' || verb === 'walk') && lab !== undefined) earlyStart.begin()
// Begun before: what the verbs need is still to be run, though it is in this program already.
void import('./cli/main.ts').then(({ main }) => main(earlyStart))
