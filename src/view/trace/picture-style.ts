/**
 * What a trace's pictures have besides `commonStyle`. In a page that has graphs as well their rules do not get in each other's way: `rect`, `path`
 * and `.paper` are as in those.
 */
export const pictureStyle = `svg { --nat: #9a6700; --nat-box: #fff8c5; --nat-edge: #d4a72c; --came: #1a7f37; --bar: #54aeff }
@media (prefers-color-scheme: dark) { svg { --nat: #e3b341; --nat-box: #341a00; --nat-edge: #9e6a03; --came: #56d364; --bar: #388bfd } }
rect { stroke-width: 1.2 } .paper { fill: var(--paper) } path { fill: none; stroke: var(--edge); stroke-width: 1.4 }
path.lane { stroke: var(--frame-edge) } .place rect { fill: var(--machine); stroke: var(--edge) } path.hop { stroke: var(--pod-edge) } path.carried { stroke-dasharray: 5 4 } path.tip { fill: var(--pod-edge); stroke: none } text.hop { font-size: 11px } text.way { font-weight: 700; paint-order: stroke; stroke: var(--paper); stroke-width: 6px }
.nat rect { fill: var(--nat-box); stroke: var(--nat-edge) } .nat .name { fill: var(--nat) } .lost rect { fill: var(--off-box); stroke: var(--off) } .lost .name { fill: var(--off) } text.came { fill: var(--came); font-weight: 700 }
.share rect { fill: var(--bar) } .share .room { fill: var(--frame); stroke: var(--frame-edge) } text.rule { font-size: 11px } path.wanted { stroke: var(--nat); stroke-width: 2 } text.wanted { font-size: 11px; fill: var(--nat) }`
