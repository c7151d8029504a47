import type { OperationPlan } from '../../operations/index.js';
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
  /**
   * What serves a certificate that is going to be as given: in force, with these names, dates and key. It serves a name where coverage
   * chooses it; its `spki` may be `outputOf(…)` where only the server will know.
   */
  abstract serving(certificate: Certificate): Promise<Deployment>;
}

export interface Deployment {
  readonly plan: OperationPlan;
  /** Names that will be served with it. */
  readonly names: readonly string[];
  readonly documentRoots: readonly string[];
}
