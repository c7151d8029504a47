import type { ReadUpload, Upload } from '../domain/upload/read-upload.js';

/** Reads what somebody pasted, apart from everything else: it is untrusted, and may cost seconds of CPU. */
export abstract class UploadReader {
  /** Keeps nothing of it. @throws DomainError CERTIFICATE_REFUSED with `details.reason` */
  abstract read(upload: Upload): Promise<ReadUpload>;
}
