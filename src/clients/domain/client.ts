/** A tenant: a reseller or its customer. Owns sites and certificates; its tokens see nothing else. */
export interface Client {
  readonly id: string;
  /** Machine name, unique (Ægir: `uname`). */
  readonly name: string;
  /** As people write it. */
  readonly label: string;
  readonly createdAt: Date;
}
