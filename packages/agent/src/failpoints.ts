/** Where a test may stop the process; the names are those of the protocol's steps. */
export type Failpoint = "L3" | "C1" | "C2" | "C3" | "C4" | "C5" | "C6" | "S1" | "ready";

export type Failpoints = (name: Failpoint) => Promise<void>;

const none: Failpoints = async () => {};

/**
 * `HARNESS_FAIL=C5:kill` kills the process the first time it comes to C5, `C5#3:kill` the third time;
 * `exit`, `throw`, `sleep:<ms>` and `errno:<code>` instead of `kill`. Several are separated by commas.
 */
export function createFailpoints(text: string | undefined): Failpoints {
  if (!text) return none;
  const rules = text.split(",").map(parseRule);
  return async (name) => {
    for (const rule of rules) {
      if (rule.name === name && --rule.hits === 0) await act(rule);
    }
  };
}

interface Rule {
  name: string;
  hits: number;
  action: string;
  argument: string;
}

function parseRule(text: string): Rule {
  const [place = "", action = "", argument = ""] = text.split(":");
  const [name = "", hits = "1"] = place.split("#");
  return { name, hits: Number(hits), action, argument };
}

async function act({ name, action, argument }: Rule): Promise<void> {
  switch (action) {
    case "kill":
      process.kill(process.pid, "SIGKILL");
      return;
    case "exit":
      process.exit(1);
      return;
    case "sleep":
      await new Promise((resolve) => setTimeout(resolve, Number(argument)));
      return;
    case "errno":
      throw Object.assign(new Error(`${argument}: failpoint ${name}`), { code: argument });
    default:
      throw new Error(`failpoint ${name}`);
  }
}
