// Called by refresh-prices: node export-prices.mjs PACKAGE/dist/index.js VERSION PUBLISHED PRICES.json COSTS.csv [--keep]
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [library, version, published, pricesFile, costsFile, keep] = process.argv.slice(2);

// The package does not export its data as a whole, so a copy of it is made that does.
const code = readFileSync(library, 'utf8');
const data = /^const (\w+) = \[\s*\{\s*id: "/m.exec(code)[1];
const open = join(dirname(library), 'open.mjs');
writeFileSync(open, `${code}\nexport { ${data} as providers };\n`);
const { providers, calcPrice } = await import(pathToFileURL(open));

const CLASSES = {
  input_mtok: 'input', cache_read_mtok: 'cachedInput', cache_write_mtok: 'cacheWrite',
  output_mtok: 'output', output_reasoning_mtok: 'reasoning',
};
// Never used: the generator sends and takes text, calls no tools and asks for no hour-long cache.
const UNUSED = /^(input_(audio|image|video)_mtok|cache_(audio|image)_read_mtok|cache_write_1h_mtok|(web|storage|social)_searches_kcount)$/;

const exact = number => !/e/.test(String(number)) && (String(number).split('.')[1] ?? '').length <= 6;

/** Why prices cannot be expressed exactly; undefined where they can. */
function obstacle(prices) {
  const keys = Object.keys(prices);
  if (!('input_mtok' in prices) || !('output_mtok' in prices)) {
    return keys.length === 0 ? 'no price is stated' : 'no price for input and output tokens';
  }
  const other = keys.find(key => !(key in CLASSES) && !UNUSED.test(key));
  if (other) return `also billed by ${other}`;
  for (const key of keys.filter(key => key in CLASSES)) {
    const price = prices[key];
    const all = typeof price === 'object' ? [price.base, ...price.tiers.map(tier => tier.price)] : [price];
    if (!all.every(exact)) return `${key} has more than six decimals`;
  }
  return undefined;
}

function line(prices) {
  const line = {};
  const tiers = new Map();
  for (const [key, name] of Object.entries(CLASSES)) {
    const price = prices[key];
    if (price === undefined) continue;
    if (typeof price !== 'object') { line[name] = price; continue; }
    line[name] = price.base;
    for (const tier of price.tiers) {
      tiers.set(tier.start, { ...tiers.get(tier.start), [name]: tier.price });
    }
  }
  if (tiers.size > 0) {
    line.tiers = [...tiers].sort((a, b) => a[0] - b[0]).map(([above, classes]) => ({ above, ...classes }));
  }
  return line;
}

function modelLine(model) {
  let entries = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  // What began before the table does is its standing price, and hides all that stands before it.
  for (let i = entries.length - 1; i > 0; i--) {
    if (entries[i].constraint?.type === 'start_date' && entries[i].constraint.start_date <= published) {
      entries = [{ prices: entries[i].prices }, ...entries.slice(i + 1)];
      break;
    }
  }
  const found = entries.map(entry => obstacle(entry.prices)).find(Boolean);
  if (found) return { unpriced: found };
  const changes = entries.slice(1).map(({ constraint, prices }) => ({
    ...(constraint.type === 'start_date'
      ? { from: constraint.start_date }
      : { dailyFrom: utc(constraint.start_time), dailyUntil: utc(constraint.end_time) }),
    ...line(prices),
  }));
  return { ...line(entries[0].prices), ...(changes.length > 0 ? { changes } : {}) };
}

function utc(time) {
  if (!/^\d{2}:\d{2}:00Z$/.test(time)) throw new Error(`a time of day that is not whole minutes in UTC: ${time}`);
  return time.slice(0, 5);
}

const RULES = { equals: 'exactly', starts_with: 'startsWith', ends_with: 'endsWith', contains: 'contains', regex: 'regex', or: 'any', and: 'all' };

function match(rule) {
  const [[kind, value]] = Object.entries(rule);
  return { [RULES[kind]]: Array.isArray(value) ? value.map(match) : value };
}

/** Models that search the web on every call are billed for it on every call. */
const SEARCHING = { id: 'searching models', match: { any: [{ contains: 'search-preview' }, { contains: 'perplexity/' }] }, price: { unpriced: 'also billed for each search' } };

function aliases(provider) {
  const rules = provider.provider_match?.or ?? [provider.provider_match ?? {}];
  return [...rules.flatMap(rule => rule.equals ?? []), ...(provider.id === 'google' ? ['gemini'] : [])];
}

const table = {
  version: `genai-prices-${version}`,
  effective: published,
  currency: 'USD',
  source: `npm package @pydantic/genai-prices ${version}, published ${published}`,
  providers: providers.map(provider => ({
    id: provider.id,
    ...(aliases(provider).length > 0 ? { aliases: aliases(provider) } : {}),
    ...(provider.fallback_model_providers ? { fallbacks: provider.fallback_model_providers } : {}),
    models: [SEARCHING, ...provider.models.map(model => ({ id: model.id, match: match(model.match), price: modelLine(model) }))],
  })),
};
const earlier = keep === '--keep' ? JSON.parse(readFileSync(pricesFile, 'utf8')).tables : [];
const tables = [...earlier.filter(other => other.version !== table.version), table];

// One line for each model, so that a change of one shows as a change of one.
const text = value => JSON.stringify(value);
const tableText = t => {
  const { providers, ...head } = t;
  return `${text(head).slice(0, -1)},"providers":[\n${providers.map(({ models, ...p }) =>
    `${text(p).slice(0, -1)},"models":[\n${models.map(text).join(',\n')}\n]}`).join(',\n')}\n]}`;
};
writeFileSync(pricesFile, `{"tables":[\n${tables.map(tableText).join(',\n')}\n]}\n`);

// ---- what the package itself says, for the test

const names = rule => Object.entries(rule).flatMap(([kind, value]) =>
  Array.isArray(value) ? value.flatMap(names) : kind === 'equals' || kind === 'starts_with' ? [value] : []);
const INSTANTS = ['2026-10-01T00:00:00Z', '2026-10-01T02:00:00Z', '2026-10-01T16:29:59Z', '2027-02-01T09:59:59Z', '2027-02-01T16:30:00Z'];
const usage = input => ({ input, cached: Math.floor(input / 3), written: Math.floor(input / 7), output: 1_003, reasoning: 501 });

const rows = [];
for (const provider of providers) {
  const known = table.providers.find(other => other.id === provider.id);
  provider.models.forEach((model, index) => {
    const name = [model.id, ...names(model.match)].find(candidate => {
      const found = calcPriceOf(provider.id, candidate, usage(10), INSTANTS[0]);
      return found && found.model.id === model.id && found.provider.id === provider.id;
    });
    if (!name) return;
    const price = known.models[index + 1].price;
    const tiers = [price, ...(price.changes ?? [])].flatMap(line => (line.tiers ?? []).map(tier => tier.above));
    const inputs = [1_009, ...new Set(tiers.flatMap(above => [above, above + 1]))];
    for (const instant of price.changes ? INSTANTS : INSTANTS.slice(0, 1)) {
      for (const input of inputs) {
        const used = usage(input);
        const searching = /search-preview|perplexity\//.test(name);
        const cost = price.unpriced || searching ? 'refused' : calcPriceOf(provider.id, name, used, instant).total_price;
        rows.push([provider.id, name, instant, used.input, used.cached, used.written, used.output, used.reasoning, cost].join(','));
      }
    }
  });
}

function calcPriceOf(providerId, name, used, instant) {
  const counts = {
    input_tokens: used.input, cache_read_tokens: used.cached, cache_write_tokens: used.written,
    output_tokens: used.output, output_reasoning_tokens: used.reasoning,
  };
  try {
    return calcPrice(counts, name, { providerId, timestamp: new Date(instant) });
  } catch {
    return null; // Prices by pages, hours and the like.
  }
}

mkdirSync(dirname(costsFile), { recursive: true });
writeFileSync(costsFile, `provider,model,at,input,cached,written,output,reasoning,cost\n${rows.join('\n')}\n`);

const all = table.providers.flatMap(provider => provider.models.slice(1));
const refused = all.filter(model => model.price.unpriced);
console.log(`${table.providers.length} providers, ${all.length} models: ${all.length - refused.length} priced, ${refused.length} not`);
const reasons = [...refused.reduce((map, model) => map.set(model.price.unpriced, [...(map.get(model.price.unpriced) ?? []), model]), new Map())];
reasons.forEach(([reason, models]) => console.log(`  ${models.length} ${reason}`));
console.log(`${rows.length} sample costs`);
