/** Kinds of messages by number (RFC 2132, 9.6; RFC 3203; RFC 4388; RFC 6926; RFC 7724). */
const names: readonly string[] = [
  '',
  'DISCOVER',
  'OFFER',
  'REQUEST',
  'DECLINE',
  'ACK',
  'NAK',
  'RELEASE',
  'INFORM',
  'FORCERENEW',
  'LEASEQUERY',
  'LEASEUNASSIGNED',
  'LEASEUNKNOWN',
  'LEASEACTIVE',
  'BULKLEASEQUERY',
  'LEASEQUERYDONE',
  'ACTIVELEASEQUERY',
  'LEASEQUERYSTATUS',
  'TLS',
];

export function messageTypeName(type: number): string {
  const name = names[type];
  return name === undefined || name === '' ? `unknown-message-type-${type}` : name;
}
