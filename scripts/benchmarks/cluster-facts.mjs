/** What the objects of a large cluster have in common: names, labels, ports, endpoints, and who has written their fields. */

export const created = '2026-03-01T08:00:00Z'
export const nodes = 100

export function named(index) {
  return { name: `service-${index}`, namespace: `team-${index % 50}` }
}

export function labelsOf(index) {
  const { name } = named(index)
  return {
    app: name,
    'app.kubernetes.io/instance': `release-${index % 400}`,
    'app.kubernetes.io/version': `1.${index % 30}`,
  }
}

export function portsOf(index) {
  const http = { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }
  return index % 3 === 0 ? [http, { name: 'metrics', port: 9090, protocol: 'TCP', targetPort: 9090 }] : [http]
}

/** How many endpoints services have: most have few. */
const sizes = [2, 2, 2, 2, 2, 2, 3, 10]

export function endpointsOf(index) {
  return Array.from({ length: sizes[index % sizes.length] }, (_, at) => {
    const number = index * 16 + at
    return {
      at,
      address: `10.${128 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`,
      node: (index + at * 7) % nodes,
      pod: `${named(index).name}-${suffix(index)}-${suffix(number).slice(0, 5)}`,
    }
  })
}

export function nodeName(index) {
  return `node-${index}.cluster.example`
}

export function nodeAddress(index) {
  return `192.0.2.${index + 1}`
}

export function managed(manager, fieldsV1) {
  return { apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, manager, operation: 'Update', time: created }
}

export function fieldNames(names) {
  return Object.fromEntries(names.map(name => [name, {}]))
}

/** Ten characters that look like a template's hash. */
export function suffix(number) {
  const text = (Math.imul(number + 1, 2_654_435_761) >>> 0).toString(36)
  return `${text.padStart(7, 'b')}c4d`
}

export function uid(kind, number) {
  const hex = (Math.imul(number + kind * 7919, 2_654_435_761) >>> 0).toString(16).padStart(8, '0')
  return `${hex}-${hex.slice(4)}-4${hex.slice(1, 4)}-8${hex.slice(2, 5)}-${hex}${hex.slice(0, 4)}`
}
