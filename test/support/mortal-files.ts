import { DomainError } from '../../src/shared/domain-error.js';

/**
 * Death at the n-th file operation: that operation never answers, and neither does any after it. To the file system this is
 * `kill -9`; unlike it, it can be placed before every single operation there is.
 */
const life = {
  left: Number.POSITIVE_INFINITY,
  end: (): void => undefined,
  /** Fail with this error number from then on, where something would be written, in place of dying. */
  errno: undefined as string | undefined,
};

/** For `vi.mock('node:fs/promises', mortalFiles)`. */
export async function mortalFiles(importOriginal: <T>() => Promise<T>): Promise<object> {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const refuse = (): Promise<never> =>
    life.errno === undefined
      ? new Promise<never>(() => undefined)
      : Promise.reject(Object.assign(new Error(life.errno), { code: life.errno }));
  const mayGoOn = (): boolean => {
    life.left -= 1;
    if (life.left === 0) {
      life.end();
    }
    return life.left > 0;
  };
  const mortal =
    <Args extends unknown[], Result>(operation: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      mayGoOn() ? operation(...args) : refuse();
  /** What frees space works on a full disk too. */
  const removing =
    <Args extends unknown[], Result>(operation: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      life.errno === undefined && !mayGoOn() ? refuse() : operation(...args);
  const open: typeof real.open = async (...args) => {
    const handle = await (args[1] !== 'wx' || mayGoOn() ? real.open(...args) : refuse());
    const write = handle.writeFile.bind(handle);
    handle.writeFile = async (content, ...options) => {
      if (mayGoOn()) {
        return write(content, ...options);
      }
      await write(String(content).slice(0, 40));
      if (life.errno === undefined) {
        await handle.close();
      }
      return refuse();
    };
    return handle;
  };
  return {
    ...real,
    open,
    chmod: removing(real.chmod),
    mkdir: mortal(real.mkdir),
    rename: removing(real.rename),
    rm: removing(real.rm),
    rmdir: removing(real.rmdir),
    symlink: mortal(real.symlink),
    unlink: removing(real.unlink),
  };
}

/** Whether `work` came to its end before its time was up. */
export async function survives(operations: number, work: () => Promise<unknown>): Promise<boolean> {
  const death = new Promise<false>((resolve) => {
    life.end = () => resolve(false);
  });
  life.left = operations;
  try {
    return await Promise.race([work().then(() => true), death]);
  } finally {
    life.left = Number.POSITIVE_INFINITY;
  }
}

/** The error code that `work` ends with on a disk that is full after so many operations, or undefined. */
export async function onFullDisk(operations: number, work: () => Promise<unknown>): Promise<string | undefined> {
  Object.assign(life, { left: operations, errno: 'ENOSPC' });
  try {
    return await work().then(
      () => undefined,
      (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
    );
  } finally {
    Object.assign(life, { left: Number.POSITIVE_INFINITY, errno: undefined });
  }
}
