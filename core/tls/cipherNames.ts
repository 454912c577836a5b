/**
 * Names of cipher suites, as Zeek prints them: IANA's, but for upper case (`DH_ANON`) and suites that IANA never had.
 * A run of numbers is each key exchange with each cipher, in that order.
 */
interface Run {
  readonly start: number;
  readonly exchanges: readonly string[];
  readonly ciphers: readonly string[];
}

function run(start: number, exchanges: string, ciphers: string): Run {
  return { start, exchanges: exchanges.split(' '), ciphers: ciphers.split(' ') };
}

const classic = 'RSA DH_DSS DH_RSA DHE_DSS DHE_RSA DH_ANON';
const modern = 'RSA DHE_RSA DH_RSA DHE_DSS DH_DSS DH_ANON';
const elliptic = 'ECDHE_ECDSA ECDH_ECDSA ECDHE_RSA ECDH_RSA';
const shared = 'PSK DHE_PSK RSA_PSK';
const des = 'DES_CBC_SHA 3DES_EDE_CBC_SHA';
const ripemd = '3DES_EDE_CBC_RMD AES_128_CBC_RMD AES_256_CBC_RMD';
const gcm = 'AES_128_GCM_SHA256 AES_256_GCM_SHA384';
const ariaCbc = 'ARIA_128_CBC_SHA256 ARIA_256_CBC_SHA384';
const ariaGcm = 'ARIA_128_GCM_SHA256 ARIA_256_GCM_SHA384';
const camelliaCbc = 'CAMELLIA_128_CBC_SHA256 CAMELLIA_256_CBC_SHA384';
const camelliaGcm = 'CAMELLIA_128_GCM_SHA256 CAMELLIA_256_GCM_SHA384';
const ccm = 'AES_128_CCM AES_256_CCM';
const ccm8 = 'AES_128_CCM_8 AES_256_CCM_8';
const chacha = 'CHACHA20_POLY1305_SHA256';

