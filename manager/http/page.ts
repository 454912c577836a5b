import type { Answer } from '../../proto/api.ts';

/** The page's style. Its hash stands in the content security policy, so nothing else styles the page. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3a4048); --dim: light-dark(#5b6570, #9aa4af); --bad: light-dark(#b3261e, #f2b8b5); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: light-dark(#fff, #16191d); color: light-dark(#1a1d21, #e6e9ed); }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.value { font-size: 2rem; font-variant-numeric: tabular-nums; } .dim { color: var(--dim); } .bad { color: var(--bad); }
pre { background: light-dark(#f3f4f6, #20252b); padding: .8rem; overflow-x: auto; }
`;

/** The people's page until the console is there: sensors with lag and loss, hosts of the last hour, commands to try. */
export function renderPage(sensors: Answer<'sensors'>, hosts: Answer<'distinct'>): string {
  const { coverage } = hosts;
  const rows = sensors.rows.map((row) => {
    const lost = row.packets.nic + row.packets.kernel + row.packets.shed;
    const state = row.replay ? 'replay' : row.connected ? 'connected' : 'away';
    return `<tr><td>${escape(row.sensor)}</td><td${state === 'away' ? ' class="bad"' : ''}>${state}</td><td>${escape(row.taps.join(', '))}</td>
<td class="number">${row.lagSeconds === null ? '-' : `${row.lagSeconds} s`}</td><td class="number">${count(row.packets.seen)}</td><td class="number">${count(row.octets)}</td>
<td class="number${lost > 0 ? ' bad' : ''}">${count(lost)}</td></tr>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Picket</title><meta name="viewport" content="width=device-width">
<style>${pageStyle}</style></head><body>
<h1>Picket</h1>
<h2>Different hosts in the last hour</h2>
<p><span class="value">${count(hosts.value.estimate)}</span> <span class="dim">between ${count(hosts.value.lower)} and ${count(hosts.value.upper)}</span></p>
<p class="dim">${coverage.sensors.answered} of ${coverage.sensors.asked} sensors, ${count(coverage.seconds.present)} of ${count(coverage.seconds.expected)} seconds,
${count(coverage.packets.seen)} packets seen, lost: ${count(coverage.packets.nic)} at the card, ${count(coverage.packets.kernel)} in the kernel, ${count(coverage.packets.shed)} shed.</p>
<h2>Sensors</h2>
${rows.length === 0 ? '<p class="dim">None was ever seen.</p>' : `<table><tr><th>Sensor</th><th>State</th><th>Taps</th><th class="number">Lag</th><th class="number">Packets</th><th class="number">Octets</th><th class="number">Lost</th></tr>${rows.join('\n')}</table>`}
<h2>Try</h2>
<pre>cli/picket distinct hosts --last 1h
cli/picket sensors
cli/picket distinct pairs --last 10m --json</pre>
</body></html>
`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Names come from sensors: nothing of them is ever markup. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
