import { host } from '../../command/command.ts'
import type { Expectation, FailureKind } from '../../model/lab.ts'
import { observationInChinese } from '../../verify/observation-zh.ts'
import { roundPercentage, thousands } from '../format.ts'
import { patternWords } from '../pattern-words.ts'
import type { Words } from './en.ts'

/** The same in Chinese. */
export const zh: Words = {
  cast: { nodes: '节点', pods: 'Pod', outside: '集群外', machines: '机器', services: 'Service' },
  andMore: count => `另有 ${count} 个`,
  stepsOf: (lab, count) => `${lab}，共 ${count} 步`,

  thenChecked: '然后检查：',
  notShown: (commands, checks) => {
    const rest = [...counted(commands, '条命令'), ...counted(checks, '项检查')]
    return `还有 ${rest.join('和 ')}`
  },
  moreLines: count => `还有 ${thousands(count)} 行`,
  fold: (count, words) =>
    `${thousands(count)} 条命令：${folds.get(words) ?? sameForServices(words) ?? partsOf(words) ?? words}`,
  aside: words => `（${words}）`,
  shownAbove: '见上文',
  shownBy: by => `用 ${by} 查看`,
  running: '正在运行',
  ran: '完成',
  trying: (done, count) => `正在检查，第 ${Math.min(done + 1, count)} 项，共 ${count} 项`,

  expected: '预期',
  observed: '实际',
  so: '说明',
  attempt: (line, { from }, requests) => {
    const times = requests === undefined ? '' : `，${thousands(requests)} 次`
    return `${line}（在 ${from} ${from === host ? '上' : '里'}${times}）`
  },
  expectations: each => each.map(expectation).join('；或者'),
  exits: (exit, pattern) => {
    const ending = exit === undefined ? '失败，退出码不是 0' : `退出码 ${exit}`
    return pattern === undefined ? ending : `${ending}，输出 ${pattern}`
  },
  seen: (attempt, observed) => `${attempt}：${observed}`,
  observation: observationInChinese,

  exitCode: code => `退出码 ${code}`,
  endedBy: signal => `被信号 ${signal} 终止`,
  notStarted: '无法启动',
  notAsItShouldBe: '命令正常结束，结果却不是应有的样子',
  printedNoError: '，没有输出错误信息',
  leftOut: commands =>
    `这一步到此为止：${commands === 0 ? '检查没有进行' : `剩下的 ${thousands(commands)} 条命令和检查都没有进行`}。`,
  stepFailed: (step, canTrace) =>
    `第 ${step} 步没有达到预期。${canTrace ? '按 t 跟踪请求走到哪里为止；' : ''}按 s 打开 shell，看看实验现在的样子；按 r 重做这一步。`,
  prediction: {
    answers: last => `至 ${last} 作答`,
    skip: '跳过',
    earlier: '你上次的回答',
    youSkip: '你跳过了',
    youSay: '你说',
    youSaid: '你说的',
    itCame: '结果',
    because: '因为',
    right: '猜对了。',
    wrong: '结果不是这样。',
    skipped: '你跳过了这一题。',
    void: '这一题不算数。',
    sum: (right, wrong, skipped) =>
      `你猜了 ${right + wrong} 题，猜对 ${right} 题${skipped === 0 ? '' : `，另有 ${skipped} 题跳过`}。`,
  },

  inRecord: '它走过的路写在记录里',
  builtAgain: (steps, took) => {
    const from = steps === 0 ? '从头' : steps === 1 ? '按第 1 步' : `按第 1 到第 ${steps} 步`
    return `已${from}重建，用时 ${took}：这是一个新的沙箱，手工敲的命令都不在了。`
  },
  shell: (lab, node) => {
    const inside = node === undefined ? '' : `用 ip netns exec ${node} bash 进入节点。`
    return `这是 ${lab} 的宿主机上的 shell。${inside}你做的改动会一直留着，按 r 重建实验才会消失；输入 exit 或按 Ctrl-D 回到课程。`
  },

  yourTask: '你的任务',
  tryingGoal: '正在检查目标',
  goalReached: '目标已达成',
  goalNotReached: (held: number, of: number) =>
    of === 1 ? '目标尚未达成' : `目标尚未达成：${of} 项中有 ${held} 项成立`,
  hint: (given: number, of: number) => `提示 ${given}/${of}：`,
  noHints: '没有提示',
  solution: '答案：',
  taskShell: (lab: string) =>
    `${lab} 宿主机上的 shell。提示符会显示目标的进展；输入 exit 或按 Ctrl-D 回到课程。`,
  reachedInShell: '目标已达成：输入 exit 或按 Ctrl-D 继续。',
  shellAtTask: (lab: string, hint: string) =>
    `${lab} 宿主机上的 shell。提示符会显示目标的进展；输入 exit 或按 Ctrl-D 离开。之后或在另一个终端里，${hint} 给出提示。`,
  reachedBefore: (check: string) => `目标已达成：先 exit，再用 ${check} 继续。`,
  wasAt: (step: number, of: number, day: string) => `上次（${day}）你停在第 ${step} 步，共 ${of} 步。`,
  isAt: (step: number, of: number, command: string) =>
    `你在第 ${step} 步，共 ${of} 步；${command} 从这里继续。`,
  builtBefore: (steps: number, took: string) =>
    `第 ${steps === 1 ? '1' : `1 到 ${steps}`} 步已搭好，用时 ${took}。按 b 可以回去看。`,

  does: {
    run: '运行',
    try: '检查',
    on: '继续',
    finish: '结束',
    trace: '跟踪请求',
    graph: '拓扑图',
    back: '上一步',
    again: '重做',
    shell: 'shell',
    quit: '退出',
    unfold: '展开',
    down: '拆除实验',
    keep: '保留实验',
    stay: '回到课程',
    begin: '开始',
    replace: '拆除它，继续',
    check: '检查',
    hint: '提示',
    hintAgain: '再看提示',
    solution: '答案',
    anew: '从头开始',
    onAt: (step: number) => `从第 ${step} 步继续`,
  },

  onPage: {
    lesson: '课程',
    begin: '开始课程',
    ahead: steps =>
      `共 ${steps} 步，每一步都有原因、命令、输出和检查。开始时会先拆除实验，再一步一步重新搭建。`,
    stepOf: (step, of) => `第 ${step} 步，共 ${of} 步`,
    itsChecks: '这一步的检查',
    thenChecked: '然后检查',
    checked: '检查结果',
    notChecked: '没有检查',
    yourAnswer: '你的回答',
    commandsRun: '命令正在运行',
    checksTried: '正在检查',
    done: '完成',
    asExpected: '符合预期',
    failed: '失败',
  },

  noStepRun: lab => `${lab}：一步也没有运行`,
  summary: (lab, { walked, unseen, steps, isOpen, commands, checks }, verdict) => {
    const isWhole = walked === steps && !isOpen
    const last = walked === unseen + 1 ? `第 ${walked} 步` : `第 ${unseen + 1} 到 ${walked} 步`
    const part = unseen === 0 ? `${steps} 步中的 ${walked} 步` : `${last}（共 ${steps} 步）`
    const of = isWhole && unseen === 0 ? `${walked} 步` : part
    const counts = [of, `${thousands(commands)} 条命令`, `${thousands(checks)} 项检查`].join('，')
    return `${lab}${isWhole ? '，已全部走完' : ''}：${counts}；${verdict}`
  },
  taskOpen: (held, of) => (of === 1 ? '任务尚未完成' : `任务尚未完成：${of} 项中有 ${held} 项成立`),
  stepsFailed: count => `${count} 步失败`,
  allAsExpected: '全部符合预期',
  step: number => `第 ${number} 步`,
  kept: (lab, walked) => {
    const point =
      walked === undefined ? '' : walked === 0 ? '，一步也没有运行' : `，停在第 ${walked} 步之后的样子`
    return `${lab} 正在运行${point}。`
  },
  tryThis: '试试：',
  recordWritten: file => `课程记录已写入 ${file}`,

  wentWith: ({ pods, nodes, machines, links, rules }) => [
    ...counted(nodes, '个节点'),
    ...counted(pods, '个 Pod'),
    ...counted(machines, '台机器'),
    ...counted(links, '条链路'),
    ...counted(rules, '条规则'),
  ],
  isDown: (lab, went) =>
    `${lab} 已拆除：${went.length === 0 ? '' : `${went.join('、')}随之消失；`}什么也没有留下`,
  wasNotRunning: lab => `${lab} 没有在运行；什么也没有留下`,
  hadDied: (lab, went) => `${lab} 早已终止，${went.join('、')}也随之消失；什么也没有留下`,
  notFound: lab => `没有名为 ${lab} 的实验在运行，不需要拆除`,
  isUpAlready: lab => `${lab} 已经在运行。课程要自己一步一步地搭建它。`,
  notBegun: '已中断；课程没有开始',
  interrupted: lab => `已中断；${lab} 已拆除，什么也没有留下`,
}

