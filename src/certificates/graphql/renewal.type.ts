import { Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import { enumOf } from '../../graphql/index.js';
import { OperationType } from '../../operations/index.js';
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

@ObjectType({ description: 'Where a certificate stands on its way to its successor.' })
export class CertificateRenewalType {
  @Field(() => Date, {
    nullable: true,
    description: 'The moment chosen for its renewal; null: Hlér does not renew it.',
  })
  readonly dueAt: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it is tried again, after a failure.' })
  readonly nextAttemptAt: Date | null;

  @Field(() => Number, { description: 'Failures since it was last renewed.' })
  readonly failures: number;

  @Field(() => Date, { nullable: true })
  readonly lastAttemptAt: Date | null;

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

  @Field(() => Boolean, { defaultValue: false, description: 'Now, whether it is due or not.' })
  readonly force: boolean;
}

@ObjectType()
export class RenewCertificatePayload {
  @Field(() => CertificateType)
  readonly certificate: CertificateType;

  @Field(() => OperationType, { nullable: true, description: 'Null when it is not due and was not forced.' })
  readonly operation: OperationType | null;
}
