import type { ComponentChildren } from 'preact';
import type { Failure } from '../state/client.ts';

/** How fresh what a panel shows is. */
export interface PanelState {
  failure: Failure | undefined;
  /** It answers an earlier question: another range, another kind. */
  isOld: boolean;
}

export interface PanelProps {
  title: string;
  id: string;
  state: PanelState;
  tools?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

/** A titled part of the page. A failure is told in it; what was known before stays, dimmed. */
export function Panel({ title, id, state, tools, class: more, children }: PanelProps) {
  const { failure, isOld } = state;
  // A manager that is away is told once, across the page.
  const refused = failure?.kind === 'refused' ? failure : undefined;
  return (
    <section class={`panel ${more ?? ''}`} aria-labelledby={`${id}-title`} aria-busy={isOld}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {tools}
      </header>
      {refused !== undefined && (
        <p class="failure" role="alert">
          <b>No answer</b> <span>{refused.message}</span> <code>{refused.code}</code>
        </p>
      )}
      <div class={`body ${isOld || failure !== undefined ? 'stale' : ''}`}>{children}</div>
    </section>
  );
}
