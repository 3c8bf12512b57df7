import { namespacedName, type Service, type ServicePort } from '../model/kubernetes.ts'

/** `namespace/service:port`, without the colon where the port has no name (`ServicePortName` in kube-proxy's types.go). */
export function servicePortName(
  service: Pick<Service, 'namespace' | 'name'>,
  port: Pick<ServicePort, 'name'>,
): string {
  return port.name === '' ? namespacedName(service) : `${namespacedName(service)}:${port.name}`
}
