import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { defaultAccountKey } from '../../workers/acme/account-keys.js';
import { AcmePaths } from '../../workers/acme/acme-paths.js';
import issueTask from '../../workers/tasks/certificate-acme-issue.js';
import { startChaosCa, type ChaosCa, type ChaosCaOptions } from '../chaos-ca/start-chaos-ca.js';
import { anAcmeRequest } from './an-acme-request.js';
import { startChallengeResponder } from './challenge-responder.js';
import { runTask } from './run-task.js';

/** A pair as it lies in the store. */
export interface StoredPair {
  readonly path: string;
  readonly leaf: X509Certificate;
  readonly chain: readonly X509Certificate[];
  readonly keyMatches: boolean;
}

/** The chaos CA, a web server that answers for our account, and a store: what the issue task of a runner meets. */
export interface ChaosLab {
  readonly ca: ChaosCa;
  readonly certificateId: string;
  readonly names: readonly string[];
  /** One operation: the task as the pool runs it. */
  issue(changes?: Partial<AcmeIssueRequest>): Promise<TaskResult>;
  /** Every generation on the disk. */
  stored(): Promise<readonly StoredPair[]>;
  /** What is served. */
  live(): Promise<StoredPair>;
}

const BLOCKS = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export async function inChaosLab(options: ChaosCaOptions, work: (lab: ChaosLab) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-chaos-lab-'));
  const paths = new AcmePaths(join(directory, 'acme'));
  const web = await startChallengeResponder(0, paths.challenges);
  const ca = await startChaosCa({ httpPort: web.port, ...options });
  try {
    web.thumbprint = (await defaultAccountKey(paths)).thumbprint;
    const tls = join(directory, 'tls');
    const names = ['a.chaos.test', 'b.chaos.test'];
    const certificateId = newId();
    const issue: ChaosLab['issue'] = (changes) => {
      const acme = { directoryUrl: ca.directoryUrl, caBundlePem: ca.listenerRoot, proxyUrl: null };
      const request = anAcmeRequest(acme, { certificateId, names, servedThumbprints: [web.thumbprint], ...changes });
      const places = {
        acmeDirectory: join(directory, 'acme'),
        tlsDirectory: tls,
        stagingDirectory: join(directory, 's'),
      };
      return runTask(issueTask, { ...request, ...places, preflight: null } as unknown as PlainObject);
    };
    const stored = async (): Promise<readonly StoredPair[]> => {
      const entries = await readdir(tls, { recursive: true });
      const generations = entries.filter((path) => /^[0-9a-f]+\/gen-\d+$/.test(path));
      return Promise.all(generations.map((path) => readPair(join(tls, path))));
    };
    const live = (): Promise<StoredPair> => readPair(join(tls, 'by-certificate', certificateId, 'live'));
    await work({ ca, certificateId, names, issue, stored, live });
  } finally {
    await ca.stop();
    await web.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function readPair(path: string): Promise<StoredPair> {
  const pem = await readFile(join(path, 'fullchain.pem'), 'utf8');
  const [leaf, ...chain] = (pem.match(BLOCKS) ?? []).map((block) => new X509Certificate(block));
  if (leaf === undefined) {
    throw new Error(`${path} has no certificate.`);
  }
  const key = createPrivateKey(await readFile(join(path, 'privkey.pem'), 'utf8'));
  return { path, leaf, chain, keyMatches: leaf.checkPrivateKey(key) };
}
