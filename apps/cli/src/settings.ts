/** Settings of which a config may leave any out, or say `undefined`. */
export type Loose<Settings> = {
  readonly [Name in keyof Settings]?: Settings[Name] | undefined;
};

/** Settings without those that are undefined, which must not hide a default. */
export function defined<Settings extends object>(
  settings: Settings | undefined,
): Defined<Settings> {
  return Object.fromEntries(
    Object.entries(settings ?? {}).filter(([, value]) => value !== undefined),
  ) as Defined<Settings>;
}

/** See `defined`. */
export type Defined<Settings> = { [Name in keyof Settings]?: Exclude<Settings[Name], undefined> };
