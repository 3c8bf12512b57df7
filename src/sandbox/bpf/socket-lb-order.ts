/** In the lab's folder: the socket over which it takes orders, what it complains of, what the kernel has of it. */
export const socketName = 'socket-lb'
export const complaintsName = 'socket-lb.log'
export const objectsName = 'socket-lb.json'
