/**
 * Values that survive JSON, structured clone between threads, and a database column unchanged.
 * Everything that crosses a process or thread boundary is made of these.
 */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainObject;
export interface PlainObject {
  readonly [key: string]: PlainValue | undefined;
}
