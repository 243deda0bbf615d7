// Reads Mermaid diagrams, a JSON list of texts, on stdin with Mermaid's own parser; writes what it found as JSON.
// Run with the directory of Mermaid, jsdom and js-yaml as argument.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const directory = process.argv[2];
const require = createRequire(`${directory}/`);
const { JSDOM } = require("jsdom");
const yaml = require("js-yaml");
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import(pathToFileURL(`${directory}/mermaid/dist/mermaid.core.mjs`).href);
mermaid.initialize({ startOnLoad: false, maxTextSize: 1e7, maxEdges: 1e5 });

// Mermaid encodes entities until it renders: see `decodeEntities` in its source.
const decoded = (text) =>
  new window.DOMParser().parseFromString(
    (text ?? "").replace(/ﬂ°°/g, "&#").replace(/ﬂ°/g, "&").replace(/¶ß/g, ";").replace(/<br\s*\/?>/g, "\n"),
    "text/html",
  ).documentElement.textContent;

let input = "";
for await (const part of process.stdin) input += part;
const found = [];
for (const text of JSON.parse(input)) {
  const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
  const { db } = diagram;
  found.push({
    // Mermaid also reads the title with js-yaml, but does not return it from the parser.
    title: yaml.load(text.match(/^---\n(.*?)\n---\n/s)?.[1] ?? "{}").title ?? "",
    vertices: [...db.getVertices().values()].map(({ id, text }) => [id, decoded(text)]),
    edges: db.getEdges().map(({ start, end, text, stroke }) => [start, end, decoded(text), stroke]),
    subgraphs: db.getSubGraphs().map(({ id, title, nodes }) => [id, decoded(title), nodes]),
  });
}
process.stdout.write(JSON.stringify(found));
