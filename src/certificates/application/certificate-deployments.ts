import type { Lock, OperationPlan } from '../../operations/index.js';
import type { Server } from '../../servers/index.js';
import type { Certificate } from '../domain/certificate.js';

/**
 * Brings a certificate into use wherever its names are served. Certificates know hostnames only: whoever knows what
 * uses them (`sites`) implements this.
 */
export abstract class CertificateDeployments {
  /** The document roots it will serve, so that its key is kept out of them. */
  abstract documentRoots(certificate: Certificate): Promise<readonly string[]>;
  /** The tasks to run once the certificate is there; none when nothing uses its names. */
  abstract plan(certificate: Certificate): Promise<OperationPlan>;
  /** What has to stand still while it is deployed, beside the certificate and its server. */
  abstract locks(certificate: Certificate): Promise<readonly Lock[]>;
  /** The names that are served with it now, or would be had it not expired; none: nobody is shown it. */
  abstract usedNames(certificate: Certificate): Promise<readonly string[]>;
  /** The names it was asked for that are still somebody's, whether or not they are served. */
  abstract wantedNames(certificate: Certificate): Promise<readonly string[]>;
  /** The tasks that put its successor in its place, where it is in use and nowhere else. */
  abstract renewalPlan(certificate: Certificate): Promise<OperationPlan>;
  /** What the web server of a server is to show at this moment. */
  abstract servedOn(server: Server): Promise<readonly ServedCertificate[]>;
  /**
   * What serves a certificate that is going to be as given: in force, with these names, dates and key. It serves a name where coverage
   * chooses it; its `spki` may be `outputOf(…)` where only the server will know.
   */
  abstract serving(certificate: Certificate): Promise<Deployment>;
}

/** A certificate that is served, and the names that show it. */
export interface ServedCertificate {
  readonly certificateId: string;
  readonly spki: string;
  readonly names: readonly string[];
}

export interface Deployment {
  readonly plan: OperationPlan;
  /** Names that will be served with it. */
  readonly names: readonly string[];
  readonly documentRoots: readonly string[];
}
