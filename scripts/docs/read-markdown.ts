export interface Cited {
  text: string;
  line: number;
}

export interface Markdown {
  /** Heading anchors as GitHub makes them. */
  anchors: Set<string>;
  links: Cited[];
  /** What stands in single backticks. */
  spans: Cited[];
  /** The lines of fenced shell blocks. */
  shellLines: Cited[];
}

const shells = new Set(["sh", "bash", "shell", "console"]);

/** Takes from a Markdown text what can be checked against the checkout. Lines count from 1. */
export function readMarkdown(source: string): Markdown {
  const markdown: Markdown = { anchors: new Set(), links: [], spans: [], shellLines: [] };
  let fence: string | null = null;
  let language = "";
  for (const [index, text] of source.split("\n").entries()) {
    const line = index + 1;
    const mark = /^\s*(```+|~~~+)\s*(\w*)/.exec(text);
    if (fence !== null) {
      if (mark?.[1] !== undefined && mark[1].startsWith(fence)) fence = null;
      else if (shells.has(language)) markdown.shellLines.push({ text, line });
    } else if (mark?.[1] !== undefined) {
      fence = mark[1];
      language = mark[2] ?? "";
    } else {
      readProse(text, line, markdown);
    }
  }
  return markdown;
}

function readProse(text: string, line: number, markdown: Markdown): void {
  const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1];
  if (heading !== undefined) addAnchor(markdown.anchors, heading);
  for (const match of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) markdown.anchors.add(match[1] ?? "");
  for (const match of text.matchAll(/`([^`]+)`/g)) markdown.spans.push({ text: match[1] ?? "", line });
  const prose = text.replaceAll(/`[^`]+`/g, "");
  for (const match of prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g))
    markdown.links.push({ text: match[1] ?? "", line });
  for (const match of prose.matchAll(/(?:href|src|srcset)="([^"]+)"/g))
    markdown.links.push({ text: match[1] ?? "", line });
  const reference = /^\s*\[[^\]]+\]:\s+(\S+)/.exec(prose)?.[1];
  if (reference !== undefined) markdown.links.push({ text: reference, line });
}

function addAnchor(anchors: Set<string>, heading: string): void {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  const slug = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-");
  let unique = slug;
  for (let n = 1; anchors.has(unique); n += 1) unique = `${slug}-${n}`;
  anchors.add(unique);
}
