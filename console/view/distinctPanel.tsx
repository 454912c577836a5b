import type { DistinctKind } from '../../proto/routes.ts';
import type { Overlap } from '../state/questions.ts';
import { compareUnion } from '../state/union.ts';
import type { SiteCount, Union } from '../state/union.ts';
import type { Answer, Estimate } from '../../proto/api.ts';
import { formatBounds, formatCount, formatShare } from '../text/numbers.ts';
import { Bar } from './bar.tsx';
import { Panel } from './panel.tsx';
import type { PanelState } from './panel.tsx';
import { siteClass } from './siteColour.ts';

export interface DistinctPanelProps {
  state: PanelState;
  what: DistinctKind;
  choose: (what: DistinctKind) => void;
  kinds: readonly DistinctKind[];
  answer: Answer<'distinct'> | undefined;
  sites: readonly SiteCount[];
  overlaps: readonly Overlap[];
  /** All sites, for their colours. */
  names: readonly string[];
}

/** How many different ones there are: the union, each site's own, and what adding up would have said. */
export function DistinctPanel({ state, what, choose, kinds, answer, sites, overlaps, names }: DistinctPanelProps) {
  const picker = (
    <select
      aria-label="What is counted"
      value={what}
      onChange={({ currentTarget }) => {
        const kind = kinds.find((one) => one === currentTarget.value);
        if (kind !== undefined) choose(kind);
      }}
    >
      {kinds.map((kind) => (
        <option key={kind} value={kind}>
          {kind}
        </option>
      ))}
    </select>
  );
  const merged = answer?.value;
  const union = merged === undefined ? undefined : compareUnion(merged, sites);
  return (
    <Panel title={`Distinct ${what}`} state={state} tools={picker} id="distinct" class="distinct">
      <div class="merged" data-testid="merged">
        <span class="value">{merged === undefined ? <span class="skeleton" /> : formatCount(merged.estimate)}</span>
        {merged !== undefined && <Bounds value={merged} />}
        {answer?.previous !== undefined && <Change previous={answer.previous} />}
      </div>
      <p class="verdict">
        {union === undefined ? ' ' : <Verdict union={union} what={what} siteCount={names.length} />}
      </p>
      {union !== undefined && <Bars union={union} names={names} />}
      {overlaps.length > 0 && <Overlaps what={what} overlaps={overlaps} />}
    </Panel>
  );
}

function Bounds({ value: { estimate, lower, upper } }: { value: Estimate }) {
  if (upper <= lower) return <span class="bounds">{estimate > 0 ? 'exact' : ''}</span>;
  return (
    <>
      <span class="bounds">{formatBounds(estimate, lower, upper)}</span>
      <span class="bounds" title="The truth is in here 19 times of 20">
        {formatCount(lower)} to {formatCount(upper)}
      </span>
    </>
  );
}

/** How it stands to the period before, where the two were watched alike. */
function Change({ previous }: { previous: NonNullable<Answer<'distinct'>['previous']> }) {
  const { change, comparable, why, value } = previous;
  if (!comparable)
    return (
      <span class="change dim" title={why ?? ''}>
        the span before is not comparable
      </span>
    );
  if (change === null) return <span class="change dim">nothing in the span before</span>;
  const sign = change > 0 ? '+' : '\u2212';
  return (
    <span class="change dim" title={`${formatCount(value.estimate)} in the span before`}>
      {sign}
      {formatShare(Math.abs(change), 1).replace('> 99.99', '100')} on the span before
    </span>
  );
}

function Verdict({ union, what, siteCount }: { union: Union; what: string; siteCount: number }) {
  const { sites, sum, again, merged } = union;
  if (siteCount > 1 && sites.length === 0)
    return <span class="dim">{siteCount} sites, merged. Of so many, none is told by itself here.</span>;
  if (merged.estimate === 0) return <span class="dim">No {what} were seen in this span.</span>;
  if (sites.length < 2) return <span class="dim">One site: there is nothing to merge it with yet.</span>;
  if (again === 0) {
    return (
      <span class="dim">
        Adding up {sites.length} sites would say {formatCount(sum)}: they share no more than the error allows.
      </span>
    );
  }
  return (
    <>
      Adding up {sites.length} sites would say <b>{formatCount(sum)}</b>:{' '}
      <span class="warn">
        {formatCount(again)} too many ({formatShare(again, merged.estimate)})
      </span>
      , seen at more than one site and counted again.
    </>
  );
}

function Bars({ union, names }: { union: Union; names: readonly string[] }) {
  const { sites, scale } = union;
  if (sites.length === 0) return null;
  return (
    <div class="bars" role="table" aria-label="By site, added up and merged">
      {sites.map(({ site, value }) => (
        <div class={`row ${siteClass(site, names)}`} role="row" key={site}>
          <span class="name" role="rowheader" title={site}>
            {site}
          </span>
          <Bar value={value.estimate} lower={value.lower} upper={value.upper} scale={scale} />
          <Number value={value.estimate} note={formatBounds(value.estimate, value.lower, value.upper)} />
        </div>
      ))}
      {sites.length > 1 && <Sum union={union} names={names} />}
    </div>
  );
}

/** What adding up says, made of each site's own, above what merging says. */
function Sum({ union, names }: { union: Union; names: readonly string[] }) {
  const { sites, merged, sum, scale } = union;
  return (
    <>
      <div class="row sum" role="row">
        <span class="name" role="rowheader">
          added up
        </span>
        <Parts sites={sites} scale={scale} names={names} />
        <Number value={sum} note="" />
      </div>
      <div class="row all" role="row">
        <span class="name" role="rowheader">
          merged
        </span>
        <Bar value={merged.estimate} lower={merged.lower} upper={merged.upper} scale={scale} />
        <Number value={merged.estimate} note={formatBounds(merged.estimate, merged.lower, merged.upper)} />
      </div>
    </>
  );
}

function Number({ value, note }: { value: number; note: string }) {
  return (
    <span class="number" role="cell">
      {formatCount(value)} <small>{note}</small>
    </span>
  );
}

/** The sum, made of each site's own. */
function Parts({ sites, scale, names }: { sites: readonly SiteCount[]; scale: number; names: readonly string[] }) {
  let at = 0;
  return (
    <div class="track" aria-hidden="true">
      {sites.map(({ site, value }) => {
        const left = at;
        at += value.estimate;
        return (
          <span
            key={site}
            class={`part ${siteClass(site, names)}`}
            style={{ left: `${(left / scale) * 100}%`, width: `${(value.estimate / scale) * 100}%` }}
          />
        );
      })}
    </div>
  );
}

function Overlaps({ overlaps, what }: { overlaps: readonly Overlap[]; what: string }) {
  return (
    <div class="overlaps">
      <h3>Seen at both of two sites</h3>
      <table>
        <thead class="sr">
          <tr>
            <th>Sites</th>
            <th>{what}</th>
            <th>Bounds</th>
          </tr>
        </thead>
        <tbody>
          {overlaps.map(({ sites: [one, other], value }) => (
            <tr key={`${one} ${other}`}>
              <td>
                {one} and {other}
              </td>
              <td class="right">{formatCount(value.estimate)}</td>
              <td class="right">
                <small>
                  {formatCount(value.lower)} to {formatCount(value.upper)}
                </small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
