import {expect, it} from 'vitest';
import {missingOf} from './missing';

const product = (code: string, missing: number, overuse = 0) => ({product: code, requires: 'activated' as const, owned: 4, used: 4, temporary: 0, overuse, missing});

it('what is missing is what the position says, not over-use alone', () => {
    const products = [product('multipoint-services-2016', 26), product('files-2026', 3, 2)];
    expect(missingOf(products)).toBe(29);
    expect(missingOf(products, 'multipoint-services-2016')).toBe(26);
    expect(missingOf(products, 'nothing')).toBe(0);
});
