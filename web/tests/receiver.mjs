// Takes what webhooks post on a port of its own, which it says, and appends it to the file that is named to it.
import {appendFileSync} from 'node:fs';
import {createServer} from 'node:http';

const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
        appendFileSync(process.argv[2], `${body}\n`);
        answer.writeHead(204).end();
    });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
