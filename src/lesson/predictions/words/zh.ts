import { host } from '../../../command/command.ts'
import type { FailureKind } from '../../../model/lab.ts'
import type { Outcome, SharesOutcome } from '../outcome.ts'
import { mostNamed, type PredictionWords, percent } from './en.ts'

/** The same in Chinese. */
export const zh: PredictionWords = {
  outcome,
  askShares: (url, from, requests) =>
    `在 ${placed(from)} curl ${url}${requests === undefined ? '，很多次' : `，共 ${requests} 次`}：谁回答其中的多少？`,
  ask: (url, from) => `在 ${placed(from)} curl ${url}：结果会怎样？`,

  countsNeitherWay: '这一步没有达到预期，所以这一题不算数。',
  here: (headline, fact) => `诊断的原话是：${headline}。${fact}`,
  failures: {
    refused: '拒绝也是一种回答，而且马上就到：那里没有人监听这个端口，或者有一条 REJECT 规则说不行。',
    timeout:
      '没有任何动静：包被丢弃了，或者回包找不到回来的路。发问的一方什么也没被告知，只能等到不耐烦为止。',
    unreachable: '不知道怎样去某个地址的机器，会马上说出来（或者由一条 REJECT 规则代它说），所以谁也不用等。',
    any: '不管是怎么失败的，总之没有回答。',
  },
  wayIsOpen: '去的路是通的，回来的路也是通的。',
  translated: (address, owner) =>
    `${owner === undefined ? `没有哪台机器拥有 ${address}` : `${address} 是 ${owner} 的地址`}：路上目的地址被换成了另一个（DNAT），回答的是那台机器。`,
  clientOfHost: client => `宿主机有好几个地址；这些包的源地址是 ${client}。`,
  clientByRoute: (client, from, route) =>
    `${from} 用哪个地址，由路由决定：“${route}” 写着 src ${client}，路上也没有规则改写源地址。`,
  clientByRule: (client, { place, table, chain, rule }) =>
    `${place} 的 ${table} ${chain} 里有一条规则把源地址改写成了 ${client}：“${rule}”。这样回包会从那里经过。`,
  clientKept: (client, from) => `${client} 是 ${from} 的地址，路上没有谁改写源地址。`,
  clientWritten: (client, from) =>
    `${client} 不是 ${from}：路上源地址被改写成了它（MASQUERADE 或 SNAT），这样回包会从那里经过。`,
  lost: percent => `有 ${percent} % 的连接没有遇到接收它们的规则，也没有人得知。`,
  allToOne: '每个连接都被引到了同一个端点。',
  even: '每个新连接都重新选一次端点，对谁都不偏心；连接多了就看得出来。',
  uneven: '每个新连接都重新选一次端点，而规则是按顺序问的：排在后面的只能得到剩下的。',
  together: facts => facts.filter(fact => fact !== '').join(''),
}

const failureWords: Readonly<Record<FailureKind, string>> = {
  refused: '马上被拒绝',
  timeout: '超时：没有任何回答',
  unreachable: '马上失败：没有路可走',
}

function placed(from: string): string {
  return `${from} ${from === host ? '上' : '里'}`
}

function outcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'fails':
      if (outcome.how.length === 0 || outcome.how.length === Object.keys(failureWords).length)
        return '失败：没有人回答'
      return outcome.how.map(how => failureWords[how]).join('，或者')
    case 'shares':
      return shareWords(outcome)
    case 'answers': {
      const { backends, status, client } = outcome
      return [
        backends.length === 0 ? '有回答' : `${either(backends)} 回答`,
        ...(status === undefined || status === 200 ? [] : [`状态码 ${status}`]),
        ...(client === undefined ? [] : [`看到的客户端是 ${client}`]),
      ].join('，')
    }
  }
}

function shareWords({ shares, failed }: SharesOutcome): string {
  const taken = Object.entries(shares).filter(([, share]) => share > 0)
  const lost = failed > 0 ? [`${percent(failed)} 没有回答`] : []
  const [first] = taken
  if (first === undefined) return '一个回答也没有'
  if (taken.length === 1 && failed === 0) return `全部由 ${first[0]} 回答`
  if (taken.length <= mostNamed)
    return [...taken.map(([pod, share]) => `${pod} ${percent(share)}`), ...lost].join('，')
  const isEven = taken.every(([, share]) => Math.abs(share - first[1]) < 0.005)
  const all = isEven
    ? `${taken.length} 个 Pod 各 ${percent(first[1])}`
    : `第一个 Pod ${percent(first[1])}，往后一个比一个少，最后一个 ${percent(taken.at(-1)![1])}`
  return [all, ...lost].join('，')
}

function either(names: readonly string[]): string {
  return names.length > mostNamed ? `${names.length} 个 Pod 之一` : names.join(' 或 ')
}
