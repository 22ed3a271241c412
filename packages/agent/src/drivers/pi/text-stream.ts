/** Up to this much text without a line's end is kept back: a log of single words can be read by nobody. */
const PIECE = 1024;
/** Text of one message that is told while it is written. What is longer comes at its end, cut by the reader. */
const LIMIT = 4 * 1024 * 1024;

/** The text of a turn's messages, told line by line while they are written, and whole when they end. */
export interface TextStream {
  /** A piece of the block `index` of the message that is being written. */
  add(index: number, text: string): string;
  /** The message ended, with these blocks of text. Returns what was not told yet. */
  end(blocks: readonly string[]): string;
}

export function createTextStream(): TextStream {
  let told = "";
  let kept = "";
  let block = -1;
  let before = "";

  /** Puts an empty line between what two messages or two blocks say. */
  function tell(text: string): string {
    if (text === "") return "";
    const gap = told !== "" || before === "" ? "" : "\n\n".slice(trailingNewlines(before));
    told += text;
    return gap + text;
  }

  return {
    add(index, text) {
      if (text === "" || told.length + kept.length > LIMIT) return "";
      if (block >= 0 && index !== block && told + kept !== "") kept += "\n\n";
      block = index;
      kept += text;
      const whole = kept.length > PIECE ? kept.length : kept.lastIndexOf("\n") + 1;
      const ready = kept.slice(0, whole);
      kept = kept.slice(whole);
      return tell(ready);
    },
    end(blocks) {
      const final = blocks.filter((text) => text !== "").join("\n\n");
      // What was written and is not in the message was never said, unless the message is gone altogether.
      const rest = final === "" ? kept : final.startsWith(told) ? final.slice(told.length) : `\n\n${final}`;
      const last = tell(rest);
      before = told || before;
      [told, kept, block] = ["", "", -1];
      return last;
    },
  };
}

function trailingNewlines(text: string): number {
  return text.endsWith("\n\n") ? 2 : text.endsWith("\n") ? 1 : 0;
}
