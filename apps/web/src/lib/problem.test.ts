import { expect, test } from "vitest";
import { explain, problemOf } from "./problem.ts";

test("a refusal says what happened and what to do", () => {
  const body = {
    title: "Unknown session",
    detail: "There is no session x.",
    hint: "`harness ps` lists them.",
    code: "session-not-found",
  };
  const problem = problemOf(404, body);
  expect(problem).toMatchObject({ status: 404, code: "session-not-found" });
  expect(explain(problem)).toEqual({ message: "There is no session x.", hint: "`harness ps` lists them." });
});

test.each([[undefined], [null], ["<html>"], [{ detail: 7 }]])(
  "a body that is no problem (%j) still gives a sentence",
  (body) => {
    expect(explain(problemOf(502, body))).toEqual({ message: "The dispatcher answered 502.", hint: "" });
  },
);

test("any thrown value can be explained", () => {
  expect(explain(new Error("broken"))).toEqual({ message: "broken", hint: "" });
  expect(explain("odd")).toEqual({ message: "odd", hint: "" });
});
