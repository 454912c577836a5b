/**
 * What kinds of file begin with: Zeek's names and strengths (the strongest that fits wins), facts of the formats. A begin
 * is a text of octets; `?` stands for any octet but a line feed, as in Zeek's patterns.
 */
export interface Magic {
  readonly type: string;
  readonly strength: number;
  readonly begins: readonly string[];
}

const jpeg2000 = '\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a????????';
const openDocument = 'PK\x03\x04??????????????????????\x08\x00\x00\x00mimetypeapplication/';
const oasis = `${openDocument}vnd.oasis.opendocument.`;
const openDocumentKinds = ['text', 'graphics', 'presentation', 'spreadsheet', 'chart', 'formula', 'image', 'database'];

function any(length: number): string {
  return '?'.repeat(length);
}

/** MPEG audio's second octets: layers 2 and 3, all versions. */
const mpegAudio = ['\xe2', '\xe3', '\xf2', '\xf3', '\xf6', '\xf7', '\xfa', '\xfb', '\xfc', '\xfd'];
const mp4Brands = ['isom', 'iso2', 'iso4', 'iso5', 'iso6', 'mp41', 'mp42', 'dash'];
/** ELF's types of object, by class and order of octets. */
const elf = (kind: string): string[] =>
  ['\x01', '\x02'].flatMap((word) => [
    `\x7fELF${word}\x01${any(10)}${kind}\x00`,
    `\x7fELF${word}\x02${any(10)}\x00${kind}`,
  ]);
/** Sizes of a bitmap's header. */
const bitmapHeaders = ['\x0c', '\x28', '\x40', '\x6c', '\x7c', '\x80'];

