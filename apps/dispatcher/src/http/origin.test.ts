import { expect, test } from "vitest";
import { foreignPage, type RequestFacts } from "./origin.ts";

const host = "127.0.0.1:4870";
const facts = (change: Partial<RequestFacts>): RequestFacts => ({
  method: "POST",
  host,
  origin: undefined,
  fetchSite: undefined,
  bearer: false,
  ...change,
});

test.each<[string, Partial<RequestFacts>, boolean]>([
  ["our page posts", { origin: `http://${host}`, fetchSite: "same-origin" }, true],
  ["our page in a browser without fetch metadata posts", { origin: `http://${host}` }, true],
  ["our page reads", { method: "GET", fetchSite: "same-origin" }, true],
  ["a person opens the address", { method: "GET", fetchSite: "none" }, true],
  ["a program with the token posts", { bearer: true }, true],
  ["a program that does not say who it is posts with a cookie", {}, false],
  ["a page of another port posts", { origin: "http://127.0.0.1:3000", fetchSite: "same-site" }, false],
  ["a page of another port reads", { method: "GET", fetchSite: "same-site" }, false],
  ["a page of another site reads", { method: "GET", fetchSite: "cross-site" }, false],
  ["a sandboxed page posts", { origin: "null", fetchSite: "cross-site" }, false],
  ["a page of another origin posts with a token", { bearer: true, origin: "https://evil.example" }, false],
  ["https is another origin", { origin: `https://${host}` }, false],
  ["a longer name is another origin", { origin: `http://${host}.evil.example` }, false],
])("%s", (_, change, allowed) => {
  expect(foreignPage(facts(change)) === undefined).toBe(allowed);
});
