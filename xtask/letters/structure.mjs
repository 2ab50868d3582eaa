// Whether the letters in a folder are well-formed HTML, by html-validate: node structure.mjs TOOLS FOLDER.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , tools, folder] = process.argv;
const { HtmlValidate } = await import(pathToFileURL(join(tools, 'node_modules/html-validate/dist/es/index.js')));
const validate = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    'no-conditional-comment': 'off', // Outlook for Windows is told its widths and fonts by these alone.
    'no-inline-style': 'off', // The style sheet is only an enhancement: a client may take it away.
    'no-deprecated-attr': 'off', // Outlook knows align, bgcolor, cellpadding and width, not the CSS; Gmail keeps <a name>.
    'prefer-tbody': 'off', // Tables of layout have rows only; what a parser adds changes nothing.
    'long-title': 'off', // A title is for search engines short; here it is the publication and number.
    'tel-non-breaking': 'off', // Numbers of telephones stand as the editors wrote them.
  },
});
let faults = 0;
for (const file of readdirSync(folder).filter((name) => /^[^.]+\.html$/.test(name) && name !== 'index.html')) {
  const { results } = await validate.validateString(readFileSync(join(folder, file), 'utf8'));
  for (const { ruleId, message, selector } of results.flatMap(({ messages }) => messages)) {
    faults += 1;
    console.error(`${file}: ${ruleId}: ${message} (${selector})`);
  }
}
process.exit(faults ? 1 : 0);
