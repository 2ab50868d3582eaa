// What the letters in a folder ask of mail clients, held against caniemail's data: node clients.mjs TOOLS FOLDER.
// allowed.json is the list of what some client does not show, with the reason why a letter may use it all the same. It
// is exact: what is not in it fails, and so does what is in it and no longer occurs, so it can only shrink.
// caniemail knows no client of QQ Mail, NetEase (163, 126), Foxmail, Coremail or WeChat.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , tools, folder] = process.argv;
const { caniemail, rawData } = await import(pathToFileURL(join(tools, 'node_modules/caniemail/dist/index.js')));
const families = ['gmail', 'outlook', 'apple-mail', 'samsung-email', 'thunderbird', 'yahoo'];

// The package breaks off where a client was never tested, and takes "unknown" for "partial". Neither says anything.
const tested = families.map((family) => [family, new Set(rawData.data.flatMap(({ stats }) => Object.keys(stats[family] ?? {})))]);
tested.find(([family]) => family === 'thunderbird')[1].add('windows');
for (const { stats } of rawData.data)
  for (const [family, platforms] of tested)
    for (const platform of platforms) {
      const known = ((stats[family] ??= {})[platform] ??= { 0: 'y' });
      for (const version of Object.keys(known)) if (known[version].startsWith('u')) known[version] = 'y';
    }

const found = {};
for (const file of readdirSync(folder).filter((name) => /^[^.]+\.html$/.test(name) && name !== 'index.html')) {
  const html = readFileSync(join(folder, file), 'utf8');
  const { issues } = caniemail({ clients: families.map((family) => `${family}.*`), html });
  for (const [support, clients] of [['none', issues.errors], ['part', issues.warnings]])
    for (const [client, list] of clients)
      for (const { title } of list) ((found[title] ??= {})[support] ??= new Set()).add(client);
}
const spoken = ({ none = [], part = [] }) => `not in: ${[...none].sort().join(' ')}; in part in: ${[...part].sort().join(' ')}`;
const seen = Object.fromEntries(Object.entries(found).map(([title, support]) => [title, spoken(support)]));
if (process.argv[4] === '--show') {
  console.log(JSON.stringify(Object.fromEntries(Object.keys(seen).sort().map((title) => [title, seen[title]])), null, 2));
  process.exit(0);
}
const allowed = JSON.parse(readFileSync(new URL('allowed.json', import.meta.url), 'utf8'));
const faults = [];
for (const title of Object.keys(seen)) {
  if (!allowed[title]) faults.push(`${title} is new: ${seen[title]}`);
  else if (allowed[title].known !== seen[title]) faults.push(`${title} is now ${seen[title]}`);
  else if (!allowed[title].reason) faults.push(`${title} has no reason`);
}
for (const title of Object.keys(allowed)) if (!seen[title]) faults.push(`${title} no longer occurs: take it off the list`);
faults.forEach((fault) => console.error(fault));
console.log(`${Object.keys(seen).length} features that some client lacks, data of ${rawData.last_update_date}`);
process.exit(faults.length ? 1 : 0);
