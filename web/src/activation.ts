// This license server and the clearinghouses of the vendors that it trusts.
import {type ActivationRequest, type Activations, type ActivationWish, ask, post, type TakenAnswer} from './api';

export type ActivationVendor = Activations['vendors'][number];
export type Reason = NonNullable<ActivationWish['why']>;

export const ways = ['online', 'file', 'phone'] as const;
export type Way = (typeof ways)[number];

export const reasons: Reason[] = ['redeployed', 'certificate_corrupt', 'key_compromised', 'activation_expired', 'server_upgraded'];

// A vendor that has certified this server before asks why it does so again.
export const wasActivated = ({serial}: ActivationVendor) => serial !== undefined;

// The likeliest reason. A certificate that was given up has no end.
export const usualReason = ({state, until}: ActivationVendor): Reason => (state === 'ended' && until !== undefined ? 'activation_expired' : 'redeployed');

export const isReachable = ({clearinghouse}: ActivationVendor) => (clearinghouse?.address ?? '') !== '';

// The best way first, where it is one.
export const usualWay = (vendor: ActivationVendor): Way => (isReachable(vendor) ? 'online' : 'file');

// Who asks. The clearinghouse keeps it with the server; what is left empty is not sent.
export interface Asker {
    why: Reason;
    company: string;
    contact: string;
    country: string;
}

export function wishFor(vendor: ActivationVendor, {why, ...asker}: Asker): ActivationWish {
    const said = Object.fromEntries(Object.entries(asker).filter(([, text]) => text.trim() !== ''));
    return wasActivated(vendor) ? {vendor: vendor.key, purpose: 'reactivate', why, ...said} : {vendor: vendor.key, purpose: 'activate', ...said};
}

export const goOnline = (wish: ActivationWish) => post<TakenAnswer>('/v1/activations/online', wish);
export const makeRequest = (wish: ActivationWish) => post<ActivationRequest>('/v1/activations/requests', wish);
export const takeReadOut = (vendor: ActivationVendor, code: string) => post<Pick<TakenAnswer, 'serial' | 'activated_until'>>('/v1/activations/read-out', {vendor: vendor.key, code});
export const giveUp = (vendor: ActivationVendor) => post<ActivationRequest>('/v1/activations/deactivate', {vendor: vendor.key});

export async function takeAnswer(text: string): Promise<TakenAnswer> {
    return (await (await ask('/v1/activations', {method: 'POST', text})).json()) as TakenAnswer;
}

// As much as a QR code of this make holds; what is longer goes as a file only.
export const fitsQr = (text: string) => new TextEncoder().encode(text).length <= 2_331;
