// The license server's API as the console uses it: the public one, with the session in a cookie that no
// script can read, and its CSRF token with whatever changes something.
import type {components} from '../build/api';
import {language} from './texts';

type Schemas = components['schemas'];
export type Session = Required<Pick<Schemas['Session'], 'account' | 'role' | 'expires_at' | 'rights'>> & {csrf: string};
export type Status = Schemas['Status'];
export type ProductStatus = Schemas['ProductStatus'];
export type Product = Schemas['Product'];
export type Pack = Schemas['InstalledPack'];
export type PackPreview = Schemas['PackPreview'];
export type Vendor = Schemas['Vendor'];
export type Host = Schemas['Host'];
export type Hosts = Schemas['Hosts'];
export type Cal = Schemas['Cal'];
export type Cals = Schemas['Cals'];
export type CalHosts = Schemas['CalHosts'];
export type Account = Schemas['Account'];
export type SecondFactor = Schemas['SecondFactor'];
export type Settings = Schemas['Settings'];
export type Alert = Schemas['Alert'];
export type Alerts = Schemas['Alerts'];
export type AlertTest = Schemas['AlertTest'];
export type Forecast = Schemas['Forecasts']['forecasts'][number];
export type Actors = Schemas['Actors'];
export type Position = Schemas['Position'];
export type PositionRow = Schemas['PositionRow'];
export type Refusals = Schemas['Refusals'];
export type RefusedAttempt = Schemas['RefusedAttempt'];
export type RefusedAttempts = Schemas['RefusedAttempts'];
export type Report = Schemas['Report'];
export type Retention = Schemas['Retention'];
export type Station = Schemas['Station'];
export type Waiting = Schemas['Waiting'];
export type Group = Schemas['Group'];
export type Devices = Schemas['Devices'];
export type NamedDevice = Schemas['NamedDevice'];
export type Activations = Schemas['Activations'];
export type ActivationRequest = Schemas['ActivationRequest'];
export type ActivationWish = Schemas['ActivationWish'];
export type TakenAnswer = Schemas['TakenAnswer'];

// What went wrong, as the server tells it (RFC 9457), or that it did not answer.
export class Problem extends Error {
    constructor(
        readonly code: string,
        readonly title: string,
        readonly detail: string,
        readonly status: number,
    ) {
        super(title);
    }
}

export const asProblem = (error: unknown) => (error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0));

let csrf = '';
let whenSignedOut: (() => void) | undefined;
let whenForbidden: (() => void) | undefined;

export function onSignedOut(tell: () => void): void {
    whenSignedOut = tell;
}

// The account has had another role since the page was loaded.
export function onForbidden(tell: () => void): void {
    whenForbidden = tell;
}

export interface Ask {
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
    json?: unknown;
    text?: string;
    headers?: Record<string, string>;
    background?: boolean; // the page asks by itself: the session's idle time runs on
    signal?: AbortSignal;
}

async function problemOf(response: Response): Promise<Problem> {
    try {
        const body = (await response.json()) as Schemas['Problem'];
        return new Problem(body.code, body.title, body.detail ?? '', response.status);
    } catch {
        return new Problem('unreadable', `HTTP ${response.status}`, '', response.status);
    }
}

export async function ask(path: string, options: Ask = {}): Promise<Response> {
    const headers: Record<string, string> = {'Accept-Language': language(), ...options.headers};
    let body: string | undefined;
    if (options.json !== undefined) {
        headers['Content-Type'] = 'application/json';
        body = JSON.stringify(options.json);
    } else if (options.text !== undefined) {
        headers['Content-Type'] = 'text/plain';
        body = options.text;
    }
    const method = options.method ?? 'GET';
    if (method !== 'GET') headers['CALM-CSRF'] = csrf;
    if (options.background) headers['CALM-Background'] = '1';
    let response: Response;
    try {
        response = await fetch(path, {method, headers, body, signal: options.signal, credentials: 'same-origin'});
    } catch (error) {
        if (options.signal?.aborted) throw error;
        throw new Problem('no_answer', '', '', 0);
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (problem.code === 'not_signed_in' && path !== '/v1/session') whenSignedOut?.();
    if (problem.code === 'forbidden') whenForbidden?.();
    throw problem;
}

export async function get<T>(path: string, options: Ask = {}): Promise<T> {
    return (await (await ask(path, options)).json()) as T;
}

export async function post<T>(path: string, json: unknown, options: Ask = {}): Promise<T> {
    const response = await ask(path, {...options, method: 'POST', json});
    return (response.status === 204 ? undefined : await response.json()) as T;
}

// Reads what is to be changed, and changes it only if it is still what was read.
export async function change<T>(path: string, json: unknown): Promise<T> {
    const tag = (await ask(path)).headers.get('ETag') ?? '*';
    const response = await ask(path, {method: 'PUT', json, headers: {'If-Match': tag}});
    return (await response.json()) as T;
}

export async function remove(path: string): Promise<void> {
    await ask(path, {method: 'DELETE'});
}

export async function session(options: Ask = {}): Promise<Session> {
    const found = await get<Session>('/v1/session', options);
    csrf = found.csrf;
    return found;
}

// `code`: of an account with a second step, which the problem `code_needed` asks for.
export async function signIn(account: string, password: string, code?: string): Promise<Session> {
    const begun = await post<Session>('/v1/session', {account, password, code, cookie: true});
    csrf = begun.csrf;
    return begun;
}

export async function signOut(): Promise<void> {
    await remove('/v1/session');
    csrf = '';
}

// A key that makes a repeated request the same request: 32 hex digits.
export function idempotencyKey(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
