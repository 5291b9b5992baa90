// The console starts: language and theme first, so that nothing flickers, then the pages.
import '@patternfly/react-core/dist/styles/base.css';
import './console.css';
import {createRoot} from 'react-dom/client';
import {Console} from './console';
import {useLanguage, wantedLanguage} from './texts';
import {applyTheme, wantedTheme} from './theme';

applyTheme(wantedTheme());
await useLanguage(wantedLanguage());
const root = document.getElementById('console');
if (root) createRoot(root).render(<Console />);
