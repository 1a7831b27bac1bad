/** What a chat model is told and asked. `version` is raised whenever a word of it changes. */
export type Prompt = {
  /** Kebab-case. */
  readonly name: string;
  readonly version: number;
  /** The system message. */
  readonly system: string;
  /** The last words of the request, after pictures and data; `{words}` and `{language}` are filled in. */
  readonly ask: string;
};

/** How a prompt is named beside what it made: `clip@1`. */
export function promptId({ name, version }: Prompt): string {
  return `${name}@${version}`;
}

/** Puts values in the places `{name}` of a text. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
