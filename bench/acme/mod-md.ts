import { spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { apacheMdConfiguration } from '../../test/chaos-ca/probe/apache-md-configuration.js';
import { stoppable } from '../cleanup.js';
import { freePorts } from '../../test/support/free-ports.js';
import { cpuMsOf, end, usageOf } from '../processes.js';
import type { Obtain } from './obtain.js';

/** It waits for longer each time after a failure; what is not there by then counts as failed. */
const WITHIN_MS = 5 * 60_000;
const LOOK_EVERY_MS = 20;
/** mod_md names it by the kind of its key. */
const CERTIFICATE = 'pubcert.p-256.pem';

/**
 * The real Apache with mod_md, which gets one certificate after the other by itself. The certificates are on the disk then, and in force
 * after a graceful restart, which is not in its time.
 */
export const modMd: Obtain = async ({ pebble, directory, rootPath }, names) => {
  const [httpsPort = 0] = await freePorts(1);
  const { httpPort, ca } = pebble;
  const domains = names.map((name) => [name]);
  const configuration = join(directory, 'apache.conf');
  await writeFile(
    configuration,
    apacheMdConfiguration({ directoryUrl: ca.directoryUrl, directory, httpPort, httpsPort, domains }),
  );
  if (rootPath !== join(directory, 'root.pem')) {
    throw new Error('mod_md looks for the root of the CA in root.pem.');
  }
  const began = Date.now();
  const apache = spawn('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', configuration], { stdio: 'ignore' });
  const stop = stoppable(() => end(apache));
  try {
    const staged = (name: string): string => join(directory, 'md', 'staging', name);
    const isThere = async (name: string): Promise<boolean> =>
      (await readFile(join(staged(name), 'job.json'), 'utf8').catch(() => '')).includes('"finished": true');
    for (const name of names) {
      while (!(await isThere(name)) && Date.now() - began < WITHIN_MS && apache.exitCode === null) {
        await pause(LOOK_EVERY_MS);
      }
    }
    const cpuMs = cpuMsOf(usageOf(directory, apache.pid));
    const there = await Promise.all(names.map(isThere));
    const got = names.filter((_, index) => there[index]);
    const times = await Promise.all(got.map(async (name) => (await stat(join(staged(name), CERTIFICATE))).mtimeMs));
    const ends = times.toSorted((a, b) => a - b);
    return {
      eachMs: ends.map((at, index) => at - (ends[index - 1] ?? began)),
      wholeMs: Math.max(began, ...ends) - began,
      cpuMs,
      failures: names.filter((name) => !got.includes(name)).map((name) => `mod_md has no certificate for ${name}.`),
    };
  } finally {
    await stop();
  }
};
