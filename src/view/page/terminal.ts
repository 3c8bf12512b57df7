import { FitAddon } from '@xterm/addon-fit'
import { type ITheme, Terminal } from '@xterm/xterm'

/** A terminal on the page. */
export interface PageTerminal {
  readonly rows: number
  readonly columns: number
  /** Shows what a program has printed; `shown` is called when it is on the screen. */
  write(bytes: Uint8Array, shown: () => void): void
  focus(): void
  /** Takes it off the page. */
  dispose(): void
}

interface Ears {
  typed(text: string): void
  resized(rows: number, columns: number): void
  /** The keys that lead out of it, since it takes Tab for itself. */
  left(): void
}

/** Opens a terminal in an element that is on the page, and as large as that; it follows when that changes. */
export function openTerminal(element: HTMLElement, { typed, resized, left }: Ears): PageTerminal {
  allowStyles()
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const terminal = new Terminal({
    fontSize: 18,
    fontFamily: getComputedStyle(element).fontFamily,
    scrollback: 5000,
    screenReaderMode: true,
    minimumContrastRatio: 4.5,
    theme: themeOf(element),
    // What a program in a lab prints leads nowhere.
    linkHandler: { activate: () => {} },
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(element)
  fit.fit()
  terminal.onData(typed)
  terminal.onResize(({ rows, cols }) => resized(rows, cols))
  terminal.attachCustomKeyEventHandler(({ type, key, ctrlKey }) => {
    if (key !== 'F6' || !ctrlKey) return true
    if (type === 'keydown') left()
    return false
  })
  // Nobody sees it while another tab is in front.
  const sized = new ResizeObserver(() => element.clientHeight > 0 && fit.fit())
  sized.observe(element)
  const coloured = () => {
    terminal.options.theme = themeOf(element)
  }
  dark.addEventListener('change', coloured)
  return {
    get rows() {
      return terminal.rows
    },
    get columns() {
      return terminal.cols
    },
    write: (bytes, shown) => terminal.write(bytes, shown),
    focus: () => terminal.focus(),
    dispose: () => {
      dark.removeEventListener('change', coloured)
      sized.disconnect()
      terminal.dispose()
    },
  }
}

/** The page's own colours. */
function themeOf(element: HTMLElement): ITheme {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name)
  const [background, foreground] = [colour('--paper'), colour('--ink')]
  return {
    ...{ background, foreground, cursor: foreground, cursorAccent: background },
    selectionBackground: colour('--fill'),
  }
}

let allowed = false

/**
 * xterm.js writes its style sheets, and colours beyond the palette, as text into elements, which the page's policy takes for styles of
 * whoever has put markup into it. Style sheets that a script makes, and styles that it sets, are allowed: so they become such.
 */
function allowStyles(): void {
  if (allowed) return
  allowed = true
  const create = document.createElement.bind(document)
  const allowing = (name: string, options?: ElementCreationOptions): HTMLElement => {
    if (name === 'style') return sheetElement(create('template'))
    const element = create(name, options)
    if (name === 'span') element.setAttribute = withStyleSet(element, element.setAttribute.bind(element))
    return element
  }
  document.createElement = allowing as typeof document.createElement
}

/** Stands for a style element: its text is a style sheet as long as the element is somewhere. */
function sheetElement(element: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet()
  document.adoptedStyleSheets.push(sheet)
  const remove = element.remove.bind(element)
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter(each => each !== sheet)
    remove()
  }
  Object.defineProperty(element, 'textContent', { set: (text: string) => sheet.replaceSync(text) })
  return element
}

function withStyleSet(element: HTMLElement, set: HTMLElement['setAttribute']): HTMLElement['setAttribute'] {
  return (name, value) => {
    if (name === 'style') element.style.cssText = value
    else set(name, value)
  }
}
