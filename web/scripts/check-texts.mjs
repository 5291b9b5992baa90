// Says what is wrong with the console's texts; ends with 1 when something is.
import {check} from './texts.mjs';

const found = check();
for (const each of found) console.log(each);
process.exit(found.length > 0 ? 1 : 0);
