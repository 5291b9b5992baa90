// Light, dark, or what the person's system says.
export type Theme = 'system' | 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
let current: Theme = 'system';

export function wantedTheme(): Theme {
    const chosen = localStorage.getItem('calm.theme');
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

export function applyTheme(theme: Theme): void {
    current = theme;
    const dark = theme === 'dark' || (theme === 'system' && system.matches);
    document.documentElement.classList.toggle('pf-v6-theme-dark', dark);
}

export function chooseTheme(theme: Theme): void {
    if (theme === 'system') localStorage.removeItem('calm.theme');
    else localStorage.setItem('calm.theme', theme);
    applyTheme(theme);
}

system.addEventListener('change', () => applyTheme(current));

// Paper is light.
window.addEventListener('beforeprint', () => document.documentElement.classList.remove('pf-v6-theme-dark'));
window.addEventListener('afterprint', () => applyTheme(current));
