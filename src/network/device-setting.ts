/** A kernel setting of a device, as sysctl(8) names it: with slashes where the device's own name has a dot. */
export function deviceSetting(group: string, device: string, setting: string): string {
  const path = `net/${group}/${device}/${setting}`
  return device.includes('.') ? path : path.replaceAll('/', '.')
}
