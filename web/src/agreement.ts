// Volume agreements: what each program's numbers look like. The license server has the last word; this only says at
// once what cannot be right.
import type {Pack} from './api';

export type Program = NonNullable<Pack['agreement_program']>;

// Open License has two numbers and is a choice of its own; the others are asked for one.
export const otherPrograms: Program[] = ['select', 'enterprise', 'campus', 'school', 'service_provider', 'other'];

export interface NumberForm {
    length: number;
    letters: boolean;
}

export const licenseNumber: NumberForm = {length: 8, letters: false};
export const authorizationNumber: NumberForm = {length: 15, letters: true};
export const agreementNumber: NumberForm = {length: 7, letters: false};

export type NumberFault = {what: 'character'; character: string} | {what: 'long'};

// Spaces and dashes are how people read numbers, and no part of them.
export const bareNumber = (text: string) => text.replace(/[\s-]/g, '').toUpperCase();

// What is wrong so far; nothing: it may become right, or is.
export function faultOfNumber(text: string, {length, letters}: NumberForm): NumberFault | undefined {
    const number = bareNumber(text);
    const foreign = [...number].find((each) => !(letters ? /[0-9A-Z]/ : /[0-9]/).test(each));
    if (foreign !== undefined) return {what: 'character', character: foreign};
    return number.length > length ? {what: 'long'} : undefined;
}

export const isWholeNumber = (text: string, form: NumberForm) => bareNumber(text).length === form.length && faultOfNumber(text, form) === undefined;

// As the API writes them: behind a dash the authorization number, where it is known.
export function agreementOf(program: Program, number: string, authorization = ''): string {
    const known = program === 'open' && bareNumber(authorization) !== '';
    return known ? `${bareNumber(number)}-${bareNumber(authorization)}` : bareNumber(number);
}
