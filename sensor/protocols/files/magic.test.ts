import { expect, test } from 'vitest';
import { mimeTypeOf } from './magic.ts';

const typeOf = (text: string): string | undefined => {
  const bytes = Buffer.from(text, 'latin1');
  return mimeTypeOf(bytes, bytes.length);
};

test.each([
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['\x89PNG\r\n', 'image/png'],
  ['GIF89a', 'image/gif'],
  ['RIFF\x01\x02\x03\x04WEBPVP8 ', 'image/webp'],
  ['\x00\x00\x01\x00\x01', 'image/x-icon'],
  [`BM${'\x01'.repeat(12)}\x28\x00`, 'image/x-ms-bmp'],
  ['II\x2a\x00', 'image/tiff'],
  ['%PDF-1.4', 'application/pdf'],
  ['PK\x03\x04\x14\x00', 'application/zip'],
  ['\x1f\x8b\x08', 'application/x-gzip'],
  ['BZh9', 'application/x-bzip2'],
  ['\xfd7zXZ\x00', 'application/x-xz'],
  ['7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  ['Rar!\x1a', 'application/x-rar'],
  ['MZ\x90', 'application/x-dosexec'],
  [`\x7fELF\x02\x01${'\x01'.repeat(10)}\x02\x00`, 'application/x-executable'],
  ['CWS\x0a', 'application/x-shockwave-flash'],
  ['MSCF\x00\x00\x00\x00', 'application/vnd.ms-cab-compressed'],
  ['wOFF\x00', 'application/font-woff'],
  ['\x00\x00\x00\x18ftypmp42', 'video/mp4'],
  ['\xff\xfb\x90', 'audio/mpeg'],
  ['<!doctype html><p>', 'text/html'],
  [' \r\n<!-- a --> <HTML>', 'text/html'],
  ['<?xml version="1.0"?>\n<html>', 'text/html'],
  ['<?xml version="1.0"?><x>', 'application/xml'],
  ['\xef\xbb\xbf<body a=b>', 'text/html'],
  ['{"a": [1]}', 'text/json'],
  ['[{"a": 1}]', 'text/json'],
  ['#!/bin/sh\necho', 'text/x-shellscript'],
  ['just some text', 'text/plain'],
  ['short', undefined],
  ['', undefined],
  ['\x01\x02\x03', undefined],
])('%j is %s', (text, type) => {
  expect(typeOf(text)).toBe(type);
});

test('comments without an end, and octets of any kind, end', () => {
  expect(typeOf('<!--'.repeat(5000))).toBe('text/plain');
  expect(typeOf(`${'<!-- -->'.repeat(500)}<html>`)).toBe('text/html');
  for (let first = 0; first < 256; first++) {
    const bytes = new Uint8Array(5000).fill(first);
    expect(typeof (mimeTypeOf(bytes, bytes.length) ?? '')).toBe('string');
  }
});
