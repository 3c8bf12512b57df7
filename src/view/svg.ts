import { displayWidth } from './display-width.ts'
import { printable, printableXml } from './printable.ts'

/** What all pictures have in common, so that they look alike, and may stand in one page: colours for light and dark, and text of a fixed width. */

/** Pixels from a line of text to the next. */
export const rowHeight = 17
/** Pixels of a character of the names and addresses, and of the smaller one of details and of labels at lines. */
export const charWidth = { normal: 7.3, small: 6.7 } as const

/** The rules of every picture. */
export const svgCommonStyle = `svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --edge: #6e7781; --frame: #f6f8fa; --frame-edge: #d1d9e0; --machine: #eef1f4; --pod: #ddf4ff; --pod-edge: #54aeff; --segment: #dafbe1; --segment-edge: #4ac26b; --service: #fbefff; --service-edge: #a475f9; --off: #cf222e; --off-box: #ffebe9 }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --edge: #9198a1; --frame: #151b23; --frame-edge: #3d444d; --machine: #212830; --pod: #12304f; --pod-edge: #388bfd; --segment: #12361f; --segment-edge: #2ea043; --service: #2d1b4e; --service-edge: #a371f7; --off: #ff7b72; --off-box: #49181a } }
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace; font-size: 12px; fill: var(--ink) }
.name { font-weight: 700 } .detail, .label { font-size: 11px; fill: var(--soft) } text.off { fill: var(--off); font-weight: 700 }`

/** A whole picture: light or dark as its reader's system is, and nothing loaded from elsewhere. */
export function svgDocument(
  { title, width, height }: { title: string; width: number; height: number },
  style: string,
  parts: readonly string[],
): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${printableXml(title)}">`,
    `<title>${printableXml(title)}</title>`,
    `<style>\n${svgCommonStyle}\n${style}\n</style>`,
    `<rect class="paper" width="${w}" height="${h}" rx="6"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

/** A line of text. */
export function svgText(kind: string, text: string, x: number, y: number, anchor?: 'middle' | 'end'): string {
  const set = anchor === undefined ? '' : ` text-anchor="${anchor}"`
  return `<text class="${kind}" x="${px(x)}" y="${px(y)}"${set}>${printableXml(text)}</text>`
}

/** Pixels that a text takes; a font of fixed width, so that nobody has to measure. */
export function textWidth(text: string, size: keyof typeof charWidth): number {
  return Math.ceil(displayWidth(printable(text)) * charWidth[size])
}

/** A number of pixels, to a tenth. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}
