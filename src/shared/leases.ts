/**
 * Work that one process at a time does, whoever it is. The holder renews its lease while it works; whoever finds it run out
 * takes it over, with a higher token. A holder that was paused and wakes up cannot tell: so what it writes it writes in a unit
 * of work that first asks `isHeld` for its token, and writes nothing when another has taken over.
 */
export abstract class Leases {
  /**
   * Takes or renews the lease until `until`. The token rises with every change of holder.
   * @returns the token, or null while another holds it.
   */
  abstract acquire(name: string, holder: string, now: Date, until: Date): Promise<number | null>;
  /** Whether the token is still the one in force; from then on nobody else acquires it before the unit of work ends. */
  abstract isHeld(name: string, token: number): Promise<boolean>;
}