const runs: readonly Run[] = [
  run(0x0001, 'RSA', 'NULL_MD5 NULL_SHA'),
  run(0x0003, 'RSA_EXPORT', 'RC4_40_MD5'),
  run(0x0004, 'RSA', 'RC4_128_MD5 RC4_128_SHA'),
  run(0x0006, 'RSA_EXPORT', 'RC2_CBC_40_MD5'),
  run(0x0007, 'RSA', 'IDEA_CBC_SHA'),
  run(0x0008, 'RSA_EXPORT', 'DES40_CBC_SHA'),
  run(0x0009, 'RSA', des),
  run(0x000b, 'DH_DSS_EXPORT', 'DES40_CBC_SHA'),
  run(0x000c, 'DH_DSS', des),
  run(0x000e, 'DH_RSA_EXPORT', 'DES40_CBC_SHA'),
  run(0x000f, 'DH_RSA', des),
  run(0x0011, 'DHE_DSS_EXPORT', 'DES40_CBC_SHA'),
  run(0x0012, 'DHE_DSS', des),
  run(0x0014, 'DHE_RSA_EXPORT', 'DES40_CBC_SHA'),
  run(0x0015, 'DHE_RSA', des),
  run(0x0017, 'DH_ANON_EXPORT', 'RC4_40_MD5'),
  run(0x0018, 'DH_ANON', 'RC4_128_MD5'),
  run(0x0019, 'DH_ANON_EXPORT', 'DES40_CBC_SHA'),
  run(0x001a, 'DH_ANON', des),
  run(0x001e, 'KRB5', `${des} RC4_128_SHA IDEA_CBC_SHA DES_CBC_MD5 3DES_EDE_CBC_MD5 RC4_128_MD5 IDEA_CBC_MD5`),
  run(0x0026, 'KRB5_EXPORT', 'DES_CBC_40_SHA RC2_CBC_40_SHA RC4_40_SHA DES_CBC_40_MD5 RC2_CBC_40_MD5 RC4_40_MD5'),
  run(0x002f, classic, 'AES_128_CBC_SHA'),
  run(0x0035, classic, 'AES_256_CBC_SHA'),
  run(0x003b, 'RSA', 'NULL_SHA256 AES_128_CBC_SHA256 AES_256_CBC_SHA256'),
  run(0x003e, 'DH_DSS DH_RSA DHE_DSS', 'AES_128_CBC_SHA256'),
  run(0x0041, classic, 'CAMELLIA_128_CBC_SHA'),
  run(0x0060, 'RSA_EXPORT1024', 'RC4_56_MD5 RC2_CBC_56_MD5 DES_CBC_SHA'),
  run(0x0063, 'DHE_DSS_EXPORT1024', 'DES_CBC_SHA'),
  run(0x0064, 'RSA_EXPORT1024', 'RC4_56_SHA'),
  run(0x0065, 'DHE_DSS_EXPORT1024', 'RC4_56_SHA'),
  run(0x0066, 'DHE_DSS', 'RC4_128_SHA'),
  run(0x0067, 'DHE_RSA', 'AES_128_CBC_SHA256'),
  run(0x0068, 'DH_DSS DH_RSA DHE_DSS DHE_RSA', 'AES_256_CBC_SHA256'),
  run(0x006c, 'DH_ANON', 'AES_128_CBC_SHA256 AES_256_CBC_SHA256'),
  run(0x0072, 'DHE_DSS', ripemd),
  run(0x0077, 'DHE_RSA', ripemd),
  run(0x007c, 'RSA', ripemd),
  run(0x0080, 'GOSTR341094 GOSTR341001', '28147_CNT_IMIT'),
  run(0x0082, 'GOSTR341094 GOSTR341001', 'NULL_GOSTR3411'),
  run(0x0084, classic, 'CAMELLIA_256_CBC_SHA'),
  run(0x008a, shared, 'RC4_128_SHA 3DES_EDE_CBC_SHA AES_128_CBC_SHA AES_256_CBC_SHA'),
  run(0x0096, classic, 'SEED_CBC_SHA'),
  run(0x009c, modern, gcm),
  run(0x00a8, shared, gcm),
  run(0x00ae, shared, 'AES_128_CBC_SHA256 AES_256_CBC_SHA384 NULL_SHA256 NULL_SHA384'),
  run(0x00ba, classic, 'CAMELLIA_128_CBC_SHA256'),
  run(0x00c0, classic, 'CAMELLIA_256_CBC_SHA256'),
  run(0x16b7, 'CECPQ1_RSA CECPQ1_ECDSA', chacha),
  run(0x16b9, 'CECPQ1_RSA CECPQ1_ECDSA', 'AES_256_GCM_SHA384'),
  run(
    0xc001,
    'ECDH_ECDSA ECDHE_ECDSA ECDH_RSA ECDHE_RSA ECDH_ANON',
    'NULL_SHA RC4_128_SHA 3DES_EDE_CBC_SHA AES_128_CBC_SHA AES_256_CBC_SHA',
  ),
  run(0xc01a, 'SRP_SHA SRP_SHA_RSA SRP_SHA_DSS', '3DES_EDE_CBC_SHA'),
  run(0xc01d, 'SRP_SHA SRP_SHA_RSA SRP_SHA_DSS', 'AES_128_CBC_SHA'),
  run(0xc020, 'SRP_SHA SRP_SHA_RSA SRP_SHA_DSS', 'AES_256_CBC_SHA'),
  run(0xc023, elliptic, 'AES_128_CBC_SHA256 AES_256_CBC_SHA384'),
  run(0xc02b, elliptic, gcm),
  run(
    0xc033,
    'ECDHE_PSK',
    'RC4_128_SHA 3DES_EDE_CBC_SHA AES_128_CBC_SHA AES_256_CBC_SHA AES_128_CBC_SHA256 AES_256_CBC_SHA384 NULL_SHA NULL_SHA256 NULL_SHA384',
  ),
  run(0xc03c, classic, ariaCbc),
  run(0xc048, elliptic, ariaCbc),
  run(0xc050, modern, ariaGcm),
  run(0xc05c, elliptic, ariaGcm),
  run(0xc064, shared, ariaCbc),
  run(0xc06a, shared, ariaGcm),
  run(0xc070, 'ECDHE_PSK', ariaCbc),
  run(0xc072, elliptic, camelliaCbc),
  run(0xc07a, modern, camelliaGcm),
  run(0xc086, elliptic, camelliaGcm),
  run(0xc08e, shared, camelliaGcm),
  run(0xc094, `${shared} ECDHE_PSK`, camelliaCbc),
  run(0xc09c, 'RSA DHE_RSA', ccm),
  run(0xc0a0, 'RSA DHE_RSA', ccm8),
  run(0xc0a4, 'PSK DHE_PSK', ccm),
  run(0xc0a8, 'PSK PSK_DHE', ccm8),
  run(0xc0ac, 'ECDHE_ECDSA', `${ccm} ${ccm8}`),
  run(0xc0b0, 'ECCPWD', `${gcm} AES_128_CCM_SHA256 AES_256_CCM_SHA384`),
  run(
    0xc100,
    'GOSTR341112_256',
    'KUZNYECHIK_CTR_OMAC MAGMA_CTR_OMAC 28147_CNT_IMIT KUZNYECHIK_MGM_L MAGMA_MGM_L KUZNYECHIK_MGM_S MAGMA_MGM_S',
  ),
  run(0xcc13, 'ECDHE_RSA ECDHE_ECDSA DHE_RSA', 'CHACHA20_POLY1305_SHA256_OLD'),
  run(0xcca8, 'ECDHE_RSA ECDHE_ECDSA DHE_RSA PSK ECDHE_PSK DHE_PSK RSA_PSK', chacha),
  run(0xd001, 'ECDHE_PSK', `${gcm} AES_128_CCM_8_SHA256 AES_128_CCM_SHA256_OLD AES_128_CCM_SHA256`),
];

