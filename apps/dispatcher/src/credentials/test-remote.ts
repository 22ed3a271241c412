import type { RemoteEndpoint } from "./endpoint.ts";
import type { Trial } from "./test-credential.ts";

const TIMEOUT_MS = 20_000;
const TYPE = "application/x-git-receive-pack-advertisement";

/** Asks the remote whether it would take a push, and says what it answered. Nothing is pushed. */
export async function testRemote({ baseUrl, user }: RemoteEndpoint, secret: string | null): Promise<Trial> {
  if (secret === null) return { ok: false, status: null, text: "There is no key to test." };
  const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
  try {
    const answer = await fetch(`${baseUrl}/info/refs?service=git-receive-pack`, {
      headers: { authorization, "user-agent": "git/2.40" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    const { status, statusText, headers } = answer;
    const ok = status === 200 && headers.get("content-type") === TYPE;
    const why = ok ? "it would take a push" : status === 200 ? "it does not speak git's smart HTTP there" : statusText;
    return { ok, status, text: `The remote answered ${status}: ${why}`.trim() };
  } catch (error) {
    const { cause, message } = error as Error;
    return {
      ok: false,
      status: null,
      text: `The remote could not be reached: ${cause instanceof Error ? cause.message : message}`,
    };
  }
}
