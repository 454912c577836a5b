import { MAX_TUNNELS, type PacketFields } from './fields.ts';

/**
 * Makes room for one more IP header: the header decoded before it, if any, was a tunnel's and moves to the outer ones.
 * False when the packet is in more tunnels than are followed.
 */
export function enterIp(fields: PacketFields): boolean {
  if (fields.ipVersion === 0) return true;
  const n = fields.outerCount;
  if (n === MAX_TUNNELS) return false;
  fields.outerAddress.set(fields.address, n * 8);
  fields.outerProtocol[n] = fields.protocol;
  fields.outerPorts[2 * n] = fields.sourcePort;
  fields.outerPorts[2 * n + 1] = fields.destinationPort;
  fields.outerIpLength[n] = fields.ipLength;
  fields.outerCount = n + 1;
  fields.tunnelId = fields.tunnelIdAhead;
  fields.sourcePort = 0;
  fields.destinationPort = 0;
  fields.transport = 0;
  return true;
}
