import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { PageArgs, Paginated, encodeCursor, enumOf } from '../../graphql/index.js';
import {
  CERTIFICATE_EVENT_TYPES,
  type CertificateEvent,
  type CertificateEventType,
} from '../domain/events/certificate-event.js';

export const CertificateEventTypeEnum = enumOf(CERTIFICATE_EVENT_TYPES);
registerEnumType(CertificateEventTypeEnum, {
  name: 'CertificateEventType',
  valuesMap: {
    ISSUED: { description: 'The first certificate is in force: issued, uploaded or installed.' },
    RENEWED: { description: 'Its successor is in force. Ends FAILING, EXPIRING and EXPIRED, as ISSUED does.' },
    ROLLED_BACK: {
      description: 'The one before is in force again: by rollbackCertificate, or because an operation failed.',
    },
    REVOKED: { description: 'Its CA has been told that nobody must trust it.' },
    FAILING: {
      description: 'It could not be issued or renewed, see `code`. Told again when the reason is another one.',
    },
    EXPIRING: { description: 'A quarter or a tenth of its life is left, and visitors are shown it. Told once each.' },
    EXPIRED: { description: 'It has expired, and visitors are shown it.' },
    MISMATCH: { description: 'A handshake showed another certificate than the one that is stored.' },
    RECOVERED: { description: 'A handshake shows the stored one again: the end of MISMATCH.' },
  },
});

@ObjectType('CertificateEvent', {
  description: 'Something that happened to a certificate, in the order in which it was committed. Kept for 400 days.',
})
export class CertificateEventObject {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String, { description: 'For `after`, in the subscription and in the list alike.' })
  readonly cursor: string;

  @Field(() => CertificateEventTypeEnum)
  readonly type: CertificateEventType;

  @Field(() => Date)
  readonly at: Date;

  @Field(() => ID)
  readonly certificateId: string;

  @Field(() => ID)
  readonly clientId: string;

  @Field(() => String, { description: 'The first name of the certificate.' })
  readonly label: string;

  @Field(() => String, { description: 'For people.' })
  readonly message: string;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the certificate that was in force then, 64 hex digits.',
  })
  readonly fingerprint: string | null;

  @Field(() => Date, { nullable: true, description: 'When that one ends.' })
  readonly notAfter: Date | null;

  @Field(() => ID, { nullable: true, description: 'The operation that did it, or that failed.' })
  readonly operationId: string | null;

  @Field(() => String, { nullable: true, description: 'FAILING: an error code of docs/errors.md.' })
  readonly code: string | null;

  @Field(() => [String], { description: 'FAILING at a CA: stable words, such as NAME_NOT_IN_DNS.' })
  readonly causes: readonly string[];

  @Field(() => Date, { nullable: true, description: 'FAILING: null where it is not tried again by itself.' })
  readonly nextAttemptAt: Date | null;

  @Field(() => Int, { nullable: true, description: 'EXPIRING: the threshold that was passed, 25 or 10.' })
  readonly percentLeft: number | null;
}

/** As callers see it: the details beside the rest, moments as such. */
export function toEventObject({ details, ...event }: CertificateEvent): CertificateEventObject {
  const moment = (text: string | null): Date | null => (text === null ? null : new Date(text));
  return {
    ...event,
    ...details,
    cursor: encodeCursor(event.id),
    notAfter: moment(details.notAfter),
    nextAttemptAt: moment(details.nextAttemptAt),
  };
}

@ObjectType()
export class CertificateEventConnection extends Paginated(CertificateEventObject, 'CertificateEvent') {}

@ArgsType()
export class CertificateEventListArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  readonly clientId?: string | null;

  @Field(() => ID, { nullable: true })
  readonly certificateId?: string | null;

  @Field(() => [CertificateEventTypeEnum], { nullable: true, description: 'Only these.' })
  readonly types?: readonly CertificateEventType[] | null;
}

@ArgsType()
export class CertificateEventsArgs {
  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor; left out: from now on.' })
  readonly after?: string | null;

  @Field(() => ID, { nullable: true })
  readonly clientId?: string | null;

  @Field(() => ID, { nullable: true })
  readonly certificateId?: string | null;

  @Field(() => [CertificateEventTypeEnum], { nullable: true, description: 'Only these.' })
  readonly types?: readonly CertificateEventType[] | null;
}
