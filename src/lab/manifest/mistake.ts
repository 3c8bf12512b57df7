/** What is wrong with an object, by the place inside it. */
export interface Mistake {
  path: readonly (string | number)[]
  message: string
  fix?: string
  on?: 'key' | 'value'
}
