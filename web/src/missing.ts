// How many CALs are missing: pure, so that it can be tested by itself.
import type {Status} from './api';

// How many CALs are missing, as the position has it: of one product, or of all.
export function missingOf(products: Status['products'], product?: string): number {
    return products.reduce((total, each) => (product === undefined || each.product === product ? total + each.missing : total), 0);
}
