/** A script that cannot be played: `message` says what is wrong and why, `hint` what to do. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
