/**
 * Where the threads' code is: `workers/entry` beside `src/`, as TypeScript with a loader when this file is TypeScript
 * itself (tests), compiled otherwise. The relative path is the same in both.
 */
export function workerFile(): { readonly filename: string; readonly execArgv?: string[] } {
  const isSource = import.meta.url.endsWith('.ts');
  const filename = new URL(`../../workers/entry.${isSource ? 'ts' : 'js'}`, import.meta.url).href;
  return isSource ? { filename, execArgv: ['--import', '@oxc-node/core/register'] } : { filename };
}
