// Imported before a program's own code: writes what the process has used when it ends, to the file that the environment names.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  // In kB (getrusage(2)).
  const megabytes = process.resourceUsage().maxRSS / 1024
  writeFileSync(process.env.NETLAB_BENCH_USAGE, JSON.stringify({ cpu: (user + system) / 1e6, megabytes }))
})
