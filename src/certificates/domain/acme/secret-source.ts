/** A secret, or the file on the server that holds it. A plan is kept in a journal: the file is the better choice. */
export type SecretSource = { readonly value: string } | { readonly file: string };
