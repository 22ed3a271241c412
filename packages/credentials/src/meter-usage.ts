const LINE_LIMIT = 1024 * 1024;
const WHOLE_LIMIT = 16 * 1024 * 1024;
const MOST_TOKENS = 1e9;
const NEWLINE = 0x0a;
/** How a line begins that holds what an event says. */
const DATA = "d".charCodeAt(0);
const BYTES_A_TOKEN = 4;

export interface Tokens {
  readonly input: number;
  readonly output: number;
}

/** Reads along what a provider says that a call has cost. */
export interface UsageMeter {
  read(bytes: Buffer): void;
  /** What was said so far; null where nothing was. */
  tokens(): Tokens | null;
  /** How many tokens were written so far, by the length of what passed. */
  written(): number;
  end(): void;
}

/** For a stream of events or lines, and for a JSON answer in one piece. In bounded memory. */
export function meterUsage(contentType: string | undefined): UsageMeter {
  let found: Tokens | null = null;
  let bytes = 0;
  let texts = 0;
  const add = (text: string) => {
    if (/"usage(?:Metadata)?"/.test(text)) found = largest(found, readUsage(parse(text)));
  };
  const isWhole = contentType?.toLowerCase().includes("json") === true;
  const reader = isWhole ? readWhole(add) : readLines(add, (line) => (texts += lengthOfTexts(line)));
  return {
    read(piece) {
      bytes += piece.length;
      reader.read(piece);
    },
    end: reader.end,
    tokens: () => found,
    // Of a stream that says nothing known, all of it.
    written: () => estimateTokens(texts > 0 ? texts : bytes),
  };
}

/** What is taken for a token where a provider does not count. Pure. */
export function estimateTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_A_TOKEN);
}

const TEXTS =
  /"(?:text|thinking|partial_json|delta|content|reasoning_content|reasoning|arguments|refusal)": ?"((?:[^"\\]|\\.)*)"/g;
/** The Responses API says at the end of each part once more what it was. */
const REPEATS = /"type": ?"response\.(?![a-z_.]*\.delta")/;

/** How much of a line of a stream is what the model has written, on any of the wires. Pure. */
function lengthOfTexts(line: string): number {
  if (line.includes('"response.') && REPEATS.test(line)) return 0;
  let length = 0;
  for (const [, text = ""] of line.matchAll(TEXTS)) length += text.length;
  return length;
}

function readLines(add: (text: string) => void, look: (line: string) => void): Pick<UsageMeter, "read" | "end"> {
  let rest: Buffer[] = [];
  let length = 0;
  const flush = () => {
    const line = rest.length === 1 ? rest[0]! : Buffer.concat(rest);
    rest = [];
    const isData = length <= LINE_LIMIT && line[0] === DATA;
    if (isData) look(line.toString("latin1"));
    if (length <= LINE_LIMIT && line.includes('"usage')) add(line.toString("utf8").replace(/^data: ?/, ""));
    length = 0;
  };
  const hold = (bytes: Buffer) => {
    length += bytes.length;
    if (length <= LINE_LIMIT) rest.push(bytes);
    else rest = [];
  };
  return {
    read(bytes) {
      let from = 0;
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
        hold(bytes.subarray(from, at));
        flush();
        from = at + 1;
      }
      if (from < bytes.length) hold(Buffer.from(bytes.subarray(from)));
    },
    end: flush,
  };
}

function readWhole(add: (text: string) => void): Pick<UsageMeter, "read" | "end"> {
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    read(bytes) {
      length += bytes.length;
      if (length <= WHOLE_LIMIT) pieces.push(Buffer.from(bytes));
      else pieces = [];
    },
    end: () => add(Buffer.concat(pieces).toString("utf8")),
  };
}

/** What a JSON value of one of the four wires says was spent; of a list the last that says it. Pure. */
export function readUsage(value: unknown): Tokens | null {
  if (Array.isArray(value)) return value.reduce((all: Tokens | null, one) => largest(all, readUsage(one)), null);
  const outer = fields(value);
  const said =
    fields(outer?.["usage"]) ??
    fields(fields(outer?.["message"])?.["usage"]) ??
    fields(fields(outer?.["response"])?.["usage"]) ??
    fields(outer?.["usageMetadata"]);
  if (!said) return null;
  const number = (...names: string[]) => names.map((name) => count(said[name])).find((n) => n !== null) ?? 0;
  const cached = number("cache_creation_input_tokens") + number("cache_read_input_tokens");
  return {
    input: number("input_tokens", "prompt_tokens", "promptTokenCount") + cached,
    output: number("output_tokens", "completion_tokens", "candidatesTokenCount") + number("thoughtsTokenCount"),
  };
}

/** Each wire counts up within a call, so that the largest number is the last. */
function largest(one: Tokens | null, other: Tokens | null): Tokens | null {
  if (one === null || other === null) return one ?? other;
  return { input: Math.max(one.input, other.input), output: Math.max(one.output, other.output) };
}

function count(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= MOST_TOKENS ? Math.round(value) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fields(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
