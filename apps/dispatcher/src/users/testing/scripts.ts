// What a process of a session would try outside of its sandbox. Each prints, of what it was given, where it got through.

const input = "const input = JSON.parse(process.argv[1]);";

/** Opens for reading. */
export const OPEN = `import { closeSync, openSync, readSync, fstatSync } from "node:fs"; ${input}
const opened = input.filter((path) => {
  try {
    const fd = openSync(path, 0x800);
    try { if (fstatSync(fd).isFile()) readSync(fd, Buffer.alloc(1)); } finally { closeSync(fd); }
    return true;
  } catch { return false; }
});
console.log(JSON.stringify(opened));`;

/** Opens for writing, or makes something in it. */
export const CHANGE = `import { closeSync, mkdirSync, openSync, rmdirSync, lstatSync } from "node:fs"; ${input}
const changed = input.filter((path) => {
  try {
    if (!lstatSync(path).isDirectory()) closeSync(openSync(path, 0x801));
    else { mkdirSync(path + "/try"); rmdirSync(path + "/try"); }
    return true;
  } catch { return false; }
});
console.log(JSON.stringify(changed));`;

export const SIGNAL = `${input}
const signalled = input.filter((pid) => { try { process.kill(pid, 0); return true; } catch { return false; } });
console.log(JSON.stringify(signalled));`;

export const CONNECT = `import { connect } from "node:net"; ${input}
const reached = [];
for (const path of input) await new Promise((done) => {
  const socket = connect(path, () => { reached.push(path); socket.destroy(); done(); });
  socket.on("error", done);
});
console.log(JSON.stringify(reached));`;

/** Puts a link in the place of a folder. */
export const SWAP = `import { renameSync, symlinkSync } from "node:fs"; ${input}
for (const [path, to] of input) { renameSync(path, path + ".aside"); symlinkSync(to, path); }
console.log("true");`;

export const WRITE = `import { writeFileSync } from "node:fs"; ${input}
writeFileSync(input.path, input.text);
console.log("true");`;
