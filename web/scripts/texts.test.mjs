import {expect, it} from 'vitest';
import {flatten, problems, readReasons} from './texts.mjs';

const whole = {en: {'a.b': 'text {name}'}, fr: {'a.b': 'texte {name}'}};

it('whole texts that are all asked for have no problem', () => {
    expect(problems(whole, ["t('a.b')"])).toEqual([]);
    expect(problems(whole, ['t(`a.${x}`)'])).toEqual([]);
});
it('a key that one language lacks stops the build', () => {
    expect(problems({en: whole.en, fr: {}}, ["t('a.b')"])).toEqual(['console.a.b is missing in fr.json']);
});
it('so do a key that does not exist, one that nobody asks for, and another set of values', () => {
    expect(problems(whole, ["t('a.b')", "t('a.c')"])).toEqual(['console.a.c does not exist, and is asked for']);
    expect(problems(whole, [])).toEqual(['console.a.b is asked for by nobody']);
    expect(problems({en: whole.en, fr: {'a.b': 'texte'}}, ["t('a.b')"])).toHaveLength(1);
});
it('a number needs a sentence for one and for many', () => {
    expect(problems({en: {'n.one': '', 'n.other': ''}, fr: {'n.one': '', 'n.other': ''}}, ["tn('n')"])).toEqual([]);
    expect(problems({en: {'n.one': ''}, fr: {'n.one': ''}}, ["tn('n')"])).toEqual(['console.n.other does not exist, and is asked for']);
});
it('nested texts get dotted keys', () => {
    expect(flatten({a: {b: 'c', d: {e: 'f'}}})).toEqual({'a.b': 'c', 'a.d.e': 'f'});
});
it('every reason has its title and its remedy in both languages', () => {
    const [en, fr] = ['en', 'fr'].map(readReasons);
    expect(Object.keys(fr)).toEqual(Object.keys(en));
    expect(en['no_cal_available.remedy']).toMatch(/calm pack add/);
    expect([...Object.values(en), ...Object.values(fr)].every((each) => each.length > 0)).toBe(true);
});
