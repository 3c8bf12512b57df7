import { useEffect, useRef } from 'preact/hooks'
import { thousands } from '../format.ts'
import type { Spot } from '../graph/on-drawing.ts'
import { pathText } from '../graph/path-text.ts'
import type { BoxShape, LineShape, TextShape } from '../graph/shapes.ts'
import type { Parts } from '../live/parts.ts'
import { along, pointOf, wayBetween } from './movement.ts'

/** Pixels of the page for one of the drawing: its smallest text, of 11, is then 18 high. */
const scale = 1.64
/** Milliseconds that a packet takes from one stop to the next. */
const moveTime = 450

interface DrawingProps {
  drawing: Parts['drawing']
  arrows: Parts['arrows']
  /** The place that is chosen. */
  chosen: string
  choose(place: string): void
  /** Where a traced packet stands, and where it comes from. */
  packet: { spot: Spot; before?: Spot; isLost: boolean } | undefined
}

/** The lab's drawing: the same shapes and classes as `netlab graph --format svg` prints, with places that can be chosen. */
export function Drawing({ drawing, arrows, chosen, choose, packet }: DrawingProps) {
  const { shapes } = drawing
  const { width, height, frames, lines, boxes, labels } = shapes
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing has no field set of HTML
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width * scale}
      height={height * scale}
      role="group"
      aria-label={shapes.title}
    >
      <rect class="paper" width={width} height={height} rx={6} />
      {frames.map(frame => (
        <BoxOf key={frame.id} box={frame} />
      ))}
      {lines.map(line => (
        <LineOf key={line.id} line={line} count={arrows[line.id]} />
      ))}
      {boxes.map(box => {
        const place = drawing.places[box.id]
        if (place === undefined) return <BoxOf key={box.id} box={box} />
        return (
          <PlaceBox
            key={box.id}
            box={box}
            place={place}
            isChosen={place === chosen}
            choose={() => choose(place)}
          />
        )
      })}
      {labels.map(label => (
        <TextOf key={`${label.x} ${label.y} ${label.text}`} shape={label} />
      ))}
      {lines.map(line => (
        <CountOf key={line.id} line={line} count={arrows[line.id]} />
      ))}
      {packet === undefined ? null : <Packet shapes={shapes} {...packet} />}
    </svg>
  )
}

function BoxOf({ box }: { box: BoxShape }) {
  const { kind, x, y, width, height, corner, texts } = box
  return (
    <g class={kind}>
      <rect x={x} y={y} width={width} height={height} rx={corner} />
      {texts.map(text => (
        <TextOf key={`${text.y} ${text.text}`} shape={text} />
      ))}
    </g>
  )
}

interface PlaceBoxProps {
  box: BoxShape
  place: string
  isChosen: boolean
  choose(): void
}

function PlaceBox({ box, place, isChosen, choose }: PlaceBoxProps) {
  const words = box.texts.map(({ text }) => text)
  // The box of a node's own network stands in the node's frame, which has its name.
  const label = [...(words.includes(place) ? [] : [place]), ...words].join(' ')
  const { x, y, width, height } = box
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    choose()
  }
  return (
    <g class="place">
      <BoxOf box={box} />
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no button of HTML */}
      <rect
        class="ring"
        role="button"
        tabIndex={0}
        aria-label={label}
        aria-pressed={isChosen}
        onClick={choose}
        onKeyDown={press}
        {...{ x: x - 4, y: y - 4, width: width + 8, height: height + 8, rx: 7 }}
      />
    </g>
  )
}

function TextOf({ shape }: { shape: TextShape }) {
  const { kind, text, x, y, isCentred } = shape
  return (
    <text class={kind} x={x} y={y} text-anchor={isCentred ? 'middle' : undefined}>
      {text}
    </text>
  )
}

function LineOf({ line, count }: { line: LineShape; count: number | undefined }) {
  const { kind, points, arrow } = line
  return (
    <>
      <path class={kind} d={pathText(points)} />
      {count === undefined ? null : <path key={count} class="tick" d={pathText(points)} />}
      {arrow === undefined ? null : <path class={`arrow ${arrow.kind}`} d={`${pathText(arrow.points)} Z`} />}
    </>
  )
}

/** How many connections have gone to an endpoint, on its arrow. */
function CountOf({ line, count }: { line: LineShape; count: number | undefined }) {
  if (count === undefined) return null
  const { x, y } = along(line.points, 0.5)
  const text = thousands(count)
  const width = text.length * 7.5 + 10
  return (
    <g class="count">
      <title>{`${text} connections`}</title>
      <rect x={x - width / 2} y={y - 9} width={width} height={18} rx={9} />
      <text x={x} y={y + 4} text-anchor="middle">
        {text}
      </text>
    </g>
  )
}

interface PacketProps {
  shapes: Parts['drawing']['shapes']
  spot: Spot
  before?: Spot
  isLost: boolean
}

/** The packet, which moves from where it was to where it is. */
function Packet({ shapes, spot, before, isLost }: PacketProps) {
  const element = useRef<SVGGElement>(null)
  const to = JSON.stringify(spot)
  const from = JSON.stringify(before ?? spot)
  useEffect(() => {
    const way = wayBetween(shapes, JSON.parse(from), JSON.parse(to))
    const end = pointOf(shapes, JSON.parse(to))
    const put = (share: number) => {
      const { x, y } = way.length < 2 ? (end ?? { x: 0, y: 0 }) : along(way, share)
      element.current?.setAttribute('transform', `translate(${x} ${y})`)
    }
    element.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      put(1)
      return
    }
    let frame = 0
    const began = performance.now()
    const move = (now: number) => {
      const share = Math.min(1, (now - began) / moveTime)
      put(Math.max(0, share))
      if (share < 1) frame = requestAnimationFrame(move)
      else element.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
    put(0)
    frame = requestAnimationFrame(move)
    return () => cancelAnimationFrame(frame)
  }, [shapes, from, to])
  return (
    <g ref={element} class={isLost ? 'packet lost' : 'packet'}>
      <circle r={40} class="room" />
      <circle r={10} />
      {isLost ? <path d="M-5 -5 L5 5 M5 -5 L-5 5" /> : null}
    </g>
  )
}
