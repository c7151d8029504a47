import { PORT_VARIABLES, type PortVariable, type TlsConsumer } from './config.js';

/** The port behind a TLS front is nobody's where there is none. */
export function usedPorts(tlsConsumer: TlsConsumer | null): readonly PortVariable[] {
  return PORT_VARIABLES.filter((variable) => variable !== 'HLER_BACKEND_PORT' || tlsConsumer !== null);
}
