// The little that the plays need: a browser, a page that tells its errors, and counting.
import {request} from 'node:http';
import {chromium} from 'playwright-core';
import {language as played} from './texts.mjs';

let passed = 0;
let failed = 0;

export async function expect(what, check) {
    try {
        const result = await check();
        if (result === false) throw new Error('it is not so');
        ++passed;
    } catch (error) {
        ++failed;
        console.log(`FAILED: ${what}\n    ${String(error?.message ?? error).split('\n').slice(0, 12).join('\n    ')}`);
    }
}

export function finish() {
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed > 0 ? 1 : 0);
}

export const browser = await chromium.launch({
    executablePath: process.env.CALM_CHROMIUM,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

export const address = process.env.CALM_CONSOLE;

// A person at a screen of their own. What the browser complains about (errors, the content security policy) is
// kept in `complaints`; answers that are no success are part of some plays.
export async function person({language = played, theme = 'light', width = 1280, height = 800} = {}) {
    const context = await browser.newContext({ignoreHTTPSErrors: true, locale: language === 'fr' ? 'fr-FR' : 'en-US', timezoneId: 'UTC', colorScheme: theme, viewport: {width, height}});
    await context.route((url) => !url.href.startsWith(address), (route) => route.abort());
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
    });
    return {context, page, complaints};
}

// What a page has to show, by its words.
export const words = (page) => ({
    heading: (name) => page.getByRole('heading', {level: 1, name, exact: true}).waitFor(),
    button: (name) => page.getByRole('button', {name, exact: true}),
    shows: (text) => page.getByText(text).first().waitFor(),
});

// Waits until what has the focus says this, a text or a pattern.
export function focusSays(page, text) {
    const pattern = text instanceof RegExp ? text.source : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return page.waitForFunction((wanted) => document.activeElement !== document.body && new RegExp(wanted).test(document.activeElement?.textContent ?? ''), pattern);
}

// Asks a license server over its socket, as its owner: the one of the plays, unless another is named. A text is sent
// as it is, everything else as JSON.
export function ask(method, path, body, {socket = process.env.CALM_SOCKET, headers = {}} = {}) {
    return new Promise((resolve, reject) => {
        const type = typeof body === 'string' ? 'text/plain' : 'application/json';
        const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
        const asked = request(
            {socketPath: socket, method, path, headers: {'Content-Type': type, 'Accept-Language': played, 'If-Match': '*', 'Content-Length': Buffer.byteLength(text), ...headers}},
            (answer) => {
                let all = '';
                answer.on('data', (part) => (all += part));
                answer.on('end', () => resolve({status: answer.statusCode, body: all === '' ? undefined : JSON.parse(all)}));
            },
        );
        asked.on('error', reject);
        asked.end(text);
    });
}

// The same where there is no test without it: answers the body.
export async function must(...asked) {
    const answer = await ask(...asked);
    if (answer.status >= 300) throw new Error(`${asked[0]} ${asked[1]}: ${JSON.stringify(answer)}`);
    return answer.body;
}
