/** What a load balancer says to an order: a list of what to do with its maps. */
export type BalancerAnswer = { ok: true } | { ok: false; complaint: string }

/** In the lab's folder: the socket over which it takes orders, what it complains of, what the kernel has of it. */
export const socketName = 'socket-lb'
export const complaintsName = 'socket-lb.log'
export const objectsName = 'socket-lb.json'
