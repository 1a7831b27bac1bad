/** A search for videos in which somebody does something. */
export type Query = {
  readonly text: string;
  /** BCP 47 tag. */
  readonly language: string;
  /** Of the activity list, or `labels` and `texts`. */
  readonly category: string;
  /** Where it is from: `activities`, `labels:<name of the list>` or `texts`. */
  readonly origin: string;
  /** The English query that it says in another language. */
  readonly translationOf?: string;
  /** The prompt that a language model was given to make it, `<name>@<version>`. */
  readonly prompt?: string;
};

/** A phrase that did not become a query, and why. */
export type RefusedQuery = {
  readonly text: string;
  readonly origin: string;
  /**
   * `duplicate`, `too-short`, `too-long`, `too-many-words`, `no-words`; `not-in-text` for a pair whose words its text does not have;
   * `untranslated`, `wrong-script` or `missing` for translations; or why the safety rules refuse it.
   */
  readonly reason: string;
};
