import { expect, test } from "vitest";
import { type CollisionNote, collisionSentence, markWords, otherSide } from "./collision-sentence.ts";

const note = (change: Partial<CollisionNote> = {}): CollisionNote => ({
  id: "1",
  session: "abc",
  name: null,
  branch: "fix/login",
  files: ["a.ts"],
  more: 0,
  ...change,
});

test.each([
  [note(), "fix/login (abc)"],
  [note({ name: "login" }), "fix/login (login)"],
  [note({ session: null, branch: "main" }), "main"],
])("the other side of %j is %s", (one, words) => {
  expect(otherSide(one)).toBe(words);
});

test.each([
  [note(), "fix/login (abc) and this branch changed the same lines: a.ts."],
  [note({ files: ["a", "b"], more: 3 }), "fix/login (abc) and this branch changed the same lines: a, b and 3 more."],
  [note({ files: [] }), "fix/login (abc) and this branch changed the same lines."],
])("a collision is one sentence", (one, words) => {
  expect(collisionSentence(one)).toBe(words);
});

test.each([
  [[], ""],
  [[note()], "conflicts with fix/login"],
  [[note(), note(), note()], "conflicts with fix/login and 2 more"],
])("a mark is short", (notes, words) => {
  expect(markWords(notes)).toBe(words);
});
