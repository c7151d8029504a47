import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const ISO_8601 = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A moment: `Date` inside, ISO 8601 in UTC with milliseconds outside. Input may carry another offset, but must carry one. */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment as ISO 8601 in UTC with milliseconds: 2026-01-31T09:30:00.000Z.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (value) => {
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
      throw new TypeError('DateTime can only answer a valid Date.');
    }
    return value.toISOString();
  },
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
});

function parseDateTime(value: unknown): Date {
  const parts = typeof value === 'string' ? ISO_8601.exec(value) : null;
  const date = new Date(parts?.[0] ?? Number.NaN);
  // Date rolls 30 February over into March; a caller who wrote that has to be told.
  if (parts === null || Number.isNaN(date.getTime()) || Number(parts[3]) > daysIn(Number(parts[1]), Number(parts[2]))) {
    throw new GraphQLError('DateTime must be ISO 8601 with an offset, for example 2026-01-31T09:30:00.000Z.');
  }
  return date;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
