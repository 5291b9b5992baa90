import {expect, it} from 'vitest';
import {cameFrom, isTransfer} from './moving';

it('a transfer is told by its first line, and a pack is none', () => {
    expect(isTransfer('\n-----BEGIN CALM PACK TRANSFER-----\nAAAA')).toBe(true);
    expect(isTransfer('-----BEGIN CALM KEY PACK-----\nAAAA')).toBe(false);
});
it('where a pack comes from stands in the query', () => {
    expect(cameFrom(undefined)).toBe('');
    expect(cameFrom({server: '3PP6G-KJHE8', source: 'dead'})).toBe('moved_from=3PP6G-KJHE8&source=dead');
});
