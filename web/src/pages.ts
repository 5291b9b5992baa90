// The pages: their address, who may see them, and how they are called.
import BalanceScaleIcon from '@patternfly/react-icons/dist/esm/icons/balance-scale-icon';
import BanIcon from '@patternfly/react-icons/dist/esm/icons/ban-icon';
import BellIcon from '@patternfly/react-icons/dist/esm/icons/bell-icon';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import HomeIcon from '@patternfly/react-icons/dist/esm/icons/home-icon';
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/key-icon';
import LaptopIcon from '@patternfly/react-icons/dist/esm/icons/laptop-icon';
import PlusIcon from '@patternfly/react-icons/dist/esm/icons/plus-icon';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon';
import UsersIcon from '@patternfly/react-icons/dist/esm/icons/users-icon';
import CubesIcon from '@patternfly/react-icons/dist/esm/icons/cubes-icon';
import HistoryIcon from '@patternfly/react-icons/dist/esm/icons/history-icon';
import CertificateIcon from '@patternfly/react-icons/dist/esm/icons/certificate-icon';
import CogIcon from '@patternfly/react-icons/dist/esm/icons/cog-icon';
import QuestionCircleIcon from '@patternfly/react-icons/dist/esm/icons/question-circle-icon';
import SlidersHIcon from '@patternfly/react-icons/dist/esm/icons/sliders-h-icon';
import UserShieldIcon from '@patternfly/react-icons/dist/esm/icons/user-shield-icon';
import UsersCogIcon from '@patternfly/react-icons/dist/esm/icons/users-cog-icon';
import {type ComponentType, lazy, type LazyExoticComponent} from 'react';
import {Home} from './pages/home';
import {t} from './texts';

// Home comes with the first load; each other page when somebody goes there, or when the browser is idle.
const loaders = {
    add: () => import('./pages/add').then(({Add}) => ({default: Add})),
    activation: () => import('./pages/activation').then(({Activation}) => ({default: Activation})),
    alerts: () => import('./pages/alerts').then(({AlertsPage}) => ({default: AlertsPage})),
    audit: () => import('./pages/audit').then(({Audit}) => ({default: Audit})),
    compliance: () => import('./pages/compliance').then(({Compliance}) => ({default: Compliance})),
    devices: () => import('./pages/devices').then(({DevicesPage}) => ({default: DevicesPage})),
    groups: () => import('./pages/groups').then(({Groups}) => ({default: Groups})),
    help: () => import('./pages/help').then(({Help}) => ({default: Help})),
    holders: () => import('./pages/holders').then(({Holders}) => ({default: Holders})),
    hosts: () => import('./pages/hosts').then(({Hosts}) => ({default: Hosts})),
    licenses: () => import('./pages/licenses').then(({Licenses}) => ({default: Licenses})),
    mode: () => import('./pages/mode').then(({ModePage}) => ({default: ModePage})),
    people: () => import('./pages/people').then(({People}) => ({default: People})),
    products: () => import('./pages/products').then(({Products}) => ({default: Products})),
    purchase: () => import('./pages/purchase').then(({Purchase}) => ({default: Purchase})),
    refusals: () => import('./pages/refusals').then(({RefusalsPage}) => ({default: RefusalsPage})),
    settings: () => import('./pages/settings').then(({SettingsPage}) => ({default: SettingsPage})),
    stations: () => import('./pages/stations').then(({Stations}) => ({default: Stations})),
};

export function loadTheOthers(): void {
    const load = () => Object.values(loaders).forEach((each) => void each().catch(() => undefined));
    if ('requestIdleCallback' in window) requestIdleCallback(load, {timeout: 5_000});
    else setTimeout(load, 1_000);
}

export interface ConsolePage {
    path: string;
    right: string;
    title: () => string;
    icon: ComponentType;
    View: ComponentType | LazyExoticComponent<ComponentType>;
    inNavigation: boolean;
}

export const pages: ConsolePage[] = [
    {path: '/', right: 'view', title: () => t('home.title'), icon: HomeIcon, View: Home, inNavigation: true},
    {path: '/console/alerts', right: 'view', title: () => t('alerts.title'), icon: BellIcon, View: lazy(loaders.alerts), inNavigation: true},
    {path: '/console/licenses', right: 'view', title: () => t('licenses.title'), icon: KeyIcon, View: lazy(loaders.licenses), inNavigation: true},
    {path: '/console/add', right: 'license', title: () => t('add.title'), icon: PlusIcon, View: lazy(loaders.add), inNavigation: false},
    {path: '/console/activation', right: 'view', title: () => t('activation.title'), icon: CertificateIcon, View: lazy(loaders.activation), inNavigation: true},
    {path: '/console/holders', right: 'view', title: () => t('holders.title'), icon: UsersIcon, View: lazy(loaders.holders), inNavigation: true},
    {path: '/console/groups', right: 'view', title: () => t('groups.title'), icon: UsersCogIcon, View: lazy(loaders.groups), inNavigation: true},
    {path: '/console/devices', right: 'view', title: () => t('devices.title'), icon: LaptopIcon, View: lazy(loaders.devices), inNavigation: true},
    {path: '/console/hosts', right: 'view', title: () => t('hosts.title'), icon: ServerIcon, View: lazy(loaders.hosts), inNavigation: true},
    {path: '/console/mode', right: 'view', title: () => t('mode.title'), icon: SlidersHIcon, View: lazy(loaders.mode), inNavigation: true},
    {path: '/console/stations', right: 'view', title: () => t('stations.title'), icon: DesktopIcon, View: lazy(loaders.stations), inNavigation: true},
    {path: '/console/products', right: 'view', title: () => t('products.title'), icon: CubesIcon, View: lazy(loaders.products), inNavigation: true},
    {path: '/console/compliance', right: 'view', title: () => t('compliance.title'), icon: BalanceScaleIcon, View: lazy(loaders.compliance), inNavigation: true},
    {path: '/console/refusals', right: 'view', title: () => t('refusals.title'), icon: BanIcon, View: lazy(loaders.refusals), inNavigation: true},
    {path: '/console/purchase', right: 'view', title: () => t('purchase.title'), icon: PlusIcon, View: lazy(loaders.purchase), inNavigation: false},
    {path: '/console/audit', right: 'audit', title: () => t('audit.title'), icon: HistoryIcon, View: lazy(loaders.audit), inNavigation: true},
    {path: '/console/people', right: 'audit', title: () => t('people.title'), icon: UserShieldIcon, View: lazy(loaders.people), inNavigation: true},
    {path: '/console/settings', right: 'view', title: () => t('settings.title'), icon: CogIcon, View: lazy(loaders.settings), inNavigation: true},
    {path: '/console/help', right: 'view', title: () => t('help.title'), icon: QuestionCircleIcon, View: lazy(loaders.help), inNavigation: true},
];
