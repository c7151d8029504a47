import { selfSigned } from '../../../src/certificates/domain/provider-kinds/self-signed/index.js';
import task from '../../../workers/tasks/certificate-self-sign.js';
import type { Subject } from './subject.js';

export async function selfSignedSubject(): Promise<Subject> {
  return {
    task,
    input({ certificate, ...wanted }) {
      const { fingerprint } = certificate;
      const replaces = fingerprint === null ? {} : { replaces: fingerprint };
      return selfSigned.issuing!.plan({ ...wanted, ...replaces, certificate, provider: null }).input;
    },
    refused({ certificate, ...wanted }) {
      const impossible = { ...certificate, requestedNames: ['no name at all'] };
      return selfSigned.issuing!.plan({ ...wanted, certificate: impossible, provider: null }).input;
    },
  };
}
