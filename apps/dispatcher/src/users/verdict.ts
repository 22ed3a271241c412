import type { IdRange } from "./id-range.ts";

/** Whether credential workers and sessions run as users of their own. */
export type Verdict =
  | { readonly own: true; readonly range: IdRange }
  | {
      readonly own: false;
      /** In plain words. */
      readonly why: string;
      /** What a person can do. */
      readonly hint: string;
    };
