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
}
