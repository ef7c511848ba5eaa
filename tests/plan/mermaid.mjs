// Reads the charts that are named and prints the kind of each; fails where Mermaid cannot read one.
import { readFile } from "node:fs/promises";
import { JSDOM } from "jsdom";

globalThis.window = new JSDOM("").window; // labels are cleaned by means of a document
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");
for (const file of process.argv.slice(2)) {
  console.log((await mermaid.parse(await readFile(file, "utf-8"))).diagramType);
}
