// Every page in both languages and both themes: axe finds nothing, and from 320 pixels to 4K nothing scrolls sideways.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {address, expect} from './harness.mjs';
import {textsIn} from './texts.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function violations(page) {
    // Evaluated by the browser's own means: the page's policy forbids it a script tag, as it should.
    await page.evaluate(axe);
    const {violations: found} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
    return found.map(({id, help, nodes}) => `${id}: ${help}\n      ${nodes.slice(0, 3).map((each) => `${each.target.join(' ')} ${each.any?.[0]?.message ?? ''}`).join('\n      ')}`);
}

const widerThanItsWindow = () => [document.documentElement, ...document.querySelectorAll('#main, [role=dialog], [role=dialog] .pf-v6-c-modal-box__body')].some((each) => each.scrollWidth > each.clientWidth);

export async function settled(page) {
    await page.locator('h1').first().waitFor();
    await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'), undefined, {timeout: 10_000});
    await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
}

// A place is an address, or {name, path, open}: `open` does what leads on from there, by the texts of its language.
// `stays`: it stays where it was opened, so at each width it is opened anew.
export const placeOf = (place) => (typeof place === 'string' ? {name: place, path: place} : place);

export async function check(context, places) {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    for (const language of ['en', 'fr']) {
        for (const theme of ['light', 'dark']) {
            await page.goto(address);
            await page.evaluate(([l, t]) => {
                localStorage.setItem('calm.language', l);
                localStorage.setItem('calm.theme', t);
            }, [language, theme]);
            for (const {name, path, open, stays} of places.map(placeOf)) {
                await expect(`${name} (${language}, ${theme}) is accessible`, async () => {
                    await page.setViewportSize({width: 1280, height: 800});
                    await page.goto(address + path);
                    await settled(page);
                    if (open) {
                        await open(page, textsIn(language));
                        await settled(page);
                    }
                    const found = await violations(page);
                    if (found.length > 0) throw new Error(found.join('\n'));
                });
                if (theme === 'dark') continue;
                for (const [width, height] of [[320, 640], [3840, 2160]]) {
                    await expect(`${name} (${language}) does not scroll sideways at ${width} pixels`, async () => {
                        await page.setViewportSize({width, height});
                        if (stays) {
                            await page.goto(address + path);
                            await settled(page);
                            await open(page, textsIn(language));
                        }
                        await settled(page);
                        if (await page.evaluate(widerThanItsWindow)) throw new Error('it does');
                    });
                }
            }
        }
    }
    await page.evaluate(() => localStorage.clear());
    await page.close();
}
