import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { enumOf } from '../../graphql/index.js';
import {
  ANSWER_PROBLEMS,
  FILE_PROBLEMS,
  type AnswerProblem,
  type DriftedAnswer,
  type DriftedFile,
  type FileProblem,
} from '../domain/drift.js';

export const FileProblemEnum = enumOf(FILE_PROBLEMS);
registerEnumType(FileProblemEnum, {
  name: 'FileProblem',
  valuesMap: {
    MISSING: { description: 'It should be there, and is not.' },
    CHANGED: { description: 'It holds something else, or is no plain file (a symbolic link, a directory).' },
    EXTRA: { description: 'It should not be there.' },
    MODE: { description: 'It is open to more, or fewer, accounts than it should be.' },
    OWNER: { description: 'It belongs to another account than that of the runner.' },
  },
});

export const AnswerProblemEnum = enumOf(ANSWER_PROBLEMS);
registerEnumType(AnswerProblemEnum, {
  name: 'AnswerProblem',
  valuesMap: {
    NO_ANSWER: { description: 'The web server does not answer for this name.' },
    OTHER_CONFIGURATION: {
      description: 'What is in force is not what should be: never reloaded, or of somebody else.',
    },
    OTHER_CERTIFICATE: { description: 'Another certificate is shown than the stored one.' },
    CERTIFICATE_UNUSABLE: { description: 'The stored certificate and key cannot be served.' },
  },
});

@ObjectType('DriftedFile', { description: 'A file on a server that is not as it should be.' })
export class DriftedFileType {
  @Field(() => String, {
    description: 'Relative to the configuration directory of the web server; tls/… for files of certificates.',
  })
  readonly path: string;

  @Field(() => [FileProblemEnum])
  readonly problems: readonly FileProblem[];

  @Field(() => String)
  readonly message: string;

  @Field(() => String, {
    nullable: true,
    description: 'Unified, from what is there to what should be. Null for secrets, and beyond the size that is kept.',
  })
  readonly diff: string | null;
}

@ObjectType('DriftedAnswer', { description: 'A name that is not answered as it should be.' })
export class DriftedAnswerType {
  @Field(() => String)
  readonly url: string;

  @Field(() => AnswerProblemEnum)
  readonly problem: AnswerProblem;

  @Field(() => String)
  readonly message: string;
}

@ObjectType('OperationDrift', {
  description: 'What differs from what should be: on the disk, and in what is answered. All empty: nothing does.',
})
export class OperationDriftType {
  @Field(() => [DriftedFileType])
  readonly files: readonly DriftedFile[];

  @Field(() => [DriftedAnswerType])
  readonly answers: readonly DriftedAnswer[];

  @Field(() => Int, { description: 'How many more files there are: 500 are named.' })
  readonly omittedFiles: number;

  @Field(() => Int, { description: 'How many more answers there are: 200 are named.' })
  readonly omittedAnswers: number;

  @Field(() => [[String]], { description: 'What a repair would run, each as argv.' })
  readonly commands: readonly (readonly string[])[];
}
