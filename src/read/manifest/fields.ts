import * as z from 'zod'
import { familyOf, isAddress } from '../../model/address.ts'

/** Fields that several kinds of Kubernetes objects share, checked as the API server checks them. */

const labelPattern = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const subdomainPattern = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/

/** A name that may stand in DNS: a port's, a namespace's. */
export const dnsLabel = z.string().refine(text => labelPattern.test(text), {
  error: issue => `"${String(issue.input)}" cannot be a name`,
  params: { fix: 'use at most 63 small letters, digits and "-", with a letter or digit at both ends' },
})

/** The name of a container's port (`IsValidPortName`). */
export const portName = z.string().refine(isPortName, {
  error: issue => `"${String(issue.input)}" cannot be the name of a port`,
  params: {
    fix: 'write a number without quotes, or at most 15 small letters, digits and "-", with at least one letter',
  },
})

function isPortName(text: string): boolean {
  return /^(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*$/.test(text) && text.length <= 15
}

/** The name of most kinds of objects (`IsDNS1123Subdomain`). */
export const objectName = z.string().refine(text => subdomainPattern.test(text), {
  error: issue => `"${String(issue.input)}" cannot be an object's name`,
  params: { fix: 'use small letters, digits, "-" and ".", with a letter or digit at both ends' },
})

/** Labels, or a selector over them. */
export const labelMap = z.record(z.string(), z.string())

/** `metadata`; an object that came from a cluster has more in it than is read here. */
export const metadata = z.object({
  name: objectName.meta({ examples: ['http-server'] }),
  namespace: dnsLabel.nullish(),
  labels: labelMap.nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  /** Only what a cluster has taken in has one. */
  uid: z.string().nullish(),
  deletionTimestamp: z.string().nullish(),
  ownerReferences: z
    .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }))
    .nullish(),
})

export const protocol = z.enum(['TCP', 'UDP', 'SCTP'])

/** An IPv4 or IPv6 address, strictly: 010.0.0.1 means different things to different programs. */
export const ipAddress = z
  .string()
  .superRefine((text, context) => {
    const problem = refuseAddress(text)
    if (problem) context.addIssue({ code: 'custom', ...problem })
  })
  .meta({ examples: ['10.0.0.11'] })

/** A network; spaces around it are fine, as for the API server. */
export const network = z
  .string()
  .superRefine((text, context) => {
    const [address = '', bits = ''] = text.trim().split(/\/(.*)/s)
    const most = address.includes(':') ? 128 : 32
    const problem = refuseAddress(address)
    if (problem) context.addIssue({ code: 'custom', ...problem })
    else if (!/^(?:0|[1-9][0-9]{0,2})$/.test(bits) || Number(bits) > most) {
      const message = text.includes('/') ? `/${bits} is not a prefix` : `${text} has no prefix`
      context.addIssue({ code: 'custom', message, params: { fix: `write ${address}/${most} for it alone` } })
    }
  })
  .meta({ examples: ['203.0.113.0/24'] })

/** The networks of a cluster's pods in one text: one, or one of each family (`clusterCIDR` of KubeProxyConfiguration). */
export const podNetworks = z.string().superRefine((text, context) => {
  const parts = text.split(',').map(part => part.trim())
  for (const part of parts)
    for (const { message, ...issue } of network.safeParse(part).error?.issues ?? [])
      context.addIssue({ code: 'custom', message, ...('params' in issue && { params: issue.params }) })
  if (context.issues.length > 0) return
  const families = parts.map(familyOf)
  if (new Set(families).size === families.length) return
  context.addIssue({
    code: 'custom',
    message: `"${text}" names several networks of one family`,
    params: { fix: 'write one network, or one of each family: 10.0.0.0/16,fd00::/48' },
  })
})

function refuseAddress(text: string): { message: string; params: { fix: string } } | undefined {
  if (isAddress(text)) return undefined
  const octets = text.split('.')
  const fix =
    octets.length === 4 && octets.every(octet => /^0*[0-9]{1,3}$/.test(octet) && Number(octet) <= 255)
      ? `write ${octets.map(Number).join('.')}`
      : 'write four numbers of 0 to 255 with dots: 10.0.0.11, say, or an IPv6 address'
  return { message: `"${text}" is not an IP address`, params: { fix } }
}

/** What is wrong with an object, by the place inside it. */
export interface Mistake {
  path: readonly (string | number)[]
  message: string
  fix?: string
  on?: 'key' | 'value'
}
