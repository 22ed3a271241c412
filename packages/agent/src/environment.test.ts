import { describe, expect, it } from "vitest";
import { codingEnvironment, treeMarks } from "./environment.ts";

const input = {
  own: {},
  home: "/s/home",
  session: "s",
  generation: "n1",
  tree: "1-2",
  choice: { driver: "command", name: "mytool" },
};

describe("the coding agent's environment", () => {
  it("works without any environment of the agent process", () => {
    const environment = codingEnvironment(input);
    expect(environment).toMatchObject({ HOME: "/s/home", TMPDIR: "/s/home/tmp", GIT_AUTHOR_NAME: "mytool" });
    expect(environment["PATH"]).toContain("/usr/bin");
  });

  it("takes over what is on the list and nothing else", () => {
    const own = {
      PATH: "/bin",
      LC_CTYPE: "C",
      TZ: "UTC",
      TERM: "dumb",
      GIT_AUTHOR_NAME: "Ada",
      HOME: "/root",
      SSH_AUTH_SOCK: "/x",
      HARNESS_STATE: "/s",
      HARNESS_FAIL: "C5:kill",
      XDG_RUNTIME_DIR: "/run/1",
      NODE_OPTIONS: "--inspect",
      LD_PRELOAD: "/x.so",
      API_KEY: "k",
      LANG: "",
    };
    const environment = codingEnvironment({ ...input, own });
    expect(environment).toMatchObject({ PATH: "/bin", LC_CTYPE: "C", TZ: "UTC", TERM: "dumb", GIT_AUTHOR_NAME: "Ada" });
    expect(environment).toMatchObject({ HOME: "/s/home", XDG_RUNTIME_DIR: "/s/home/.run", LANG: "C.UTF-8" });
    for (const name of ["SSH_AUTH_SOCK", "HARNESS_STATE", "HARNESS_FAIL", "NODE_OPTIONS", "LD_PRELOAD", "API_KEY"]) {
      expect(environment).not.toHaveProperty(name);
    }
  });

  it("adds what session.json says, but never another home or mark", () => {
    const choice = {
      ...input.choice,
      env: { MODE: "fast", HOME: "/root", HARNESS_SESSION: "t" },
      passEnv: ["API_KEY"],
    };
    const environment = codingEnvironment({ ...input, choice, own: { API_KEY: "k", OTHER: "o" } });
    expect(environment).toMatchObject({ MODE: "fast", API_KEY: "k", HOME: "/s/home", HARNESS_SESSION: "s" });
    expect(environment).not.toHaveProperty("OTHER");
  });

  it("holds every mark by which its processes are found", () => {
    const environment = codingEnvironment(input);
    const pairs = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    expect(pairs).toEqual(expect.arrayContaining(treeMarks("s", "1-2")));
  });
});
