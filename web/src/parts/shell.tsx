// The frame around every page: masthead, navigation, and what the person may choose everywhere.
import {
    Brand, Content, Dropdown, DropdownGroup, DropdownItem, DropdownList, Divider, Masthead, MastheadBrand, MastheadContent, MastheadLogo,
    MastheadMain, MastheadToggle, MenuToggle, Nav, NavItem, NavList, Page, PageSection, PageSidebar, PageSidebarBody, PageToggleButton,
    SkipToContent, Title, Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem,
} from '@patternfly/react-core';
import BarsIcon from '@patternfly/react-icons/dist/esm/icons/bars-icon';
import UserIcon from '@patternfly/react-icons/dist/esm/icons/user-icon';
import {type ReactNode, Suspense, useEffect, useRef, useState} from 'react';
import mark from '../mark.svg';
import {useChooseLanguage, usePerson} from '../console';
import {follow, go, Link, manualAddress, usePath} from '../router';
import {chooseTheme, type Theme, wantedTheme} from '../theme';
import {language, t, word} from '../texts';
import {loadTheOthers, pages} from '../pages';
import {OwnPassword} from './own_password';
import {Loading} from './states';

// Language and theme: on the sign-in page too.
export function LanguageAndTheme() {
    const choose = useChooseLanguage();
    const other = language() === 'en' ? 'fr' : 'en';
    return (
        <button type="button" className="calm-language" lang={other} onClick={() => choose(other)}>
            {t('language.other')}
        </button>
    );
}

function PersonMenu() {
    const {session, leave} = usePerson();
    const [open, setOpen] = useState(false);
    const [theme, setTheme] = useState<Theme>(wantedTheme());
    const [asked, setAsked] = useState(false);
    const themes: Theme[] = ['system', 'light', 'dark'];
    // The item that opened it is gone with its menu.
    const close = () => {
        setAsked(false);
        document.getElementById('person-menu')?.focus();
    };
    const menu = (
        <Dropdown
            isOpen={open}
            onOpenChange={setOpen}
            onSelect={() => setOpen(false)}
            popperProps={{position: 'right', appendTo: 'inline'}}
            toggle={(ref) => (
                <MenuToggle ref={ref} id="person-menu" isExpanded={open} icon={<UserIcon />} onClick={() => setOpen(!open)} aria-label={t('shell.you', {account: session.account})}>
                    <span className="calm-account">{session.account}</span>
                </MenuToggle>
            )}
        >
            <DropdownGroup label={t('shell.signed_in_as', {role: word('role', session.role)})}>
                <DropdownList>
                    {themes.map((each) => (
                        <DropdownItem
                            key={each}
                            isSelected={theme === each}
                            onClick={() => {
                                chooseTheme(each);
                                setTheme(each);
                            }}
                        >
                            {word('theme', each)}
                        </DropdownItem>
                    ))}
                </DropdownList>
            </DropdownGroup>
            <Divider />
            <DropdownList>
                <DropdownItem onClick={() => setAsked(true)}>{t('password.change')}</DropdownItem>
                <DropdownItem onClick={() => void leave()}>{t('action.sign_out')}</DropdownItem>
            </DropdownList>
        </Dropdown>
    );
    return (
        <>
            {menu}
            {asked && <OwnPassword close={close} />}
        </>
    );
}

function Header() {
    return (
        <Masthead>
            <MastheadMain>
                <MastheadToggle>
                    <PageToggleButton variant="plain" aria-label={t('shell.navigation')}>
                        <BarsIcon />
                    </PageToggleButton>
                </MastheadToggle>
                <MastheadBrand>
                    <MastheadLogo href="/" onClick={(event) => follow(event, '/')}>
                        <Brand src={mark} alt="" heights={{default: '32px'}} />
                        <span className="calm-brand">
                            CALM <span className="calm-brand-long">{t('shell.manager')}</span>
                        </span>
                    </MastheadLogo>
                </MastheadBrand>
            </MastheadMain>
            <MastheadContent>
                <Toolbar isStatic isFullHeight>
                    <ToolbarContent>
                        <ToolbarGroup align={{default: 'alignEnd'}} gap={{default: 'gapSm'}}>
                            <ToolbarItem>
                                <LanguageAndTheme />
                            </ToolbarItem>
                            <ToolbarItem>
                                <PersonMenu />
                            </ToolbarItem>
                        </ToolbarGroup>
                    </ToolbarContent>
                </Toolbar>
            </MastheadContent>
        </Masthead>
    );
}

export function Shell() {
    const path = usePath();
    const {may} = usePerson();
    const mine = pages.filter((each) => may(each.right));
    const page = mine.find((each) => each.path === path);
    const first = useRef(true);
    useEffect(loadTheOthers, []);

    // A new page begins at its top, and says its name to whoever does not see it.
    useEffect(() => {
        document.title = `${page ? page.title() : t('shell.not_found')} – CALM`;
        if (first.current) {
            first.current = false;
            return;
        }
        document.getElementById('main')?.scrollTo(0, 0);
        document.querySelector<HTMLElement>('#main h1')?.focus();
    }, [page, path]);

    const sidebar = (
        <PageSidebar>
            <PageSidebarBody>
                <Nav aria-label={t('shell.navigation')}>
                    <NavList>
                        {mine
                            .filter((each) => each.inNavigation)
                            .map((each) => (
                                <NavItem key={each.path} to={each.path} isActive={each.path === path} onClick={(event) => follow(event as never, each.path)} icon={<each.icon />}>
                                    {each.title()}
                                </NavItem>
                            ))}
                    </NavList>
                </Nav>
            </PageSidebarBody>
        </PageSidebar>
    );
    return (
        <Page
            masthead={<Header />}
            sidebar={sidebar}
            isManagedSidebar
            mainContainerId="main"
            skipToContent={
                <SkipToContent
                    href="#main"
                    onClick={(event) => {
                        event.preventDefault();
                        document.getElementById('main')?.focus();
                    }}
                >
                    {t('shell.skip')}
                </SkipToContent>
            }
        >
            {page ? (
                <Suspense
                    fallback={
                        <PageSection>
                            <Loading />
                        </PageSection>
                    }
                >
                    <page.View />
                </Suspense>
            ) : (
                <PageHead
                    title={t('shell.not_found')}
                    lead={t('shell.not_found_body')}
                    actions={
                        <button type="button" className="pf-v6-c-button pf-m-secondary" onClick={() => go('/')}>
                            {t('home.title')}
                        </button>
                    }
                />
            )}
        </Page>
    );
}

interface PageHeadProps {
    title: string;
    language?: string; // of the title, where it is not the person's
    lead?: ReactNode;
    learn?: string; // the page of the manual that tells more
    actions?: ReactNode;
}

// The head of a page: what it is, what can be done here.
export function PageHead({title, language: own, lead, learn, actions}: PageHeadProps) {
    return (
        <PageSection className="calm-head">
            <div className="calm-head-row">
                <div className="calm-head-words">
                    <Title headingLevel="h1" tabIndex={-1} lang={own}>
                        {title}
                    </Title>
                    {lead && (
                        <Content component="p">
                            {lead}
                            {learn && (
                                <>
                                    {' '}
                                    <Link to={manualAddress(learn)} className="calm-learn" aria-label={t('help.learn_about', {title})}>
                                        {t('help.learn')}
                                    </Link>
                                </>
                            )}
                        </Content>
                    )}
                </div>
                {actions && <div className="calm-head-actions">{actions}</div>}
            </div>
        </PageSection>
    );
}
