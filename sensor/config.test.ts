import { expect, test } from 'vitest';
import { sensorConfig } from './config.ts';

function faultOf(values: object): string | undefined {
  const result = sensorConfig().schema.safeParse(values);
  return result.success
    ? undefined
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

test('realms: a name of the tap, and rules for VLANs and tunnels', () => {
  expect(faultOf({ realm: 'plant', realms: ['vlan:100=office', 'tunnel:5000=plant'] })).toBeUndefined();
  expect(faultOf({ realms: 'vlan:100=office, vlan:101=office' })).toBeUndefined();
  expect(faultOf({ realms: ['vlan:5000=office'] })).toContain('realms: "vlan:5000=office" is not vlan:ID=REALM');
  expect(faultOf({ realms: ['vlan:1=a', 'vlan:1=b'] })).toBe('realms: vlan:1 has two realms');
  expect(faultOf({ realm: 'no name' })).toContain('realm: is not a name');
});

test('local networks are networks', () => {
  expect(faultOf({ networks: { local: '10.0.0.0/8, 2001:db8::/32, 192.0.2.7' } })).toBeUndefined();
  expect(faultOf({ networks: { local: ['10.0.0.0/33'] } })).toContain('networks.local.0: is not a network');
  expect(faultOf({ networks: { local: ['office'] } })).toContain('is not a network');
});
