import { posix } from "node:path";
import { citedCommands } from "./cited-commands.ts";
import { citedPath } from "./cited-path.ts";
import type { Cited, Markdown } from "./read-markdown.ts";

/** What a page is held against. Paths are relative to the checkout, with forward slashes. */
export interface Checkout {
  /** Whether at least one file or folder matches the glob. */
  exists: (glob: string) => boolean;
  pages: Map<string, Markdown>;
  commands: { harness: Set<string>; pnpm: Set<string> };
}

/** One sentence for each thing the page at `path` says that is not so. */
export function findMistakes(path: string, checkout: Checkout): string[] {
  const page = checkout.pages.get(path);
  if (page === undefined) return [];
  const at = ({ line }: Cited, text: string) => `${path}:${line}: ${text}`;
  const inPackage = /^(packages|apps)\/[^/]+/.exec(path)?.[0] ?? null;
  return [
    ...page.links.flatMap((link) => findLinkMistake(path, link.text, checkout).map((text) => at(link, text))),
    ...page.spans.flatMap((span) => {
      const cited = citedPath(span.text, inPackage);
      if (cited === null || checkout.exists(cited) || checkout.exists(posix.join(posix.dirname(path), cited)))
        return [];
      return [at(span, `\`${span.text}\` does not exist.`)];
    }),
    ...[...page.spans, ...page.shellLines].flatMap((line) =>
      citedCommands(line.text)
        .filter(({ program, name }) => !checkout.commands[program].has(name))
        .map(({ program, name }) => at(line, `${program} has no "${name}".`)),
    ),
  ];
}

function findLinkMistake(path: string, link: string, { exists, pages }: Checkout): string[] {
  if (/^([a-z]+:|\/\/)/i.test(link)) return [];
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? path : posix.join(posix.dirname(path), decodeURIComponent(file));
  if (target.startsWith("..")) return [`the link ${link} leaves the checkout.`];
  if (!exists(target)) return [`the link ${link} leads nowhere.`];
  const page = pages.get(target);
  if (anchor === undefined || page === undefined || page.anchors.has(anchor)) return [];
  return [`the link ${link} names a heading that ${target} does not have.`];
}
