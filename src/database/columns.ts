import { Column, PrimaryColumn, type ColumnOptions, type ValueTransformer } from 'typeorm';

/** Ids are UUIDv7 made by the application, kept as 36 ASCII characters everywhere: one way, so that keys always join. */
const ID: ColumnOptions = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' };

export const PrimaryIdColumn = (options: { name?: string } = {}): PropertyDecorator =>
  PrimaryColumn({ ...ID, ...options, nullable: false });
export const IdColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...ID, ...options });

/** Machine words: states, kinds, hostnames. Compared byte by byte. */
export const WordColumn = (length: number, options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'varchar', length, charset: 'ascii', collation: 'ascii_bin', ...options });

/** Text for people. */
export const TextColumn = (length: number, options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'varchar', length, ...options });

/** UTC, milliseconds, made by the application. */
export const TimeColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'datetime', precision: 3, ...options });

const json: ValueTransformer = {
  to: (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? null : (JSON.parse(value) as unknown)),
};

/** Plain data. A longtext and not `json`: MariaDB has no json type, and the difference shows up as drift. */
export const JsonColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'longtext', transformer: json, ...options });

export const bigint: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** Whole numbers up to 2^53; the driver hands bigint over as a string. */
export const BigintColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'bigint', transformer: bigint, ...options });

export const CountColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'int', ...options });

export const FlagColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'tinyint', transformer: flag, ...options });

const flag: ValueTransformer = {
  to: (value: boolean | null) => (value === null ? null : value ? 1 : 0),
  from: (value: number | null) => (value === null ? null : value === 1),
};
