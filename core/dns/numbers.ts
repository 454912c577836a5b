/** Numbers of DNS (IANA, Domain Name System Parameters) and the names that Zeek's logs have for them. */

export const RrType = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  WKS: 11,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  LOC: 29,
  /** NetBIOS's general name service record: IANA has NIMLOC. */
  NB: 32,
  /** Also NetBIOS's node status. */
  SRV: 33,
  NAPTR: 35,
  A6: 38,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  TSIG: 250,
  CAA: 257,
  /** BIND's private type for the state of signing. */
  BINDS: 65_534,
} as const;

export const Opcode = { QUERY: 0, NOTIFY: 4, UPDATE: 5 } as const;

const typeNames: ReadonlyMap<number, string> = new Map([
  ...[
    'A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP NSAP-PTR SIG KEY PX GPOS',
    'AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY DHCID',
    'NSEC3 NSEC3PARAM TLSA SMIMEA',
  ]
    .join(' ')
    .split(' ')
    .map((name, i) => [i + 1, name] as const),
  ...'HIP NINFO RKEY TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS'
    .split(' ')
    .map((name, i) => [i + 55, name] as const),
  ...'SPF UINFO UID GID UNSPEC NID L32 L64 LP EUI48 EUI64'.split(' ').map((name, i) => [i + 99, name] as const),
  ...'TKEY TSIG IXFR AXFR MAILB MAILA * URI CAA'.split(' ').map((name, i) => [i + 249, name] as const),
  [32_768, 'TA'],
  [32_769, 'DLV'],
  [65_281, 'WINS'],
  [65_282, 'WINS-R'],
  [65_422, 'XPF'],
  [65_521, 'INTEGRITY'],
]);

const classNames: ReadonlyMap<number, string> = new Map([
  [1, 'C_INTERNET'],
  [2, 'C_CSNET'],
  [3, 'C_CHAOS'],
  [4, 'C_HESIOD'],
  [254, 'C_NONE'],
  [255, 'C_ANY'],
]);

/** By the four bits of the header; those from 11 on are unassigned there. */
const rcodeNames: readonly string[] =
  'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSet NOTAUTH NOTZONE'.split(' ');

const opcodeNames: ReadonlyMap<number, string> = new Map([
  [0, 'query'],
  [1, 'iquery'],
  [2, 'server-status'],
  [4, 'notify'],
  [5, 'dynamic-update'],
  [6, 'dso'],
]);

/** RFC 1002, 4.2.1.1. */
const netbiosOpcodeNames: ReadonlyMap<number, string> = new Map([
  [0, 'netbios-query'],
  [5, 'netbios-registration'],
  [6, 'netbios-release'],
  [7, 'netbios-wack'],
  [8, 'netbios-refresh'],
]);

export function typeName(type: number): string {
  return typeNames.get(type) ?? `query-${type}`;
}

export function className(value: number): string {
  return classNames.get(value) ?? `qclass-${value}`;
}

export function rcodeName(rcode: number): string {
  return rcodeNames[rcode] ?? `unassigned-${rcode}`;
}

export function opcodeName(opcode: number, isNetbios: boolean): string {
  if (isNetbios) return netbiosOpcodeNames.get(opcode) ?? `netbios-opcode-${opcode}`;
  return opcodeNames.get(opcode) ?? `opcode-${opcode}`;
}
