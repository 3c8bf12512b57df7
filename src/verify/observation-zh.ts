import { type Observation, roundSeconds } from './observation.ts'

/** What was observed, in Chinese. */
export function observationInChinese(seen: Observation): string {
  switch (seen.kind) {
    case 'timeout':
      return `${roundSeconds(seen.seconds)} 秒后超时`
    case 'refused':
    case 'unreachable':
      return seen.kind === 'refused' ? '被拒绝' : '不可达'
    case 'failed':
      return `失败：${seen.message}`
    case 'unfinished':
      return `回答没有说完（${seen.message}）：${seen.body}`
    case 'answered': {
      const status = seen.status === 200 ? '' : `，状态码 ${seen.status}`
      return 'backend' in seen
        ? `${seen.backend} 回答${status}${seen.client === undefined ? '' : `，看到的客户端是 ${seen.client}`}`
        : `有回答${status}：${seen.body}`
    }
    case 'exited':
      return `退出码 ${seen.code}，${seen.printed === '' ? '没有输出' : `输出：${seen.printed}`}`
    case 'ended':
      return `没有自行结束，已被终止（${seen.did}）`
    case 'shares': {
      const counts = seen.counts.map(({ name, count }) => `${name} ${count}`)
      return `${seen.requests} 次请求：${[...counts, `失败 ${seen.failed}`].join('，')}（p ${seen.p}）`
    }
    case 'staying': {
      const [one, ...others] = seen.counts
      const all = one !== undefined && others.length === 0 ? [`全部由 ${one.name} 回答`] : undefined
      const who = all ?? seen.counts.map(({ name, count }) => `${name} ${count}`)
      return `${seen.requests} 次请求：${[...who, ...(seen.failed > 0 ? [`失败 ${seen.failed}`] : [])].join('，')}`
    }
    case 'unmatched':
      return seen.message
  }
}
