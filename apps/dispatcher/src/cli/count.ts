import { InvalidArgumentError } from "commander";

/** Parses a whole number from 0 on. */
export function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number from 0 on.");
}

/** Parses a whole number from 1 on. */
export function positiveNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number from 1 on.");
}

/** Parses seconds, fractions allowed, into milliseconds. */
export function seconds(text: string): number {
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  throw new InvalidArgumentError("It is not a number of seconds.");
}

export function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It is not a port: a number up to 65535.");
}

export function positive(text: string): number {
  if (/^\d{1,4}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It is not a number above 0.");
}
