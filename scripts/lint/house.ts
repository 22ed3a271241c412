// Rules of ours that oxlint does not have. It loads this file as an ESLint-style plugin.

interface Node {
  type: string;
  name?: string;
  value?: unknown;
  superClass?: Node | null;
  source?: Node | null;
}

interface Context {
  filename: string;
  report(finding: { node: Node; message: string }): void;
}

const grabBag = /(^|-)(manager|service|helpers?|utils?|common|misc|base|impl|types)[.]tsx?$/;
const packageEntry = /\/src\/((testing|conformance|telling)\/)?index[.]ts$/;

const filesSayWhatTheyHold = {
  create: (context: Context) => ({
    Program: (node: Node) => {
      const name = context.filename.slice(context.filename.lastIndexOf("/") + 1);
      if (grabBag.test(name)) context.report({ node, message: `"${name}" is a grab bag. Say what the file holds.` });
      if (/^index[.]tsx?$/.test(name) && !packageEntry.test(context.filename))
        context.report({ node, message: "An index.ts is a package's entry. Name the file after what it holds." });
    },
  }),
};

const classesAreErrors = {
  create: (context: Context) => {
    const visit = (node: Node) => {
      if (node.superClass?.type === "Identifier" && node.superClass.name?.endsWith("Error")) return;
      context.report({ node, message: "Classes are for errors. Write a createX function that returns an object." });
    };
    return { ClassDeclaration: visit, ClassExpression: visit };
  },
};

// Node runs our sources as they are, and it does not guess endings.
const importsNameTheFile = {
  create: (context: Context) => {
    if (!/[.]tsx?$/.test(context.filename)) return {};
    const visit = (node: Node) => {
      const source = node.source?.value;
      if (typeof source !== "string" || !source.startsWith(".") || /[.](tsx?|json|css|mjs|cjs)$/.test(source)) return;
      context.report({ node, message: `Write the file's own ending: "${source}" names no .ts file.` });
    };
    return {
      ImportDeclaration: visit,
      ImportExpression: visit,
      ExportNamedDeclaration: visit,
      ExportAllDeclaration: visit,
    };
  },
};

export default {
  meta: { name: "house" },
  rules: {
    "classes-are-errors": classesAreErrors,
    "files-say-what-they-hold": filesSayWhatTheyHold,
    "imports-name-the-file": importsNameTheFile,
  },
};
