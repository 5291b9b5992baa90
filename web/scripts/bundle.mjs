// Puts the files of a build into one block: lines "NAME gzip|plain BYTES", an empty line, the bytes.
// src/server/console_files.cpp reads it.
//
//   node bundle.mjs DIST FILE
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {gzipSync} from 'node:zlib';

const [dist, target] = process.argv.slice(2);

function filesBelow(folder) {
    return readdirSync(folder).sort().flatMap((name) => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}

let lines = '';
const parts = [];
for (const path of filesBelow(dist)) {
    const name = basename(path);
    const bytes = readFileSync(path);
    // The page is small and read by people; fonts are compressed already.
    const gzip = /\.(js|css|svg)$/.test(name);
    const stored = gzip ? gzipSync(bytes, {level: 9}) : bytes;
    lines += `${name} ${gzip ? 'gzip' : 'plain'} ${stored.length}\n`;
    parts.push(stored);
}
writeFileSync(target, Buffer.concat([Buffer.from(`${lines}\n`), ...parts]));
