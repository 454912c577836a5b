import type { Answer } from '../../proto/api.ts';

/** Seconds after which a browser fetches the page again, so that nobody reads an old number. */
const refreshSeconds = 30;

/** The page's style. Its hash stands in the content security policy, so nothing else styles the page. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3a4048); --dim: light-dark(#5b6570, #9aa4af); --bad: light-dark(#b3261e, #f2b8b5); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: light-dark(#fff, #16191d); color: light-dark(#1a1d21, #e6e9ed); overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin-top: 2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
th, td { text-align: left; padding: .3rem 0 .3rem 1.2rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.value { font-size: 2rem; font-variant-numeric: tabular-nums; } .dim { color: var(--dim); } .bad { color: var(--bad); }
@media (max-width: 30rem) { .more { display: none; } table { font-size: .85rem; } th, td { padding-left: .5rem; } }
pre { background: light-dark(#f3f4f6, #20252b); padding: .8rem; overflow-x: auto; }
`;

/** The people's page until the console is there: hosts of the last hour, what the number rests on, sensors, commands. */
export function renderPage(sensors: Answer<'sensors'>, hosts: Answer<'distinct'>): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Picket</title><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${refreshSeconds}"><style>${pageStyle}</style></head><body>
<h1>Picket</h1>
<h2>Different hosts in the last hour</h2>
${renderValue(hosts)}
${renderCoverage(hosts)}
<h2>Sensors</h2>
${renderSensors(sensors)}
<h2>Try</h2>
<pre>cli/picket distinct hosts --last 1h
cli/picket sensors
cli/picket distinct pairs --last 10m --json</pre>
</body></html>
`;
}

function renderValue({ value }: Answer<'distinct'>): string {
  const [estimate, lower, upper] = [count(value.estimate), count(value.lower), count(value.upper)];
  const bounds = lower === upper ? '' : ` <span class="dim">between ${lower} and ${upper}</span>`;
  return `<p><span class="value">${estimate}</span>${bounds}</p>`;
}

/** What a number rests on. What is missing or lost stands out; silence of a sensor is not zero traffic. */
function renderCoverage({ from, to, coverage }: Answer<'distinct'>): string {
  const { sensors, seconds, packets } = coverage;
  const lost = packets.nic + packets.kernel + packets.shed;
  const share = seconds.expected > 0 ? ` (${Math.floor((seconds.present / seconds.expected) * 100)} %)` : '';
  const losses =
    lost === 0
      ? 'none lost'
      : `<span class="bad">${count(packets.nic)} lost at the card, ${count(packets.kernel)} in the kernel, ${count(packets.shed)} shed</span>`;
  const missing = sensors.missing.map(({ sensor, why }) => `${escape(sensor)} (${escape(why)})`);
  return `<p class="dim">${clock(from)} to ${clock(to)} UTC: ${count(sensors.answered)} of ${count(sensors.asked)} sensors,
${count(seconds.present)} of ${count(seconds.expected)} seconds${share}, ${count(packets.seen)} packets seen, ${losses}.</p>
${missing.length === 0 ? '' : `<p class="dim">Not in it: ${missing.join(', ')}.</p>`}`;
}

function renderSensors(sensors: Answer<'sensors'>): string {
  if (sensors.rows.length === 0) return '<p class="dim">None was ever seen.</p>';
  const rows = sensors.rows.map((row) => {
    const lost = row.packets.nic + row.packets.kernel + row.packets.shed;
    const state = row.replay ? 'replay' : row.connected ? 'connected' : 'away';
    const lag = row.replay || row.lagSeconds === null ? '-' : duration(row.lagSeconds);
    return `<tr><td>${escape(row.sensor)}</td><td${state === 'away' ? ' class="bad"' : ''}>${state}</td><td class="more">${escape(row.taps.join(', ')) || '-'}</td>
<td class="number">${lag}</td><td class="number">${count(row.packets.seen)}</td><td class="number more">${count(row.octets)}</td>
<td class="number${lost > 0 ? ' bad' : ''}">${count(lost)}</td></tr>`;
  });
  return `<div class="wide"><table><tr><th>Sensor</th><th>State</th><th class="more">Taps</th><th class="number">Lag</th><th class="number">Packets</th><th class="number more">Octets</th><th class="number">Lost</th></tr>
${rows.join('\n')}</table></div>
<p class="dim">Packets, octets and losses are those of the last hour. Lag: from the end of the newest window until now; a window is told when it is over.</p>`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Seconds, and in the largest unit that has two of them: `45 s`, `12 min`, `5 h`, `20 d`. */
function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${count(Math.floor(seconds / 86_400))} d`;
}

/** A time of the API to the second, without its zone. */
function clock(time: string | null): string {
  return time === null ? '-' : escape(time.slice(0, 19).replace('T', ' '));
}

/** Names come from sensors: nothing of them is ever markup. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
