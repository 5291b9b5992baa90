// The identifier of a license server, checked as it is typed: 35 characters in 7 groups of 5, the last of each
// group checks the other four. The license server has the last word; this only says at once what cannot be one.
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const groups = 7;
const groupSize = 5;
const weights = [2, 4, 8, 16];

export type Fault = {what: 'character'; group: number; character: string} | {what: 'length'; characters: number} | {what: 'group'; group: number};

export const idLength = groups * groupSize;

// Multiplication in GF(32) with the polynomial x^5 + x^2 + 1.
function times(a: number, b: number): number {
    let product = 0;
    for (let bit = 0; bit < 5; ++bit) if ((b >> bit) & 1) product ^= a << bit;
    for (let bit = 9; bit >= 5; --bit) if ((product >> bit) & 1) product ^= 0b100101 << (bit - 5);
    return product;
}

const bare = (text: string) => text.replace(/[\s-]/g, '').toUpperCase();

// What is wrong with it so far, the first fault first; nothing: it may be one.
export function faultOf(text: string): Fault | undefined {
    const characters = bare(text);
    const digits = [...characters].map((each) => alphabet.indexOf(each));
    const foreign = digits.indexOf(-1);
    if (foreign >= 0) return {what: 'character', group: Math.floor(foreign / groupSize) + 1, character: [...characters][foreign] ?? ''};
    if (digits.length > idLength) return {what: 'length', characters: digits.length};
    for (let group = 0; (group + 1) * groupSize <= digits.length; ++group) {
        const own = digits.slice(group * groupSize, (group + 1) * groupSize);
        const check = weights.reduce((sum, weight, i) => sum ^ times(own[i] ?? 0, weight), group + 1);
        if (check !== own[4]) return {what: 'group', group: group + 1};
    }
    return digits.length < idLength ? {what: 'length', characters: digits.length} : undefined;
}

// As it is printed.
export function printed(text: string): string {
    return bare(text).match(/.{1,5}/g)?.join('-') ?? '';
}
