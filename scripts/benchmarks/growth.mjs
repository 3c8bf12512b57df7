import { labOfPods } from './lab-files.mjs'
import { upThenDown } from './labs.mjs'
import { atMost, interleaved, median } from './measure.mjs'

/** What a pod costs in labs of growing size: it must not cost more where there are many. */
export async function growth(netlab, quick) {
  const sizes = quick ? [5, 10] : [10, 100, 300, 1000]
  const files = sizes.map(pods => netlab.write(`pods-${pods}.yaml`, labOfPods(pods)))
  const seconds = await interleaved(
    quick ? 1 : 3,
    files.map(file => () => upThenDown(netlab, file)),
  )
  const perPod = sizes.map((pods, index) => median(seconds[index]) / pods)
  const [few, many] = [Math.max(0, sizes.indexOf(100)), sizes.length - 1]
  const named = Object.fromEntries(sizes.map((pods, index) => [`${pods}`, median(seconds[index])]))
  const what = `time per pod of ${sizes[many]} serving pods beside ${sizes[few]}`
  return [
    atMost(what, perPod[many] / perPod[few], 1, '×', { seconds: named }),
    ...(quick ? [] : [atMost(`up of ${sizes[many]} serving pods`, median(seconds[many]), 8, 's')]),
  ]
}
