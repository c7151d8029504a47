import { Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import { enumOf } from '../../graphql/index.js';
import { OperationType } from '../../operations/index.js';
import type { LimitReached } from '../domain/rate-limits/order-budget.js';
import { ALARM_LEVELS, ALARM_REASONS, type AlarmLevel, type AlarmReason } from '../domain/renewal/renewal-alarm.js';
import { CertificateType } from './certificate.type.js';

export const AlarmLevelEnum = enumOf(ALARM_LEVELS);
registerEnumType(AlarmLevelEnum, {
  name: 'AlarmLevel',
  valuesMap: {
    WARNING: { description: 'Somebody should look within days.' },
    CRITICAL: { description: 'Visitors see it, or will soon.' },
  },
});

export const AlarmReasonEnum = enumOf(ALARM_REASONS);
registerEnumType(AlarmReasonEnum, {
  name: 'CertificateAlarmReason',
  valuesMap: {
    EXPIRED: { description: 'It is served and has expired.' },
    EXPIRES_SOON: { description: 'A tenth of its life or less is left.' },
    NOT_RENEWED: { description: 'A quarter of its life or less is left.' },
    RENEWAL_FAILING: { description: 'Its renewal has failed three times or more.' },
    SERVED_IS_ANOTHER: { description: 'A handshake showed another certificate than the one that is stored.' },
  },
});

@ObjectType({ description: 'What has to be said about a certificate that visitors are shown.' })
export class CertificateAlarm {
  @Field(() => AlarmLevelEnum)
  readonly level: AlarmLevel;

  @Field(() => AlarmReasonEnum)
  readonly reason: AlarmReason;

  @Field(() => String)
  readonly message: string;

  @Field(() => Date)
  readonly since: Date;
}

@ObjectType('CaLimitReached', { description: 'A limit of a CA that is used up, as far as is known.' })
export class CaLimitReachedType implements LimitReached {
  @Field(() => String, { description: 'Such as "certificates for example.org".' })
  readonly limit: string;

  @Field(() => Date)
  readonly until: Date;
}

@ObjectType('LeftOutName', { description: 'A name that the certificate was issued without, on its way back into it.' })
export class LeftOutNameType {
  @Field(() => String)
  readonly name: string;

  @Field(() => Number, { description: 'How often it was looked at since.' })
  readonly checks: number;

  @Field(() => Date, {
    nullable: true,
    description: 'When it is looked at next; null: not before somebody renews the certificate by force.',
  })
  readonly nextCheckAt: Date | null;
}

@ObjectType({ description: 'Where a certificate stands on its way to its successor.' })
export class CertificateRenewalType {
  @Field(() => Date, {
    nullable: true,
    description: 'The moment chosen for its renewal; null: Hlér does not renew it.',
  })
  readonly dueAt: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it is tried again, after a failure.' })
  readonly nextAttemptAt: Date | null;

  @Field(() => CaLimitReachedType, { nullable: true, description: 'It is time, and a limit of the CA is in the way.' })
  readonly waitsFor: CaLimitReachedType | null;

  @Field(() => Number, { description: 'Failures since it was last renewed.' })
  readonly failures: number;

  @Field(() => Date, { nullable: true })
  readonly lastAttemptAt: Date | null;

  @Field(() => [LeftOutNameType], { description: 'Names that it lacks: each is added when it works again.' })
  readonly leftOut: readonly LeftOutNameType[];

  @Field(() => OperationType, { nullable: true, description: 'The last operation that renewed it, or is about to.' })
  readonly lastAttempt?: OperationType | null;

  @Field(() => CertificateAlarm, { nullable: true })
  readonly alarm: CertificateAlarm | null;

  @Field(() => Date, { nullable: true, description: 'When its names were last looked at by a handshake.' })
  readonly servedCheckedAt: Date | null;
}

@InputType()
export class RenewCertificateInput {
  @Field(() => ID)
  readonly certificateId: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Now, whether it is due or not, and whatever is known of limits.',
  })
  readonly force: boolean;
}

@ObjectType()
export class RenewCertificatePayload {
  @Field(() => CertificateType)
  readonly certificate: CertificateType;

  @Field(() => OperationType, {
    nullable: true,
    description: 'Null when it was not forced and is not due, nobody is shown it, or it waits for `limitReached`.',
  })
  readonly operation: OperationType | null;

  @Field(() => CaLimitReachedType, {
    nullable: true,
    description:
      'The CA will refuse it until then, as far as is known. By force it is asked all the same: it has the last word.',
  })
  readonly limitReached: CaLimitReachedType | null;
}