export const magicTable: readonly Magic[] = [
  // Pictures
  { type: 'image/jpeg', strength: 52, begins: ['\xff\xd8'] },
  { type: 'image/png', strength: 110, begins: ['\x89PNG'] },
  { type: 'image/gif', strength: 70, begins: ['GIF8'] },
  { type: 'image/webp', strength: 70, begins: ['RIFF????WEBP'] },
  { type: 'image/tiff', strength: 70, begins: ['MM\x00\x2a', 'MM\x00\x2b', 'II\x2a\x00', 'II\x2b\x00'] },
  { type: 'image/x-icon', strength: 70, begins: ['\x00\x00\x01\x00'] },
  { type: 'image/x-cursor', strength: 70, begins: ['\x00\x00\x02\x00'] },
  { type: 'image/x-ms-bmp', strength: 50, begins: bitmapHeaders.map((size) => `BM${any(12)}${size}\x00`) },
  { type: 'image/vnd.adobe.photoshop', strength: 70, begins: ['8BPS'] },
  { type: 'image/jp2', strength: 70, begins: [`${jpeg2000}jp2 `, '????ftypjp2', '????jP'] },
  { type: 'image/jpx', strength: 70, begins: [`${jpeg2000}jpx `] },
  { type: 'image/jpm', strength: 70, begins: [`${jpeg2000}jpm `] },
  { type: 'image/x-xcf', strength: 110, begins: ['gimp xcf'] },
  { type: 'image/vnd.djvu', strength: 70, begins: ['AT&TFORM????DJV', 'AT&TFORM????THUM'] },
  { type: 'image/vnd.dwg', strength: 90, begins: ['AC1.', 'AC2.', 'AC10'] },
  { type: 'image/x-exr', strength: 70, begins: ['\x76\x2f\x31\x01'] },
  // Sound and film
  { type: 'audio/mpeg', strength: 20, begins: mpegAudio.map((layer) => `\xff${layer}`) },
  { type: 'audio/x-wav', strength: 70, begins: ['RIFF????WAVE'] },
  { type: 'audio/x-aiff', strength: 70, begins: ['FORM????AIFF', 'FORM????AIFC', 'FORM????8SVX'] },
  { type: 'audio/x-flac', strength: 70, begins: ['fLaC'] },
  { type: 'audio/midi', strength: 70, begins: ['MThd'] },
  { type: 'audio/mp4', strength: 60, begins: ['????ftypM4A'] },
  { type: 'audio/m4a', strength: 70, begins: ['????ftypm4a'] },
  { type: 'audio/x-hx-aac-adts', strength: 50, begins: ['\xff\xf0', '\xff\xf1', '\xff\xf8', '\xff\xf9'] },
  { type: 'application/ogg', strength: 70, begins: ['OggS'] },
  { type: 'video/mp4', strength: 70, begins: [...mp4Brands.map((brand) => `????ftyp${brand}`), '????ftypM4V'] },
  {
    type: 'video/3gpp',
    strength: 60,
    begins: ['3ge', '3gg', '3gp', '3gs', '3g2', 'avc1', 'mmp4'].map((brand) => `????ftyp${brand}`),
  },
  { type: 'video/quicktime', strength: 70, begins: ['????mdat', '????moov', '????ftypqt'] },
  { type: 'video/x-msvideo', strength: 70, begins: ['RIFF????AVI '] },
  { type: 'video/x-flv', strength: 60, begins: ['FLV'] },
  { type: 'video/x-ms-asf', strength: 70, begins: ['\x30\x26\xb2\x75'] },
  {
    type: 'video/mpeg',
    strength: 50,
    begins: Array.from({ length: 12 }, (_, i) => `\x00\x00\x01${String.fromCharCode(0xb0 + i)}`),
  },
  { type: 'video/mpv', strength: 71, begins: ['\x00\x00\x01\xb3'] },
  { type: 'application/x-shockwave-flash', strength: 60, begins: ['FWS', 'CWS', 'ZWS'] },
  // Documents
  { type: 'application/pdf', strength: 80, begins: ['%PDF-'] },
  { type: 'application/postscript', strength: 60, begins: ['%!', '\x04%!'] },
  { type: 'text/rtf', strength: 80, begins: ['{\\rtf'] },
  { type: 'application/msword', strength: 50, begins: ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'] },
  { type: 'application/vnd.openxmlformats-officedocument', strength: 50, begins: ['PK\x03\x04\x14\x00\x06\x00'] },
  { type: 'application/x-msaccess', strength: 180, begins: ['????Standard Jet DB\x00', '????Standard ACE DB\x00'] },
  ...openDocumentKinds.map((kind) => ({
    type: `application/vnd.oasis.opendocument.${kind}`,
    strength: 110,
    begins: [`${oasis}${kind}`],
  })),
  { type: 'application/epub+zip', strength: 110, begins: [`${openDocument}epub+zip`] },
  { type: 'application/mshelp', strength: 100, begins: ['ITSF'] },
  // Archives
  { type: 'application/zip', strength: 10, begins: ['PK\x03\x04??', 'PK\x07\x08PK\x03\x04'] },
  { type: 'application/x-gzip', strength: 100, begins: ['\x1f\x8b'] },
  { type: 'application/x-bzip2', strength: 60, begins: ['BZh'] },
  { type: 'application/x-xz', strength: 90, begins: ['\xfd7zXZ\x00'] },
  { type: 'application/x-7z-compressed', strength: 50, begins: ['7z\xbc\xaf\x27\x1c'] },
  { type: 'application/x-rar', strength: 70, begins: ['Rar!'] },
  { type: 'application/vnd.ms-cab-compressed', strength: 110, begins: ['MSCF\x00\x00\x00\x00'] },
  { type: 'application/x-lz4', strength: 70, begins: ['\x04\x22\x4d\x18', '\x02\x21\x4c\x18'] },
  { type: 'application/x-lzma', strength: 71, begins: ['\x5d\x00\x00'] },
  { type: 'application/x-lzip', strength: 70, begins: ['LZIP'] },
  { type: 'application/x-compress', strength: 50, begins: ['\x1f\x9d'] },
  { type: 'application/x-cpio', strength: 50, begins: ['\xc7\x71', '\x71\xc7'] },
  { type: 'application/x-arj', strength: 50, begins: ['\x60\xea'] },
  { type: 'application/x-ace', strength: 100, begins: ['???????**ACE**'] },
  { type: 'application/x-lzh', strength: 80, begins: ['??-lh', '??-lz', '??-pm'] },
  { type: 'application/x-xar', strength: 100, begins: ['xar!'] },
  { type: 'application/x-rpm', strength: 70, begins: ['drpm', '\xed\xab\xee\xdb'] },
  { type: 'application/x-debian-package', strength: 171, begins: ['!<arch>\ndebian'] },
  { type: 'application/x-archive', strength: 70, begins: ['!<arch>', '<ar>'] },
  { type: 'application/warc', strength: 50, begins: ['WARC/'] },
  // Programs
  { type: 'application/x-dosexec', strength: 51, begins: ['MZ'] },
  { type: 'application/x-object', strength: 50, begins: elf('\x01') },
  { type: 'application/x-executable', strength: 50, begins: elf('\x02') },
  { type: 'application/x-sharedlib', strength: 50, begins: elf('\x03') },
  { type: 'application/x-coredump', strength: 50, begins: elf('\x04') },
  { type: 'application/x-mach-o-executable', strength: 100, begins: ['\xce\xfa\xed\xfe', '\xcf\xfa\xed\xfe'] },
  {
    type: 'application/x-java-applet',
    strength: 71,
    begins: Array.from({ length: 8 }, (_, i) => `\xca\xfe\xba\xbe???${String.fromCharCode(0x2d + i)}`),
  },
  {
    type: 'application/x-ms-shortcut',
    strength: 49,
    begins: ['L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F'],
  },
  { type: 'application/x-windows-minidump', strength: 50, begins: ['MDMP'] },
  { type: 'application/chrome-ext', strength: 100, begins: ['Cr24'] },
  { type: 'application/chrome-ext-upd', strength: 70, begins: ['CrOD'] },
  // Fonts
  { type: 'application/font-woff', strength: 70, begins: ['wOFF'] },
  { type: 'application/font-woff2', strength: 70, begins: ['wOF2'] },
  { type: 'application/x-font-ttf', strength: 80, begins: ['\x00\x01\x00\x00\x00'] },
  { type: 'application/vnd.ms-opentype', strength: 70, begins: ['OTTO'] },
  { type: 'application/vnd.ms-fontobject', strength: 50, begins: [`${any(34)}LP`] },
  // Others
  ...Array.from({ length: 9 }, (_, i) => ({
    type: 'application/ocsp-request',
    strength: 71,
    begins: [`${any(11 + i)}\x06\x05\x2b\x0e\x03\x02\x1a`],
  })),
  ...Array.from({ length: 9 }, (_, i) => ({
    type: 'application/ocsp-response',
    strength: 71,
    begins: [`${any(11 + i)}\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01`],
  })),
  { type: 'application/vnd.tcpdump.pcap', strength: 70, begins: ['\xa1\xb2\xc3\xd4', '\xd4\xc3\xb2\xa1'] },
  {
    type: 'application/vnd.tcpdump.pcap',
    strength: 100,
    begins: ['\n\r\r\n????\x1a\x2b\x3c\x4d', '\n\r\r\n????\x4d\x3c\x2b\x1a'],
  },
  { type: 'application/vnd.ms-tnef', strength: 100, begins: ['\x78\x9f\x3e\x22'] },
  { type: 'application/bplist', strength: 100, begins: ['bplist'] },
  { type: 'application/x-bittorrent', strength: 140, begins: ['d8:announce'] },
  { type: 'application/dicom', strength: 70, begins: [`${any(128)}DICM`] },
  { type: 'application/x-pem', strength: 0, begins: ['-----BEGIN CERTIFICATE-----'] },
  { type: 'application/pgp', strength: 260, begins: ['-----BEGIN PGP MESSAGE-'] },
  { type: 'application/pgp-signature', strength: 280, begins: ['-----BEGIN PGP SIGNATURE-'] },
  { type: 'application/pgp-keys', strength: 330, begins: ['-----BEGIN PGP PUBLIC KEY BLOCK-'] },
  { type: 'text/calendar', strength: 180, begins: ['BEGIN:VCALENDAR'] },
  { type: 'text/x-vcard', strength: 140, begins: ['BEGIN:VCARD'] },
  { type: 'application/x-java-jnlp-file', strength: 100, begins: ['<jnlp '] },
];