const others: Readonly<Record<number, string>> = {
  0x0000: 'TLS_NULL_WITH_NULL_NULL',
  0x001c: 'SSL_FORTEZZA_KEA_WITH_NULL_SHA',
  0x001d: 'SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA',
  0x00c6: 'TLS_SM4_GCM_SM3',
  0x00c7: 'TLS_SM4_CCM_SM3',
  0x00ff: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
  0x1301: 'TLS_AES_128_GCM_SHA256',
  0x1302: 'TLS_AES_256_GCM_SHA384',
  0x1303: 'TLS_CHACHA20_POLY1305_SHA256',
  0x1304: 'TLS_AES_128_CCM_SHA256',
  0x1305: 'TLS_AES_128_CCM_8_SHA256',
  0x1306: 'TLS_AEGIS_256_SHA384',
  0x1307: 'TLS_AEGIS_128L_SHA256',
  0x5600: 'TLS_FALLBACK_SCSV',
  0xc0b4: 'TLS_SHA256_SHA256',
  0xc0b5: 'TLS_SHA384_SHA384',
  0xfefe: 'SSL_RSA_FIPS_WITH_DES_CBC_SHA',
  0xfeff: 'SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA',
  0xffe0: 'SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA_2',
  0xffe1: 'SSL_RSA_FIPS_WITH_DES_CBC_SHA_2',
  0xff80: 'SSL_RSA_WITH_RC2_CBC_MD5',
  0xff81: 'SSL_RSA_WITH_IDEA_CBC_MD5',
  0xff82: 'SSL_RSA_WITH_DES_CBC_MD5',
  0xff83: 'SSL_RSA_WITH_3DES_EDE_CBC_MD5',
  // SSLv2: three octets each.
  0x010080: 'SSLv20_CK_RC4_128_WITH_MD5',
  0x020080: 'SSLv20_CK_RC4_128_EXPORT40_WITH_MD5',
  0x030080: 'SSLv20_CK_RC2_128_CBC_WITH_MD5',
  0x040080: 'SSLv20_CK_RC2_128_CBC_EXPORT40_WITH_MD5',
  0x050080: 'SSLv20_CK_IDEA_128_CBC_WITH_MD5',
  0x060040: 'SSLv20_CK_DES_64_CBC_WITH_MD5',
  0x0700c0: 'SSLv20_CK_DES_192_EDE3_CBC_WITH_MD5',
};

/** The name of a cipher suite; `unknown-N` and GREASE values as Zeek calls them. */
export function cipherName(suite: number): string {
  for (const { start, exchanges, ciphers } of runs) {
    const index = suite - start;
    if (index < 0 || index >= exchanges.length * ciphers.length) continue;
    return `TLS_${exchanges[Math.floor(index / ciphers.length)]}_WITH_${ciphers[index % ciphers.length]}`;
  }
  return others[suite] ?? greaseName(suite) ?? `unknown-${suite}`;
}

/** Whether a number is one of those that clients add so that servers stay tolerant (RFC 8701). */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

export function greaseName(value: number): string | undefined {
  return isGrease(value) ? `grease_0x${value.toString(16).toUpperCase().padStart(4, '0')}` : undefined;
}
