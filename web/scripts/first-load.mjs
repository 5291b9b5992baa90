// How much a browser fetches before Home is there: the page, and what it names or what those files import at
// once, one language, and the fonts of the first screen. Ends with 1 when it is more than 400 KiB.
//
//   node first-load.mjs BUNDLE
import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';

const mostBytes = 400 * 1024;
const block = readFileSync(process.argv[2]);
const head = block.indexOf('\n\n');
let at = head + 2;
const files = new Map();
for (const line of block.subarray(0, head).toString().split('\n')) {
    const [name, coding, size] = line.split(' ');
    const stored = block.subarray(at, at + Number(size));
    at += Number(size);
    files.set(name, {size: stored.length, text: () => (coding === 'gzip' ? gunzipSync(stored) : stored).toString()});
}

const wanted = new Set(['index.html']);
for (const name of wanted) {
    const text = files.get(name).text();
    const named = name.endsWith('.html') ? text.matchAll(/\/assets\/([\w.-]+)/g) : text.matchAll(/(?:import|from)\s*"\.\/([\w.-]+\.js)"/g);
    for (const [, file] of named) if (files.has(file)) wanted.add(file);
}
for (const name of files.keys()) {
    if (/^(fr-|RedHat(Text|Display)VF-(?!Italic))/.test(name)) wanted.add(name);
}
const sum = [...wanted].reduce((total, name) => total + files.get(name).size, 0);
for (const name of wanted) console.log(`${files.get(name).size} ${name}`);
console.log(`${sum} bytes in the first load, at most ${mostBytes}`);
process.exit(sum > mostBytes ? 1 : 0);
