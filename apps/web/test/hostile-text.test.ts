import { expect, test } from "vitest";
import { openStage } from "./stage.ts";

const PAYLOADS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(2)>",
  '"><svg onload=alert(3)>',
  "javascript:alert(4)",
  "[click](https://evil.example/)",
  "https://evil.example/",
  "<style>*{display:none}</style>",
  "<iframe srcdoc='<script>parent.alert(5)</script>'></iframe>",
];
const HOSTILE = `${PAYLOADS.join(" ")} \u202Egnp.exe \u200Bhidden \u001B[31mred ${"W".repeat(3000)}`;

const { dispatcher, visit } = await openStage();

test("is text wherever it is shown", async () => {
  const question = { do: "ask", text: HOSTILE, options: [{ id: "x", label: HOSTILE.slice(0, 150) }] };
  const { id } = await dispatcher.spawn(
    HOSTILE,
    [[{ do: "say", text: `${HOSTILE}\n` }, { do: "run", command: ["echo", HOSTILE] }, question]],
    {
      labels: { "<b>label</b>": HOSTILE.slice(0, 200) },
    },
  );
  for (const width of [360, 1600]) {
    const page = await visit({ viewport: { width, height: 900 } });
    const row = page.locator(`[data-session="${id}"]`);
    await expect(row.getByText("needs you", { exact: true })).toAppear();
    expect(await row.innerText()).toContain("<script>alert(1)</script>");
    expect(await row.innerText()).toContain("U+202E");
    // The whole row is the way to the session: nothing else in it can be pressed.
    expect(await row.getByRole("button").count()).toBe(0);

    await page.goto(`${dispatcher.url}/session?id=${id}`);
    await expect(page.getByRole("region", { name: "It asks" })).toAppear();
    await expect(page.getByRole("log").getByText("<img src=x onerror=alert(2)>").first()).toAppear();
    expect(await page.getByRole("log").innerText()).toContain("ESC[31mred".slice(0, 3));
    const links = await page.getByRole("link").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("href")));
    expect(links).toEqual(["/", "/merges", "/salvage", "/"]);
    expect(await page.locator("main :is(img, iframe, style, script)").count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
});

test("cannot fill the page with marks", async () => {
  const unseen = "\u200B\u202E".repeat(1500);
  const { id } = await dispatcher.spawn("Say nothing", [
    Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0 ? { do: "say", text: unseen } : { do: "run", command: "true" },
    ),
  ]);
  await dispatcher.rested(id, 1);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  await expect(page.getByRole("log").getByText(/Turn ended/)).toAppear();
  await expect(page.getByRole("button", { name: /more characters/ }).first()).toAppear();
  expect(await page.locator("main *").count()).toBeLessThan(10_000);
});

test("cannot make the page load, frame or run anything: the policy of every page says so", async () => {
  for (const path of ["/", "/session?id=x", "/merges", "/salvage", "/nowhere"]) {
    const response = await fetch(`${dispatcher.url}${path}`);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await response.text()).not.toMatch(/\sstyle="|\son[a-z]+="/);
  }
});
