import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

export interface RowUpdate<T> {
  /** Primary key, all of it. */
  readonly key: Partial<T>;
  /** Further columns that must have these values, or the row is left alone (compare-and-set). */
  readonly guard?: Partial<T>;
  readonly set: Partial<T>;
}

/**
 * Updates many rows of one table in one statement, each to values of its own; what a row does not set it keeps.
 * `guard` decides by the values of before the statement.
 * @returns how many rows were found.
 */
export async function updateEach<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: readonly RowUpdate<T>[],
): Promise<number> {
  const { columns, tableName } = manager.connection.getMetadata(entity);
  const byProperty = new Map(columns.map((column) => [column.propertyName, column]));
  const columnOf = (property: string): ColumnMetadata => byProperty.get(property)!;
  const parameters: unknown[] = [];
  const bind = (property: string, value: unknown): string => {
    parameters.push(manager.connection.driver.preparePersistentValue(value, columnOf(property)));
    return '?';
  };
  const all = (values: Partial<T>): string =>
    Object.entries(values)
      .map(([property, value]) => `\`${columnOf(property).databaseName}\` = ${bind(property, value)}`)
      .join(' AND ');

  const properties = [...new Set(rows.flatMap(({ set }) => definedKeys(set)))];
  if (properties.length === 0) {
    return 0;
  }
  const assignments = properties.map((property) => {
    const name = `\`${columnOf(property).databaseName}\``;
    const cases = rows
      .filter(({ set }) => set[property] !== undefined)
      .map(({ key, set }) => `WHEN ${all(key)} THEN ${bind(property, set[property])}`);
    return `${name} = CASE ${cases.join(' ')} ELSE ${name} END`;
  });
  const which = rows.map(({ key, guard }) => `(${all({ ...key, ...guard })})`).join(' OR ');
  const { affectedRows } = await manager.query<{ readonly affectedRows: number }>(
    `UPDATE \`${tableName}\` SET ${assignments.join(', ')} WHERE ${which}`,
    parameters,
  );
  return affectedRows;
}

function definedKeys(values: object): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [key]));
}
