/**
 * Where a thread's code is: `workers/<name>` beside `src/`, as TypeScript with a loader when this file is TypeScript
 * itself (tests), compiled otherwise. The relative path is the same in both.
 */
export function workerFile(name: string): { readonly filename: string; readonly execArgv?: string[] } {
  const isSource = import.meta.url.endsWith('.ts');
  const filename = new URL(`../../workers/${name}.${isSource ? 'ts' : 'js'}`, import.meta.url).href;
  return isSource ? { filename, execArgv: ['--import', '@oxc-node/core/register'] } : { filename };
}
