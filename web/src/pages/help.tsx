// Help: the manual that belongs to this version, offline; page, section and what is searched for stand in the address.
import {Alert, Breadcrumb, BreadcrumbItem, Content, PageSection, SearchInput} from '@patternfly/react-core';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon';
import {type MouseEvent, useDeferredValue, useEffect, useMemo, useRef, useState} from 'react';
import {Problem} from '../api';
import {chapterOf, chapters, find, type Found, type Manual, readManual, snippet} from '../manual';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice} from '../parts/states';
import {follow, Link, manualAddress, useQuery} from '../router';
import {language, t, tn, word} from '../texts';

const shownMax = 30;

function useManual() {
    const [state, setState] = useState<{manual?: Manual; problem?: Problem}>({});
    const read = () => readManual().then((manual) => setState({manual}), () => setState({problem: new Problem('no_answer', '', '', 0)}));
    useEffect(() => void read(), []);
    return {...state, read};
}

type Page = Manual['pages'][number];

const lang = (page: {language: string}) => (page.language === language() ? undefined : page.language);

function Chapters({pages}: {pages: Page[]}) {
    return (
        <div className="calm-chapters">
            {chapters.map((chapter) => (
                <section key={chapter} className="calm-chapter" aria-labelledby={`chapter-${chapter}`}>
                    <h2 className="calm-section" id={`chapter-${chapter}`}>
                        {word('chapter', chapter)}
                    </h2>
                    <ul className="calm-plain calm-help-list">
                        {pages
                            .filter(({page}) => chapterOf(page) === chapter)
                            .sort((a, b) => a.title.localeCompare(b.title, language()))
                            .map((each) => (
                                <li key={each.page}>
                                    <Link to={manualAddress(each.page)} lang={lang(each)}>
                                        {each.title}
                                    </Link>
                                </li>
                            ))}
                    </ul>
                </section>
            ))}
        </div>
    );
}

function Result({found}: {found: Found}) {
    return (
        <li className="calm-found" lang={lang(found)}>
            <Link to={manualAddress(found.page, found.section)} className="calm-found-title">
                {found.heading === '' ? found.title : `${found.title} › ${found.heading}`}
            </Link>
            <p className="calm-found-text">{snippet(found.text, found.terms).map((part, index) => (part.found ? <mark key={index}>{part.text}</mark> : part.text))}</p>
        </li>
    );
}

function Results({manual, query}: {manual: Manual; query: string}) {
    const results = useMemo(() => find(manual, query), [manual, query]);
    return (
        <>
            <p className="calm-quiet" role="status">
                {results.length > shownMax ? t('help.first', {shown: shownMax, total: results.length}) : tn('help.found', results.length)}
            </p>
            {results.length === 0 && <Nothing icon={SearchIcon} title={t('help.none_found')} body={t('help.none_found_body')} />}
            <ol className="calm-plain">
                {results.slice(0, shownMax).map((each) => (
                    <Result key={each.id} found={each} />
                ))}
            </ol>
        </>
    );
}

// The pages are of the same build as this one, and Markdown's own HTML is shown as text in them: scripts/manual.mjs.
function Article({page, section}: {page: Page; section: string}) {
    const ref = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const heading = section === '' ? document.querySelector<HTMLElement>('#main h1') : document.getElementById(`s-${section}`);
        if (section === '') document.getElementById('main')?.scrollTo(0, 0);
        else heading?.scrollIntoView();
        heading?.focus({preventScroll: true});
    }, [page, section]);
    const html = useMemo(() => ({__html: page.html}), [page]);
    const click = (event: MouseEvent) => {
        const address = (event.target as Element).closest('a')?.getAttribute('href') ?? '';
        if (address.startsWith('/console/')) follow(event, address);
    };
    return (
        <>
            {lang(page) && <Alert component="p" variant="info" isInline title={t('help.only_english')} className="calm-stale" />}
            <Content ref={ref} className="calm-article" lang={lang(page)} onClick={click} dangerouslySetInnerHTML={html} />
        </>
    );
}

export function Help() {
    const [query, setQuery] = useQuery();
    const {manual, problem, read} = useManual();
    const wanted = query.get('search') ?? '';
    const searched = useDeferredValue(wanted.trim());
    const name = query.get('page') ?? '';
    const page = manual?.pages.find((each) => each.page === name);
    const shown = wanted.trim() === '' ? page : undefined;
    return (
        <>
            <PageHead title={shown ? shown.title : t('help.title')} language={shown && lang(shown)} lead={shown ? undefined : t('help.lead')} />
            <PageSection>
                <div className="calm-filters" role="search">
                    <SearchInput className="calm-search" aria-label={t('help.search')} placeholder={t('help.search')} value={wanted} resetButtonLabel={t('action.clear')} onChange={(_, value) => setQuery({search: value}, true)} onClear={() => setQuery({search: undefined}, true)} />
                    {shown && (
                        <Breadcrumb aria-label={t('help.where')}>
                            <BreadcrumbItem to="/console/help" onClick={(event) => follow(event, '/console/help')}>
                                {t('help.title')}
                            </BreadcrumbItem>
                            <BreadcrumbItem>{word('chapter', chapterOf(shown.page))}</BreadcrumbItem>
                        </Breadcrumb>
                    )}
                </div>
                {!manual && (problem ? <ProblemNotice problem={problem} retry={read} /> : <Loading />)}
                {manual && searched !== '' && <Results manual={manual} query={searched} />}
                {shown && <Article page={shown} section={query.get('section') ?? ''} />}
                {manual && wanted.trim() === '' && !shown && (
                    <>
                        {name !== '' && <Alert component="p" variant="warning" isInline className="calm-stale" title={t('help.no_page')} />}
                        <Chapters pages={manual.pages} />
                    </>
                )}
            </PageSection>
        </>
    );
}
