import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Loads a bundle that lies beside our own, a fresh one each time. Whoever keeps no reference to it longer than it is needed
 * lets the next collection of garbage take it back; an `import` would keep it for life.
 */
export function loadBundle(name: string): unknown {
  const path = join(__dirname, name);
  // A fresh one each time: what requires a module holds it among its children.
  const require = createRequire(__filename);
  try {
    return require(path);
  } finally {
    delete require.cache[path];
  }
}
