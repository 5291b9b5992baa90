declare module 'virtual:texts/en' {
    const texts: Record<string, string>;
    export default texts;
}
declare module 'virtual:texts/fr' {
    const texts: Record<string, string>;
    export default texts;
}
declare module 'virtual:reasons/reasons-en' {
    const texts: Record<string, string>;
    export default texts;
}
declare module 'virtual:reasons/reasons-fr' {
    const texts: Record<string, string>;
    export default texts;
}
declare module 'virtual:manual/manual-en' {
    const pages: import('./manual').ManualPage[];
    export default pages;
}
declare module 'virtual:manual/manual-fr' {
    const pages: import('./manual').ManualPage[];
    export default pages;
}
