import type { Log, RecordOf } from './record.ts';

/** One row a certificate, not one a connection: `ssl.log` names it by its fingerprint. */
export const x509 = {
  path: 'x509',
  text: 'Certificates that servers and clients showed in the clear, each once a day.',
  fields: [
    { name: 'ts', type: 'time', text: 'When it was seen.' },
    { name: 'fingerprint', type: 'string', text: 'SHA-256 of the whole certificate, in hex.' },
    { name: 'certificate.version', type: 'count', text: 'Version, from 1.' },
    { name: 'certificate.serial', type: 'string', text: 'Serial number, in upper-case hex of whole octets.' },
    { name: 'certificate.subject', type: 'string', text: 'Whom it names, as RFC 2253 prints it: last part first.' },
    { name: 'certificate.issuer', type: 'string', text: 'Who signed it.' },
    { name: 'certificate.not_valid_before', type: 'time', text: 'It holds from here on.' },
    { name: 'certificate.not_valid_after', type: 'time', text: 'It holds up to here.' },
    { name: 'certificate.key_alg', type: 'string', text: "Algorithm of its key, under OpenSSL's name." },
    { name: 'certificate.sig_alg', type: 'string', text: "Algorithm of its signature, under OpenSSL's name." },
    { name: 'certificate.key_type', type: 'string', optional: true, text: '`rsa`, `dsa` or `ecdsa`.' },
    { name: 'certificate.key_length', type: 'count', optional: true, text: 'Bits of the key.' },
    { name: 'certificate.exponent', type: 'string', optional: true, text: 'Exponent of an RSA key.' },
    { name: 'certificate.curve', type: 'string', optional: true, text: 'Curve of an elliptic key.' },
    { name: 'san.dns', type: 'vector[string]', optional: true, text: 'Host names that it is good for besides.' },
    { name: 'san.uri', type: 'vector[string]', optional: true, text: 'URIs that it is good for.' },
    { name: 'san.email', type: 'vector[string]', optional: true, text: 'Addresses of mail that it is good for.' },
    { name: 'san.ip', type: 'vector[addr]', optional: true, text: 'Addresses that it is good for.' },
    { name: 'basic_constraints.ca', type: 'bool', optional: true, text: 'Whether it may sign others.' },
    { name: 'basic_constraints.path_len', type: 'count', optional: true, text: 'Signers that may stand below it.' },
    { name: 'host_cert', type: 'bool', text: 'Whether it was the first of its chain.' },
    { name: 'client_cert', type: 'bool', text: 'Whether the client showed it.' },
  ],
} as const satisfies Log;

export type X509Record = RecordOf<typeof x509>;
