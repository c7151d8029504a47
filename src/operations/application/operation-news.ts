/** Something about an operation has been committed. Only ids travel: whoever hears it reads the database. */
export interface OperationNews {
  readonly operationId: string;
  readonly ended: boolean;
}

/**
 * Tells every process of the control plane that an operation moved. Best effort: hearers must also look by
 * themselves from time to time, because news is lost when Redis is.
 */
export abstract class OperationNewsBus {
  abstract publish(news: OperationNews): void;
  /** @returns a function that ends the subscription. */
  abstract subscribe(hear: (news: OperationNews) => void): () => void;
}
