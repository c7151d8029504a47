import type { Certificate } from '../../../src/certificates/domain/certificate.js';
import { newCertificate } from '../../../src/certificates/domain/new-certificate.js';
import type { Server } from '../../../src/servers/index.js';
import { newId } from '../../../src/shared/ids.js';
import type { PlainObject } from '../../../src/shared/plain.js';
import type { AnyTask } from '../../../workers/define-task.js';

/** What the suite asks of one kind of provider. */
export interface Subject {
  readonly task: AnyTask;
  /** A certificate that is to be brought about, or its successor when `before` is in force. */
  input(wanted: Wanted): Promise<PlainObject> | PlainObject;
  /** The same, as its issuer would have to refuse it. */
  refused(wanted: Wanted): Promise<PlainObject> | PlainObject;
  stop?(): Promise<void>;
}

export interface Wanted {
  readonly certificate: Certificate;
  readonly server: Server;
  readonly documentRoots: readonly string[];
}

/** As much of a server as a plan reads. Its state lies below `root`. */
export function aServerAt(root: string, thumbprints: readonly string[] = []): Server {
  const paths = { tls: `${root}/tls`, staging: `${root}/staging` };
  return { id: newId(), stateDirectory: root, http: { paths, acmeThumbprints: thumbprints } } as unknown as Server;
}

export function aWish(provider: Certificate['provider'], names: readonly string[]): Certificate {
  const owner = { clientId: newId(), serverId: newId() };
  return newCertificate({ ...owner, id: newId(), provider, names, keyType: 'EC_P256' }, new Date());
}
