import {describe, expect, it} from 'vitest';
import {readEvents} from './live';

describe('server-sent events', () => {
    it('are read one by one, and what is not whole is kept', () => {
        expect(readEvents('retry: 3000\n\ndata: {"entries":1}\n\ndata: {"ent')).toEqual({events: ['{"entries":1}'], left: 'data: {"ent'});
    });
    it('may have several lines, and comments are none', () => {
        expect(readEvents(':\n\ndata: a\ndata:b\n\n')).toEqual({events: ['a\nb'], left: ''});
    });
    it('are nothing before the first end', () => {
        expect(readEvents('data: 1\n')).toEqual({events: [], left: 'data: 1\n'});
    });
});
