// What package-lock.json may say: packages whose `engines` admit Debian 12's Node.js, and no host.
import {readFileSync} from 'node:fs';

const oldest = [18, 19, 0];
const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));

const compare = (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
const version = (text) => {
    const [major = 0, minor = 0, patch = 0] = text.split('.').map((each) => Number.parseInt(each, 10) || 0);
    return [major, minor, patch];
};

// One comparator such as ">=18", "^18.0.0", "~18.1", "18 || 20", "18.x"; enough for what is written as `engines`.
function fits(comparator) {
    const [, sign = '', text] = /^(>=|<=|>|<|\^|~|=)?\s*v?([\d.x*]+)$/.exec(comparator) ?? [];
    if (text === undefined || text === '*') return text === '*';
    const wanted = version(text);
    const order = compare(oldest, wanted);
    if (sign === '>=') return order >= 0;
    if (sign === '>') return order > 0;
    if (sign === '<') return order < 0;
    if (sign === '<=') return order <= 0;
    if (sign === '~') return order >= 0 && oldest[0] === wanted[0] && oldest[1] === wanted[1];
    return order >= 0 && oldest[0] === wanted[0];
}
const admits = (range) =>
    range.split('||').some((alternative) => (alternative.trim().replace(/(>=|<=|>|<|\^|~|=)\s+/g, '$1').match(/\S+/g) ?? []).every(fits));

let problems = 0;
for (const [name, {engines, resolved}] of Object.entries(lock.packages)) {
    const range = engines?.node;
    if (range !== undefined && !admits(range)) {
        console.log(`${name} wants Node.js ${range}`);
        ++problems;
    }
    if (resolved !== undefined) {
        console.log(`${name} names ${resolved}`);
        ++problems;
    }
}
process.exit(problems > 0 ? 1 : 0);
