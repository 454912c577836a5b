/**
 * Names of DNS as the history of pairs is ordered by: labels from the right, a dot behind each ("org.example.www."), the root
 * ".". Dots inside of labels are escaped (`\046`) in names, so each dot stands between two labels. No key is empty.
 */
export function nameKey(name: string): string {
  const labels = name.replace(/\.$/, '');
  return labels === '' ? '.' : `${labels.split('.').toReversed().join('.')}.`;
}

/** The name of a key, without a final dot; the root is ".". */
export function nameOfKey(key: string): string {
  return key === '.' ? key : key.slice(0, -1).split('.').toReversed().join('.');
}

/** The keys of a name and of all below it: from `from`, before `to`. */
export function suffixKeys(suffix: string): { from: string; to: string } {
  const key = nameKey(suffix);
  // Bytes of keys are below 0x80. "/" is what follows a dot.
  return key === '.' ? { from: '!', to: '\u007F' } : { from: key, to: `${key.slice(0, -1)}/` };
}
