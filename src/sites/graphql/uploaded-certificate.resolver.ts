import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor, withoutNulls } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { CreateCsr } from '../application/create-csr.js';
import { DeployCertificate } from '../application/deploy-certificate.js';
import { InstallCertificate } from '../application/install-certificate.js';
import { UploadCertificate } from '../application/upload-certificate.js';
import {
  CertificateInput,
  CertificatePayload,
  CreateCsrInput,
  InstallCertificateInput,
  UploadCertificateInput,
} from './uploaded-certificate.inputs.js';

/** Certificates that come from outside, and what is done with one that is in force. */
@Resolver()
export class UploadedCertificateResolver {
  constructor(
    private readonly upload: UploadCertificate,
    private readonly csr: CreateCsr,
    private readonly install: InstallCertificate,
    private readonly deploy: DeployCertificate,
  ) {}

  @Allow('certificate:upload')
  @Mutation(() => CertificatePayload, {
    description:
      'Takes a certificate with its key, checks it, and serves it where it covers names. The key is sealed to its server before anything is stored. The key of one that was uploaded before: a new generation of that; another key: a new certificate.',
  })
  uploadCertificate(
    @Args('input') input: UploadCertificateInput,
    @CurrentActor() actor: Actor,
  ): Promise<CertificatePayload> {
    return this.upload.execute(input, actor);
  }

  @Allow('certificate:upload')
  @Mutation(() => CertificatePayload, {
    description:
      'Makes a key on the server, and a request for a CA: certificate.csrPem, once the operation has succeeded.',
  })
  createCsr(
    @Args('input') { siteId, names, keyType, subject }: CreateCsrInput,
    @CurrentActor() actor: Actor,
  ): Promise<CertificatePayload> {
    return this.csr.execute({ siteId, names, keyType, subject: withoutNulls(subject ?? {}) }, actor);
  }

  @Allow('certificate:upload')
  @Mutation(() => CertificatePayload, {
    description: 'Takes the certificate that a CA has issued for a request of createCsr, and serves it.',
  })
  installCertificate(
    @Args('input') input: InstallCertificateInput,
    @CurrentActor() actor: Actor,
  ): Promise<CertificatePayload> {
    return this.install.execute(input, actor);
  }

  @Allow('certificate:deploy')
  @Mutation(() => CertificatePayload, {
    description: 'Serves a certificate wherever coverage chooses it, and proves it by handshakes.',
  })
  deployCertificate(@Args('input') input: CertificateInput, @CurrentActor() actor: Actor): Promise<CertificatePayload> {
    return this.deploy.execute(input.certificateId, 'certificate.deploy', actor);
  }

  @Allow('certificate:deploy')
  @Mutation(() => CertificatePayload, {
    description: 'Puts the generation before the one in force back in force. The last three are kept.',
  })
  rollbackCertificate(
    @Args('input') input: CertificateInput,
    @CurrentActor() actor: Actor,
  ): Promise<CertificatePayload> {
    return this.deploy.execute(input.certificateId, 'certificate.rollback', actor);
  }
}
