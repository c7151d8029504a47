/** Who asks for a certificate, as CAs want it that certify organisations. Nothing of it is needed for a certificate of a domain. */
export interface RequestSubject {
  readonly commonName?: string | undefined;
  readonly organization?: string | undefined;
  readonly organizationalUnit?: string | undefined;
  readonly locality?: string | undefined;
  readonly state?: string | undefined;
  /** Two letters (ISO 3166). */
  readonly country?: string | undefined;
}
