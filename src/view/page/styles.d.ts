/** What esbuild makes a file of its own of. */
declare module '*.css'
