import packageJson from '../../package.json' with { type: 'json' }

/** netlab's version, as its package.json has it when it is built: inside a sandbox there is no such file. */
export const packageVersion = packageJson.version
