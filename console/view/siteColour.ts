const colours = 8;

/** The number of a site's colour, 1..8: by its place among all names, so that it is the same in every panel. */
export function siteColour(site: string, names: readonly string[]): number {
  return (Math.max(0, names.indexOf(site)) % colours) + 1;
}

/** The class that sets `--site` to a site's colour. */
export function siteClass(site: string, names: readonly string[]): string {
  return `site-${siteColour(site, names)}`;
}
