import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { Page } from '../shared/page.js';

/** Keyset paging by the primary key `id` of `alias`: the last page costs what the first one does. */
export function selectPage<T extends ObjectLiteral>(query: SelectQueryBuilder<T>, page: Page): Promise<readonly T[]> {
  const { alias } = query;
  if (page.after !== null) {
    query.andWhere(`${alias}.id > :after`, { after: page.after });
  }
  if (page.before !== null) {
    query.andWhere(`${alias}.id < :before`, { before: page.before });
  }
  return query
    .orderBy(`${alias}.id`, page.direction === 'FORWARD' ? 'ASC' : 'DESC')
    .limit(page.take)
    .getMany();
}

/** Adds one equality per defined member of the filter. Members are named like the entity's properties. */
export function whereEqual<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  filter: object,
): SelectQueryBuilder<T> {
  for (const [field, value] of Object.entries(filter)) {
    if (value !== undefined && value !== null) {
      query.andWhere(`${query.alias}.${field} = :${field}`, { [field]: value as unknown });
    }
  }
  return query;
}