function counted(count: number, unit: string): string[] {
  return count === 0 ? [] : [`${thousands(count)} ${unit}`]
}

/** A plan says in English what its folds are. */
const folds = new Map([
  ['what every node has, whatever its services', '每个节点都有的规则，与有哪些 Service 无关'],
  ['the same on the other nodes', '其他节点上也一样'],
])

const parts = new Map([
  ['the settings', '内核开关'],
  ['the network', '网络'],
  ['the overlay', 'overlay 网络'],
  ["the plugins' calls", '对插件的调用'],
  ["the firewall's rules", '防火墙规则'],
  ['the servers', '服务器'],
])

/** Undefined: it is no list of parts. */
function partsOf(words: string): string | undefined {
  const said = words.split(/, | and /).map(word => parts.get(word))
  return said.every(word => word !== undefined) ? said.join('、') : undefined
}

function sameForServices(words: string): string | undefined {
  const [, count] = /^the same for (\d+) more services$/.exec(words) ?? []
  return count === undefined ? undefined : `另外 ${count} 个 Service 也一样`
}

const failures: Record<FailureKind, string> = {
  refused: '被拒绝',
  unreachable: '不可达',
  timeout: '超时',
}

function expectation(one: Expectation): string {
  switch (one.kind) {
    case 'fails':
      if (one.how.length === 0 || one.how.length === Object.keys(failures).length) return '失败'
      return one.how.map(how => failures[how]).join('或')
    case 'shares': {
      const shares = Object.entries(one.shares).map(([pod, share]) => `${pod} ${roundPercentage(share)}`)
      if (one.failed > 0) shares.push(`失败 ${roundPercentage(one.failed)}`)
      return shares.join('，')
    }
    case 'stays':
      return one.backends.length === 0 ? '始终由同一个 Pod 回答' : `始终由 ${one.backends.join(' 或 ')} 回答`
    case 'answers':
      return [
        one.backends.length === 0 ? '有回答' : `${one.backends.join(' 或 ')} 回答`,
        ...(one.status === undefined ? [] : [`状态码 ${one.status}`]),
        ...(one.body === undefined ? [] : [`正文形如 ${patternWords(one.body)}`]),
        ...(one.client === undefined ? [] : [`看到的客户端是 ${one.client}`]),
      ].join('，')
  }
}
