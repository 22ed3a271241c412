import { z } from "zod";

/** Numbers of users and groups, both ends included. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Where systems that follow systemd's book of numbers have nobody: accounts, containers and users that come and go are all
 * below. https://systemd.io/UIDS-GIDS
 */
export const ID_RANGE: IdRange = { first: 1_900_000_000, last: 1_999_999_999 };

/** Fewer would be used up. */
const LEAST = 1000;
const MOST = 4_294_967_293;

/** `auto`, `one`, or `auto` with the numbers to take: `200000-299999`. */
export const UsersSchema = z.string().transform((text, context): "auto" | "one" | IdRange => {
  if (text === "auto" || text === "one") return text;
  const [, first = "", last = ""] = /^(\d{1,10})-(\d{1,10})$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (first !== "" && range.first >= LEAST && range.last <= MOST && range.last - range.first + 1 >= LEAST) return range;
  const what = `Write auto, one, or a range of at least ${LEAST} numbers from ${LEAST} on, such as 200000-299999.`;
  context.addIssue({ code: "custom", message: what });
  return z.NEVER;
});

/** As config.yaml says it. Pure. */
export function formatUsers(users: z.infer<typeof UsersSchema>): string {
  return typeof users === "string" ? users : `${users.first}-${users.last}`;
}

/** True when every number of the range is one of this namespace: what /proc/self/uid_map or gid_map says. Pure. */
export function isMapped({ first, last }: IdRange, map: string): boolean {
  return map.split("\n").some((line) => {
    const [inside, , count] = line.trim().split(/\s+/).map(Number);
    return inside !== undefined && count !== undefined && first >= inside && last < inside + count;
  });
}

/** The numbers of /etc/passwd or /etc/group. Pure. */
export function parseAccounts(text: string): number[] {
  return text.split("\n").flatMap((line) => {
    const id = line.split(":")[2] ?? "";
    return /^\d+$/.test(id) ? [Number(id)] : [];
  });
}
