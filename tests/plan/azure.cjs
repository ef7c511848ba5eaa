// Reads the pipelines that are named as Azure's editor does, by Microsoft's schema; prints what that finds wrong.
const { readFileSync } = require("node:fs");
const { getLanguageService, parse, TextDocument } = require("azure-pipelines-language-service");

const [schemaFile, ...files] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaFile, "utf-8"));
const service = getLanguageService(async () => schema, [], async () => null, { resolveRelativePath: (path) => path });
service.configure({ validate: true, schemas: [{ uri: "file:///schema.json", fileMatch: ["*"], schema }] });
const say = console.log;
console.log = () => {}; // the service tells what it does
(async () => {
  for (const file of files) {
    const text = readFileSync(file, "utf-8");
    const document = TextDocument.create(`file:///${file}.yml`, "azure-pipelines", 1, text);
    for (const found of await service.doValidation(document, parse(text))) {
      say(`${file}:${found.range.start.line + 1}: ${found.message}`);
    }
  }
})();
