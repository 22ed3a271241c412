import { expect, test } from "vitest";
import type { OpenQuestion } from "../../lib/shapes.ts";
import { choicesOf } from "./choices.ts";

const permission = (options: OpenQuestion["options"]) => choicesOf({ kind: "permission", options });

test("a refusal stands first, and what an option does is told by its kind", () => {
  const offered = permission([
    { id: "1", label: "Allow", kind: "allow_once" },
    { id: "2", label: "Deny", kind: "allow_always" },
    { id: "3", label: "Reject always", kind: "reject_always" },
    { id: "4", label: "No, and say why", kind: "reject_once" },
  ]);
  expect(offered).toEqual([
    { id: "4", word: "Deny", label: "No, and say why" },
    { id: "3", word: "Deny always", label: "" },
    { id: "1", word: "Approve once", label: "" },
    { id: "2", word: "Approve always", label: "Deny" },
  ]);
});

test("a label that is the kind itself says no more", () => {
  const kinds = ["reject_once", "reject_always", "allow_once", "allow_always"];
  expect(permission(kinds.map((kind) => ({ id: kind, label: kind, kind }))).map(({ label }) => label)).toEqual(
    kinds.map(() => ""),
  );
});

test("options of an unknown kind keep their order and their own words", () => {
  const options = [
    { id: "1", label: "Allow", kind: "allow_once" },
    { id: "2", label: "Ask again", kind: "later" },
  ];
  expect(permission(options).map(({ word, label }) => [word, label])).toEqual([
    ["", "Allow"],
    ["", "Ask again"],
  ]);
  expect(choicesOf({ kind: "question", options: [{ id: "x", label: "Red", kind: "allow_once" }] })).toEqual([
    { id: "x", word: "", label: "Red" },
  ]);
  expect(permission(undefined)).toEqual([]);
});
