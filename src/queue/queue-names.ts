/** Queue of orders for one server; only that server's runner may read it. */
export const dispatchQueue = (serverId: string): string => `dispatch.${serverId}`;
/** Queue of reports from one server; only that server's runner may write to it, only the relay reads it. */
export const relayQueue = (serverId: string): string => `relay.${serverId}`;
/** Name of the control plane in messages: issuer of orders, audience of reports. */
export const CONTROL_PLANE = 'hler-control-plane';
