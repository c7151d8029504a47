/** What one suite found, as Markdown. */
export interface Findings {
  readonly table: string;
  /** What else there is to say, a sentence each. */
  readonly remarks: readonly string[];
}

export interface Suite {
  readonly name: string;
  readonly title: string;
  measure(): Promise<Findings>;
}
