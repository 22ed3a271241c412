import { expect, test } from "vitest";
import type { Member, Pair, Sighting } from "../radar/schema.ts";
import { conflictLines, problemLines, toldLine } from "./conflict-lines.ts";

const side = (session: string, branch = `work/${session}`) => ({ session, name: null, branch, tip: "1" });
const pair = (outcome: Pair["outcome"], files: string[], change: Partial<Pair> = {}): Pair => ({
  outcome,
  sides: [side("abc"), side("defgh")],
  files,
  more: 0,
  problem: null,
  ...change,
});
const member = (session: string, change: Partial<Member> = {}): Member => ({
  ...side(session),
  target: { name: "main", oid: "2" },
  outcome: "clean",
  problem: null,
  files: [],
  more: 0,
  ...change,
});
const sighting = (change: Partial<Sighting> = {}): Sighting => ({
  repository: "/shop",
  sessions: [member("abc"), member("defgh")],
  pairs: [],
  uncommitted: [],
  cost: { imports: 0, merges: 0, milliseconds: 0 },
  ...change,
});
const lines = (...sightings: Sighting[]) => conflictLines(sightings, { colour: (_, text) => text });

test("when nothing collides it says so, and how many sessions there are", () => {
  expect(lines()).toEqual(["Nothing collides. No open session works on a branch."]);
  expect(lines(sighting({ sessions: [member("abc")] }))).toEqual([
    "Nothing collides. One open session works on a branch.",
  ]);
  expect(lines(sighting())).toEqual(["Nothing collides. 2 open sessions work on branches of their own."]);
});

test("a pair is a line: what will not merge first, then what is not known, then what shares files", () => {
  const found = sighting({
    sessions: [member("abc", { outcome: "conflicts", files: ["c.ts"], more: 0 }), member("defgh", { name: "login" })],
    pairs: [
      pair("same files", ["a.ts"]),
      pair("unknown", ["a.ts"], { problem: "git gave no answer" }),
      pair("conflicts", ["a", "b", "c", "d", "e", "f"], { more: 4 }),
    ],
    uncommitted: [{ session: "abc", with: "defgh", files: ["x.ts"], more: 0 }],
  });
  expect(lines(found)).toEqual([
    "conflicts    abc work/abc  defgh work/defgh  a, b, c, d, e and 5 more",
    "conflicts    abc work/abc  its target main   c.ts",
    "unknown      abc work/abc  defgh work/defgh  git gave no answer",
    "same files   abc work/abc  defgh work/defgh  a.ts",
    "uncommitted  abc work/abc  login work/defgh  x.ts",
  ]);
});

test("several repositories are told apart, and quiet ones are left out", () => {
  const found = [sighting({ pairs: [pair("same files", ["a"])] }), sighting({ repository: "/quiet" })];
  const other = sighting({ repository: "/other", pairs: [pair("conflicts", ["b"])] });
  expect(lines(...found, other)).toEqual([
    "/shop",
    "same files  abc work/abc  defgh work/defgh  a",
    "",
    "/other",
    "conflicts  abc work/abc  defgh work/defgh  b",
  ]);
});

test("what could not be seen is named, and no name moves the cursor", () => {
  const odd = "\u001b[2J\u202eodd\n";
  const seen = [
    sighting({ sessions: [member("abc", { branch: odd, problem: "It has no branch." }), member("defgh")] }),
  ];
  expect(problemLines(seen)).toEqual(["abc \\u{202e}odd was not seen whole: It has no branch."]);
  expect(lines(sighting({ pairs: [pair("conflicts", [odd])] }))).toEqual([
    "conflicts  abc work/abc  defgh work/defgh  \\u{202e}odd",
  ]);
  expect(toldLine({ collision: "1", session: "abc", about: "main", outcome: "failed", problem: "It is closed." })).toBe(
    "abc  failed about main: It is closed.",
  );
});
