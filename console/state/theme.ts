/** What is chosen: the system's, or one whatever the system says. */
export type Theme = 'system' | 'light' | 'dark';

const next: Readonly<Record<Theme, Theme>> = { system: 'dark', dark: 'light', light: 'system' };

export function nextTheme(theme: Theme): Theme {
  return next[theme];
}

export function parseTheme(text: string | null): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}
