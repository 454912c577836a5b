import { useState } from 'preact/hooks';
import type { Range } from '../state/range.ts';
import { nextTheme } from '../state/theme.ts';
import type { Theme } from '../state/theme.ts';
import { formatSpan, zoneName } from '../text/times.ts';
import { LiveIndicator } from './liveIndicator.tsx';
import type { LiveIndicatorProps } from './liveIndicator.tsx';
import { CustomRange, RangePicker } from './rangePicker.tsx';

export interface HeaderProps extends LiveIndicatorProps {
  range: Range;
  choose: (range: Range) => void;
  /** The span of the answers, seconds since 1970. */
  span: { from: number; to: number } | undefined;
  theme: Theme;
  chooseTheme: (theme: Theme) => void;
}

export function Header(props: HeaderProps) {
  const { range, choose, span, theme, chooseTheme, now } = props;
  const [isCustomOpen, openCustom] = useState(false);
  return (
    <div class="top" role="banner">
      <h1 class="brand">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path
            d="M2.5 14V4.5M6.2 14V2M9.8 14V2M13.5 14V4.5M1 9.5h14"
            stroke="currentColor"
            stroke-width="1.7"
            stroke-linecap="round"
            fill="none"
          />
        </svg>
        Picket
      </h1>
      <RangePicker range={range} choose={choose} isCustomOpen={isCustomOpen} openCustom={openCustom} />
      <span class="span" data-testid="span">
        {span === undefined ? '' : `${formatSpan(span.from, span.to, now)} ${zoneName(span.to)}`}
      </span>
      <div class="rest">
        <LiveIndicator {...props} />
        <button
          type="button"
          class="icon"
          title={`Theme: ${theme}`}
          aria-label={`Theme: ${theme}. Change to ${nextTheme(theme)}.`}
          onClick={() => chooseTheme(nextTheme(theme))}
        >
          <ThemeIcon theme={theme} />
        </button>
      </div>
      {isCustomOpen && (
        <CustomRange
          from={span?.from ?? now - 3600}
          to={span?.to ?? now}
          choose={(chosen) => {
            openCustom(false);
            choose(chosen);
          }}
        />
      )}
    </div>
  );
}

function ThemeIcon({ theme }: { theme: Theme }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.4">
      {theme === 'system' && (
        <>
          <circle cx="8" cy="8" r="5.6" />
          <path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor" stroke="none" />
        </>
      )}
      {theme === 'dark' && <path d="M13 9.8A5.6 5.6 0 0 1 6.2 3 5.6 5.6 0 1 0 13 9.8z" fill="currentColor" />}
      {theme === 'light' && (
        <>
          <circle cx="8" cy="8" r="3" fill="currentColor" />
          <path d="M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6 13 13M13 3l-1.4 1.4M4.4 11.6 3 13" />
        </>
      )}
    </svg>
  );
}
