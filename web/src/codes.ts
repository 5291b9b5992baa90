// Codes that people type: groups of five characters, the last of which checks the other four, so that a slip is told
// while it is made. The license server has the last word; this only says at once what cannot be right.
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
export const groupSize = 5;
const weights = [2, 4, 8, 16];

// The tone tells the kinds apart: a group of one kind is no group of another.
export interface CodeKind {
    groups: number;
    tone: number;
}

export const serverId: CodeKind = {groups: 7, tone: 0};
export const productKey: CodeKind = {groups: 5, tone: 21};
export const requestCode: CodeKind = {groups: 2, tone: 9};
export const activationCode: CodeKind = {groups: 28, tone: 6};
export const packCode: CodeKind = {groups: 28, tone: 12};

export type GroupFault = {what: 'character'; character: string} | {what: 'check'};

// Multiplication in GF(32) with the polynomial x^5 + x^2 + 1.
function times(a: number, b: number): number {
    let product = 0;
    for (let bit = 0; bit < 5; ++bit) if ((b >> bit) & 1) product ^= a << bit;
    for (let bit = 9; bit >= 5; --bit) if ((product >> bit) & 1) product ^= 0b100101 << (bit - 5);
    return product;
}

// Without what stands between groups, in capitals.
export const bare = (text: string) => text.replace(/[\s-]/g, '').toUpperCase();

// What is wrong with one group so far, which counts from 0; nothing: it may become right, or is.
export function faultOfGroup(text: string, group: number, {tone}: CodeKind): GroupFault | undefined {
    const characters = [...text];
    const digits = characters.map((each) => alphabet.indexOf(each));
    const foreign = digits.indexOf(-1);
    if (foreign >= 0) return {what: 'character', character: characters[foreign] ?? ''};
    if (digits.length < groupSize) return undefined;
    const check = weights.reduce((sum, weight, i) => sum ^ times(digits[i] ?? 0, weight), (group + 1) ^ tone);
    return digits.length > groupSize || check !== digits[4] ? {what: 'check'} : undefined;
}

export const isRight = (text: string, group: number, kind: CodeKind) => text.length === groupSize && faultOfGroup(text, group, kind) === undefined;

export const isWhole = (groups: string[], kind: CodeKind) => groups.length === kind.groups && groups.every((each, i) => isRight(each, i, kind));

export const emptyCode = ({groups}: CodeKind): string[] => Array<string>(groups).fill('');

export const splitIntoGroups = (text: string): string[] => bare(text).match(/.{1,5}/gu) ?? [];

export interface Typed {
    groups: string[];
    at: number; // the group to go on with
    rest: string; // what came after the last group
}

// `text` now stands in one group; what is too much for it goes on into the next ones. A whole code begins at the first
// group, wherever it was pasted.
export function typedInto(groups: string[], at: number, text: string): Typed {
    const parts = splitIntoGroups(text);
    const from = parts.length >= groups.length ? 0 : at;
    const out = [...groups];
    if (parts.length === 0) out[at] = '';
    parts.slice(0, groups.length - from).forEach((part, i) => (out[from + i] = part));
    const rest = parts.slice(groups.length - from).join('');
    const last = Math.min(from + Math.max(parts.length, 1), groups.length) - 1;
    const whole = (out[last] ?? '').length === groupSize;
    return {groups: out, at: whole ? Math.min(last + 1, groups.length - 1) : last, rest};
}
